"""Catalogues outside a request: the same msgid in a language named by the caller."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from app.kernel.refusal import Sentence
from app.kernel.text import (
    Language,
    LocalizedText,
    date_locale,
    in_every_language,
    interface_language,
)

CATALOGUES = Path(__file__).resolve().parents[2] / "translations"


def has_catalogue(language: Language) -> bool:
    """Returns True for English, which is its own msgid, and for each language that is compiled."""
    return language == "en" or (CATALOGUES / language / "LC_MESSAGES" / "messages.mo").is_file()


def catalogue(language: Language) -> NullTranslations:
    """Returns the merged catalogue of the interface for a reader's language; English is its own
    msgid.
    """
    return _loaded(interface_language(language))


@cache
def _loaded(language: Language) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language])


def translate(language: Language, msgid: str, **params: Any) -> str:
    """Translates a sentence into a language, with named parameters (`%(name)s`).

    Localized parameters are taken in that language too, and days are written as it does.
    """
    text = catalogue(language).ugettext(msgid)
    if not params:
        return text
    return text % {key: _in(language, value) for key, value in params.items()}


def ntranslate(language: Language, singular: str, plural: str, n: int, **params: Any) -> str:
    text = catalogue(language).ungettext(singular, plural, n)
    return text % {"n": n, **{key: _in(language, value) for key, value in params.items()}}


def counting(language: Language) -> Callable[..., str]:
    """Returns `ngettext` of a language, for templates that are printed in another one than the
    reader's.
    """
    return lambda singular, plural, num, **given: ntranslate(
        language, singular, plural, num, num=num, **given
    )


def say(language: Language, sentence: Sentence) -> str:
    return translate(language, sentence.msgid, **sentence.params)


def both(msgid: str, **params: Any) -> LocalizedText:
    """Translates a sentence into every language at once, for API answers and mail."""
    return in_every_language(lambda language: translate(language, msgid, **params))


def date_text(language: Language, on: date) -> str:
    """Returns a day such as "1 de enero de 2026", where no weekday is needed."""
    spoken = interface_language(language)
    return format_date(on, "d MMMM y" if spoken == "en" else "long", locale=date_locale(spoken))


def _in(language: Language, value: Any) -> Any:
    if type(value) is date:
        return date_text(language, value)
    if isinstance(value, LocalizedText):
        return value.in_(language)
    return say(language, value) if isinstance(value, Sentence) else value
