"""Which strings the code and the templates show to people."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract

# Besides gettext's own names, those of app/infra/language.py, which speak outside a request; `N_`
# and `NN_` only mark.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "translate": (2,),
    "ntranslate": (2, 3),
    "both": None,
    "N_": None,
    "NN_": (1, 2),
}
SOURCES = (
    ("app", "**/*.py", "python"),
    ("templates", "**/*.html", "jinja2"),
    ("templates", "**/*.txt", "jinja2"),
    ("certificates", "**/*.html", "jinja2"),
)
# A template that does not parse must stop the extraction instead of losing its strings.
JINJA_OPTIONS = {
    "silent": "false",
    "trimmed": "true",
    "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
}


class Key(NamedTuple):
    """What makes two messages the same one: the singular and the context."""

    msgid: str
    context: str | None

    def __str__(self) -> str:
        return repr(self.msgid) + (f" (context {self.context!r})" if self.context else "")


class Use(NamedTuple):
    file: str
    line: int
    plural: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def extract_messages(root: Path) -> dict[Key, list[Use]]:
    found: dict[Key, list[Use]] = {}
    for folder, pattern, method in SOURCES:
        for path in sorted((root / folder).glob(pattern)):
            for key, use in messages_in(path, method, str(path.relative_to(root))):
                found.setdefault(key, []).append(use)
    return found


def messages_in(path: Path, method: str, name: str) -> Iterator[tuple[Key, Use]]:
    options = JINJA_OPTIONS if method == "jinja2" else {"encoding": "utf-8"}
    extractor = "jinja2.ext:babel_extract" if method == "jinja2" else method
    with path.open("rb") as file:
        for line, message, _comments, context in extract(
            extractor, file, keywords=KEYWORDS, options=options
        ):
            singular, plural = (
                (message, None) if isinstance(message, str) else (message[0], message[1])
            )
            yield Key(singular, context), Use(name, line, plural)


def template_of(used: dict[Key, list[Use]], home_of: Mapping[Key, str]) -> Catalog:
    """Returns the messages without words, each with the file where it belongs as a comment."""
    catalogue = Catalog(locale="es")
    for key, uses in used.items():
        plural = next((use.plural for use in uses if use.plural), None)
        places = [(use.file, use.line) for use in uses]
        catalogue.add(
            (key.msgid, plural) if plural else key.msgid,
            locations=places,
            context=key.context,
            auto_comments=[f"translations/es/{home_of[key]}.po"],
        )
    return catalogue
