"""A person at a screen without scripts: reads pages, types into fields, presses buttons and links.

Unlike `client.post`, nothing can be sent that the page does not offer: a form goes where the browser
would send it, with the fields it holds, and the address of the next page is the one that the bar of
the browser would show. `presses` counts what was pressed.
"""

import html
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "source", "wbr"})
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5


@dataclass
class Control:
    """An input, a select, a textarea or a button; `form` is the number of its form, None without."""

    kind: str
    attributes: dict[str, str]
    form: int | None
    text: str = ""
    options: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")

    @property
    def value(self) -> str:
        if self.kind == "textarea":
            return self.text.removeprefix("\n").removeprefix("\r\n")
        if self.kind == "select":
            chosen = [value for value, is_chosen in self.options if is_chosen]
            return (chosen or [value for value, _ in self.options[:1]] or [""])[0]
        kind = self.attributes.get("type", "")
        return self.attributes.get("value", "on" if kind in ("checkbox", "radio") else "")

    @property
    def is_button(self) -> bool:
        return self.kind == "button" or self.attributes.get("type") in ("submit", "image")

    @property
    def is_sent(self) -> bool:
        """True for what a browser sends with the form, whichever button is pressed."""
        kind = self.attributes.get("type", "")
        if not self.name or self.is_button or "disabled" in self.attributes or kind == "file":
            return False
        return kind not in ("checkbox", "radio") or "checked" in self.attributes


class ReadPage(HTMLParser):
    """The forms, controls and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.controls: list[Control] = []
        self.links: list[tuple[str, str]] = []
        self._form: int | None = None
        self._open: list[Control] = []
        self._link: tuple[str, list[str]] | None = None
        self.feed(text)
        ids = {form.get("id"): number for number, form in enumerate(self.forms) if form.get("id")}
        for control in self.controls:
            if "form" in control.attributes:
                control.form = ids.get(control.attributes["form"])

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.forms.append(attributes)
            self._form = len(self.forms) - 1
        elif tag in ("input", "select", "textarea", "button"):
            control = Control(tag, attributes, self._form)
            self.controls.append(control)
            if tag not in VOID:
                self._open.append(control)
        elif tag == "option" and self._open:
            self._open[-1].options.append((attributes.get("value", ""), "selected" in attributes))
        elif tag == "a":
            self._link = (attributes.get("href", ""), [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif self._open and tag == self._open[-1].kind:
            self._open.pop()
        elif tag == "a" and self._link is not None:
            self.links.append((" ".join("".join(self._link[1]).split()), self._link[0]))
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data
        if self._link is not None:
            self._link[1].append(data)


class Screen:
    """One window of a browser. `address` is what its bar shows, `text` the words of the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.address, self.html, self.status = "/", "", 0
        self.presses = 0
        self.visited: list[str] = []
        self._typed: dict[str, str | None] = {}
        self._files: dict[str, tuple[bytes, str]] = {}

    def open(self, address: str) -> "Screen":
        self._show(self.client.get(address), address)
        return self

    @property
    def page(self) -> ReadPage:
        return ReadPage(self.html)

    @property
    def text(self) -> str:
        """The words of the main part of the page."""
        main = self.html.partition("<main")[2].partition("</main>")[0] or self.html
        plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", f"<{main}", flags=re.S)
        return " ".join(html.unescape(plain).split())

    def type(self, name: str, value: str) -> None:
        """Writes into a field, or chooses an option or a radio button of that value."""
        assert any(one.name == name for one in self.page.controls), f"no field {name} here"
        self._typed[name] = value

    def tick(self, name: str, value: str = "", *, off: bool = False) -> None:
        """Ticks a checkbox, or unticks it; counts as a press."""
        self.presses += 1
        self._typed[f"{name}={value}" if value else name] = None if off else (value or "on")

    def upload(self, name: str, content: bytes, filename: str) -> None:
        self._files[name] = (content, filename)

    def value_of(self, name: str) -> str:
        return next(one.value for one in self.page.controls if one.name == name)

    def buttons(self) -> list[str]:
        """The words on every button, in order."""
        return [_words(one) for one in self.page.controls if one.is_button]

    def press(self, words: str, *, within: str = "") -> None:
        """Presses the first button whose words begin so, and whose name or form's address holds
        `within`.
        """
        page = self.page
        for button in page.controls:
            if not button.is_button or button.form is None:
                continue
            form = page.forms[button.form]
            place = f"{button.name} {button.attributes.get('formaction') or form.get('action', '')}"
            if _words(button).startswith(words) and within in place:
                break
        else:
            raise LookupError(f"no button “{words}” on {self.address}: {self.buttons()}")
        self.presses += 1
        sent: MultiDict[str, object] = MultiDict(self._fields(page, button.form))
        if button.name:
            sent.add(button.name, button.value)
        action = button.attributes.get("formaction") or form.get("action") or self.address
        target = urljoin(self.address, action)
        if form.get("method", "get").lower() == "get":
            self._show(self.client.get(target, query_string=sent), target)
            return
        encoding = button.attributes.get("formenctype") or form.get("enctype", "")
        for name, (content, filename) in self._files.items():
            is_whole = encoding == "multipart/form-data"
            sent.add(name, (io.BytesIO(content), filename) if is_whole else filename)
        self._show(
            self.client.post(
                target, data=sent, content_type=encoding or "application/x-www-form-urlencoded"
            ),
            target,
        )

    def follow(self, words: str) -> None:
        """Follows the first link whose words begin so."""
        found = next((href for said, href in self.page.links if said.startswith(words)), None)
        if found is None:
            raise LookupError(f"no link “{words}” on {self.address}: {self.page.links}")
        self.presses += 1
        self.open(urljoin(self.address, found))

    def _fields(self, page: ReadPage, form: int) -> list[tuple[str, str]]:
        """What the form holds, with what was typed, in the order of the page."""
        sent = []
        for one in page.controls:
            if one.form != form or one.is_button or one.attributes.get("type") == "file":
                continue
            kind = one.attributes.get("type", "")
            if kind == "radio" and one.name in self._typed:
                if one.value == self._typed[one.name]:
                    sent.append((one.name, one.value))
            elif kind == "checkbox" and self._ticked(one) is not None:
                if self._ticked(one):
                    sent.append((one.name, one.value))
            elif one.is_sent:
                sent.append((one.name, str(self._typed.get(one.name, one.value))))
        return sent

    def _ticked(self, one: Control) -> bool | None:
        for key in (f"{one.name}={one.value}", one.name):
            if key in self._typed:
                return self._typed[key] is not None
        return None

    def _show(self, answer: TestResponse, address: str) -> None:
        for _turn in range(MOST_REDIRECTS):
            self.visited.append(urlsplit(address).path)
            if answer.status_code not in REDIRECTS:
                break
            address = urljoin(address, answer.location)
            answer = self.client.get(
                urlsplit(address).path, query_string=parse_qsl(urlsplit(address).query)
            )
        self.address, self.html, self.status = address, answer.text, answer.status_code
        self._typed, self._files = {}, {}


def _words(button: Control) -> str:
    return " ".join((button.text or button.attributes.get("value", "")).split())
