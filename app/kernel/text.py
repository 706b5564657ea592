"""Text in every language of the house, and which languages those are."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

Language = str
"""A language by its code of two letters (ISO 639-1), as `es`."""

NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_house: tuple[Language, ...] = ("es", "en")
_interface: tuple[Language, ...] = ("es", "en")


def languages() -> tuple[Language, ...]:
    """Returns the languages of this installation, the one it falls back on first: the setting
    LANGUAGES.
    """
    return _house


def speak(codes: Iterable[Language], *, translated: Iterable[Language] = ("es", "en")) -> None:
    """Sets the languages of this process, and those that the interface is `translated` into.
    Called once, when the application is made.
    """
    global _house, _interface  # noqa: PLW0603 - one installation speaks one set of languages
    _house, known = tuple(codes), set(translated)
    _interface = tuple(code for code in _house if code in known) or ("en",)


def interface_language(language: Language) -> Language:
    """Returns the language in which the interface speaks to who reads in a language: the same, or
    the first that it is translated into. So labels, dates and numbers of one page agree.
    """
    return language if language in _interface else _interface[0]


def N_(msgid: str) -> str:  # noqa: N802 - gettext's customary name
    """Marks a msgid for the catalogue without translating it; translation happens at the edge."""
    return msgid


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as N_
    """Marks both forms of a sentence that counts, for `ntranslate` at the edge."""
    return singular, plural


def as_language(value: str | None) -> Language:
    """Returns the house language nearest to a code such as `en-GB`; the first one when none is
    near.
    """
    code = (value or "").lower()
    return next((language for language in _house if code.startswith(language)), _house[0])


def date_locale(language: Language) -> str:
    """Returns the locale whose habits dates follow: English is British here ("Thu, 3 Dec", not
    "Thu, Dec 3").
    """
    spoken = interface_language(language)
    return "en_GB" if spoken == "en" else spoken


SEVERAL_LINES = N_("Write this in one line, without line breaks.")


def is_one_line(text: str) -> bool:
    """Returns whether the text holds no character that ends a line (CR, LF, NEL, U+2028 and the
    others of `str.splitlines`): a title stands in mail headers and calendar lines.
    """
    return len(text.splitlines()) <= 1 and text == "".join(text.splitlines())


class LocalizedText(Mapping[Language, str]):
    """The same text in several languages: an immutable mapping of language to text.

    An empty text counts as a missing translation and is not kept, so that a text in no language is
    false. `text["fr"]` is an empty string where French is missing.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[Language, str] | None = None, /, **more: str) -> None:
        given = {**texts, **more} if texts else more
        self._texts = {language: text for language, text in given.items() if text}

    def __getitem__(self, language: Language) -> str:
        return self._texts.get(language, "")

    def __contains__(self, language: object) -> bool:
        return language in self._texts

    def __iter__(self) -> Iterator[Language]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalizedText) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def __repr__(self) -> str:
        """Returns the same for equal texts, in whatever order they were given: `mark_of` rests on
        it.
        """
        return f"LocalizedText({dict(sorted(self._texts.items()))!r})"

    def in_(self, language: Language = "") -> str:
        """Returns the text in a language, or in another one when it is missing. Without a language,
        returns it in the first of the house.
        """
        return self._texts.get(language) or self[self.language_shown(language)]

    def lacks(self, language: Language) -> bool:
        return language not in self._texts

    def language_shown(self, language: Language) -> Language:
        """Returns the language of what `in_` returns: for the lang attribute and the
        missing-translation notice. Where the wanted language is missing it is the first house
        language that is not.
        """
        if not self._texts or language in self._texts:
            return language
        return next((code for code in _house if code in self._texts), next(iter(self._texts)))

    def map(self, change: Callable[[str], str]) -> "LocalizedText":
        """Returns the text with each translation changed by a function."""
        return LocalizedText({language: change(text) for language, text in self._texts.items()})

    def as_dict(self) -> dict[Language, str]:
        """Returns every house language with its text, an empty one where the translation is
        missing.
        """
        return {language: self[language] for language in (*_house, *sorted({*self} - {*_house}))}


def untranslated(text: str) -> LocalizedText:
    """Returns a name that is the same in every language of the house, such as a person's."""
    return LocalizedText(dict.fromkeys(_house, text))


def field_in(name: str, language: Language = "") -> str:
    """Returns the name of the field that holds a text in a language, as `title_es`; the field of
    the first language unless told.
    """
    return f"{name}_{language or _house[0]}"


def fields_of(name: str, text: LocalizedText) -> dict[str, str]:
    """Returns a text as the fields of a form have it: one for each house language."""
    return {field_in(name, language): text[language] for language in _house}


def in_every_language(write: Callable[[Language], str]) -> LocalizedText:
    """Returns the text that a function writes in each language of the house."""
    return LocalizedText({language: write(language) for language in _house})


def without_accents(text: str) -> str:
    """Returns the text with each letter that carries a mark as its plain letter: "Ñ" is "N"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    for mark in filter(unicodedata.combining, set(plain)):
        plain = plain.replace(mark, "")
    return plain


def name_key(name: str) -> str:
    """Returns the key by which names of countries, groups and places are put in order for a reader:
    accents and capitals do not count.
    """
    return without_accents(name).casefold()


def storable(value: object) -> bool:
    """Returns True for what a database can hold: no NUL, which PostgreSQL refuses, and no half of a
    surrogate pair.
    """
    return not isinstance(value, str) or not NOT_STORABLE.search(value)


def is_printable(text: str) -> bool:
    """Returns True for a text without control characters but line breaks and tabs, and without
    halves of characters, because databases refuse both; and without signs that turn the direction
    of reading.
    """
    return text.isprintable() or not (
        turns_around(text)
        or any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text)
    )


def turns_around(text: str) -> bool:
    """Returns True for a text with a sign that makes what follows read from the other side
    (U+202A–202E, U+2066–2069): it makes a file, an address or a subject look like another one.
    """
    return TURNING.search(text) is not None


def openable(url: str | None) -> str:
    """Returns the address when a page may link to it, and "" for any other, such as `javascript:`
    of a row that was written past the forms.
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return url if url and parts.scheme in ("http", "https") and parts.hostname else ""


def is_only_here(host: str) -> bool:
    """Returns True for names of the machine itself, which every other machine takes for its own."""
    return host in {"localhost", "::1"} or host.endswith(".localhost") or host.startswith("127.")


def is_web_address(text: str) -> bool:
    """Returns True for a whole https address: what a browser opens and a page may link to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in text
