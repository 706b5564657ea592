"""What a test must know of a page: its forms with their fields, and whatever runs or paints in
it.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Document(HTMLParser):
    """`inline` lists scripts and styles without a source, with their nonce, and attributes that run
    or paint.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inline: list[tuple[str, str]] = []
        self.handlers: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        self.handlers += [
            f"<{tag} {name}>" for name in attributes if name == "style" or name.startswith("on")
        ]
        if attributes.get("href", "").lstrip().lower().startswith(("javascript:", "data:")):
            self.handlers.append(f"<{tag} href>")
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append((tag, attributes.get("nonce", "")))
        if tag == "form":
            self._form = Form(attributes.get("action", ""), attributes.get("method", "get").upper())
            self.forms.append(self._form)
        if self._form is not None:
            self._read_field(tag, attributes)

    def _read_field(self, tag: str, attributes: Attributes) -> None:
        assert self._form is not None
        name = attributes.get("name", "")
        if tag == "select":
            self._select = name
            self._form.fields.append((name, ""))
        elif (
            tag == "option"
            and self._select
            and ("selected" in attributes or self._form.fields[-1][1] == "")
        ):
            self._form.fields[-1] = (self._select, attributes.get("value", ""))
        elif tag in ("input", "textarea", "button") and name:
            self._form.fields.append((name, attributes.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""
