"""Text in the two languages of the house, Spanish first."""

import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, Language] = ("es", "en")


def N_(msgid: str) -> str:  # noqa: N802 - gettext's customary name
    """Marks a msgid for the catalogue without translating it; translation happens at the edge."""
    return msgid


def as_language(value: str | None) -> Language:
    """The house language nearest to a code; Spanish when there is none."""
    return "en" if (value or "").lower().startswith("en") else "es"


SEVERAL_LINES = N_("Write this in one line, without line breaks.")


def is_one_line(text: str) -> bool:
    """Returns whether the text holds no character that ends a line (CR, LF, NEL, U+2028 and the
    others of `str.splitlines`): a title stands in mail headers and calendar lines.
    """
    return len(text.splitlines()) <= 1 and text == "".join(text.splitlines())


@dataclass(frozen=True)
class LocalizedText:
    """The same text in Spanish and English; an empty string means that the translation is
    missing.
    """

    es: str
    en: str = ""

    def in_(self, language: Language) -> str:
        """The text in the language asked for, or in the other one when it is missing."""
        return (self.en or self.es) if language == "en" else (self.es or self.en)

    def lacks(self, language: Language) -> bool:
        return not (self.en if language == "en" else self.es)

    def language_shown(self, language: Language) -> Language:
        """The language of what `in_` returns: for the lang attribute and the missing-translation
        notice.
        """
        if not self.lacks(language):
            return language
        return "es" if language == "en" else "en"

    def as_dict(self) -> dict[str, str]:
        return {"es": self.es, "en": self.en}


def storable(value: object) -> bool:
    """True for what a database can hold: no NUL, which PostgreSQL refuses, and no half of a
    surrogate pair.
    """
    return not isinstance(value, str) or (
        "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    )


def is_printable(text: str) -> bool:
    """No control characters but line breaks and tabs, and no halves of characters: databases refuse
    both.
    """
    return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text)


def is_web_address(text: str) -> bool:
    """A whole https address: what a browser opens and a page may link to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in text
