"""Puts what was typed back into the form of a page that has been rendered.

One place for all forms, whatever made them: it reads the finished HTML, finds the form that is sent
to the same address and sets its controls. Passwords and files are never set.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

NEVER_SET = {"password", "file", "submit", "button", "image", "reset"}
TICKED = {"checkbox", "radio"}
MACHINE_MADE = ("_id", "_key", "_at", "action", "seen")
Pairs = Sequence[tuple[str, str]]
Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Refilled:
    """`unplaced`: what was typed and has no control on the page any more."""

    html: str
    has_form: bool
    unplaced: Pairs

    @property
    def texts_left(self) -> list[str]:
        """Of what has no place on the page, what a person wrote: numbers and keys of the form's own
        say nothing.
        """
        return [
            value
            for name, value in self.unplaced
            if not name.endswith(MACHINE_MADE) and _is_text(value)
        ]


@dataclass
class _Form:
    hidden: set[tuple[str, str]] = field(default_factory=set)
    number: int = 0
    element_id: str = ""


def refill(html: str, *, page: str, action: str, typed: Pairs, extra: Pairs = ()) -> Refilled:
    """Returns the page with the form that posts to `action` filled. `extra` are hidden fields to
    add to it.

    Of several such forms it takes the one whose hidden fields agree best with what was typed.
    """
    finder = _Finder(page, action)
    finder.feed(html)
    finder.close()
    if not finder.forms:
        return Refilled(html, False, [pair for pair in typed if pair[1].strip()])
    sent = set(typed)
    form = max(finder.forms, key=lambda one: (len(one.hidden & sent), -one.number))
    filler = _Filler(form, typed, extra)
    filler.feed(html)
    filler.close()
    left = [
        (name, value) for name, values in filler.left.items() for value in values if value.strip()
    ]
    return Refilled("".join(filler.written), True, left)


class _Finder(HTMLParser):
    def __init__(self, page: str, action: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.action, self.forms = page, urlsplit(action).path, list[_Form]()
        self.number, self.present = -1, None

    present: _Form | None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        said = dict(attrs)
        if tag == "form":
            self.number += 1
            address = urlsplit(urljoin(self.page, said.get("action") or self.page)).path
            is_it = (said.get("method") or "").lower() == "post" and address == self.action
            self.present = (
                _Form(number=self.number, element_id=said.get("id") or "") if is_it else None
            )
            if self.present is not None:
                self.forms.append(self.present)
        elif tag == "input" and self.present is not None and said.get("type") == "hidden":
            self.present.hidden.add((said.get("name") or "", said.get("value") or ""))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.present = None


class _Filler(HTMLParser):
    """Writes everything as it stood, except for the controls of one form."""

    def __init__(self, form: _Form, typed: Pairs, extra: Pairs) -> None:
        super().__init__(convert_charrefs=False)
        self.form, self.extra = form, extra
        self.left: dict[str, list[str]] = {}
        for name, value in typed:
            self.left.setdefault(name, []).append(value)
        self.typed = {name: tuple(values) for name, values in self.left.items()}
        self.written: list[str] = []
        self.number, self.is_inside = -1, False
        self.choice: str | None = None
        self.is_many = self.is_in_text = False
        self.details: list[int] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self.is_in_text:
            return
        said = dict(attrs)
        text = self.get_starttag_text() or ""
        if tag == "form":
            self.number += 1
            self.is_inside = self.number == self.form.number
            hidden = self.extra if self.is_inside else ()
            text += "".join(
                f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
                for name, value in hidden
            )
        elif tag == "details":
            self.details.append(len(self.written))
        elif tag == "button":
            self.left.pop(said.get("name") or "", None)
        elif tag in ("input", "select", "textarea", "option") and self._is_own(tag, said):
            text = self._filled(tag, attrs, said, text)
        self.written.append(text)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.is_in_text and tag != "textarea":
            return
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.choice = None
        elif tag == "textarea":
            self.is_in_text = False
        elif tag == "details" and self.details:
            self.details.pop()
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.is_in_text:
            self.written.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.written.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.written.append(f"<!{decl}>")

    def _is_own(self, tag: str, said: dict[str, str | None]) -> bool:
        if tag == "option":
            return self.choice is not None
        if "form" in said:
            return bool(self.form.element_id) and said["form"] == self.form.element_id
        return self.is_inside

    def _filled(self, tag: str, attrs: Attributes, said: dict[str, str | None], text: str) -> str:
        name = said.get("name") or ""
        if tag == "option":
            return self._option(attrs, said, text)
        if tag == "select":
            self.is_many = "multiple" in said
            self.choice = name if name in self.typed or self.is_many else None
            return text
        if tag == "textarea":
            if name not in self.typed:
                return text
            self.is_in_text = True
            value = self._next(name)
            self._open_details(value)
            return f"{text}\n{escape(value)}"  # HTML drops one line break at the beginning
        kind = (said.get("type") or "text").lower()
        if kind in NEVER_SET:
            self.left.pop(name, None)
            return text
        if kind in TICKED:
            return self._ticked(attrs, name, said.get("value") or "on")
        if name not in self.typed:
            return text
        value = self._next(name)
        if kind != "hidden":
            self._open_details(value)
        return _tag("input", attrs, value=value)

    def _ticked(self, attrs: Attributes, name: str, value: str) -> str:
        is_ticked = value in self.typed.get(name, ())
        if is_ticked:
            self._placed(name, value)
            self._open_details(value)
        return _tag("input", attrs, checked="" if is_ticked else None)

    def _option(self, attrs: Attributes, said: dict[str, str | None], text: str) -> str:
        value = said.get("value")
        if value is None or self.choice is None:
            return text
        is_chosen = value in self.typed.get(self.choice, ())
        if is_chosen:
            self._placed(self.choice, value)
        return _tag("option", attrs, selected="" if is_chosen else None)

    def _next(self, name: str) -> str:
        waiting = self.left.get(name) or []
        return waiting.pop(0) if waiting else self.typed[name][-1]

    def _placed(self, name: str, value: str) -> None:
        waiting = self.left.get(name, [])
        if value in waiting:
            waiting.remove(value)

    def _open_details(self, value: str) -> None:
        """What was typed must be seen: a closed part of the page that holds it is opened."""
        for at in self.details if value.strip() else ():
            if " open" not in self.written[at]:
                self.written[at] = self.written[at].replace("<details", "<details open", 1)


def _is_text(value: str) -> bool:
    return any(letter.isalpha() for letter in value) and len(value.strip()) > len("on")


def _tag(name: str, attrs: Iterable[tuple[str, str | None]], **changes: str | None) -> str:
    kept = [(key, value) for key, value in attrs if key not in changes]
    kept += [(key, value) for key, value in changes.items() if value is not None]
    said = "".join(
        f" {key}" if not value and key != "value" else f' {key}="{escape(value or "")}"'
        for key, value in kept
    )
    return f"<{name}{said}>"
