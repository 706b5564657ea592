"""Catalogues outside a request: the same msgid in a language named by the caller."""

from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from app.kernel.refusal import Sentence
from app.kernel.text import (
    N_,
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
    """Translates a sentence that counts `n`, which it names `%(n)s` or `%(num)s`."""
    text = catalogue(language).ungettext(singular, plural, n)
    return text % {"n": n, "num": n, **{key: _in(language, value) for key, value in params.items()}}


def counting(language: Language) -> Callable[..., str]:
    """Returns `ngettext` of a language, for templates that are printed in another one than the
    reader's.
    """
    return partial(ntranslate, language)


def say(language: Language, sentence: Sentence) -> str:
    return translate(language, sentence.msgid, **sentence.params)


def both(msgid: str, **params: Any) -> LocalizedText:
    """Translates a sentence into every language at once, for API answers and mail."""
    return in_every_language(lambda language: translate(language, msgid, **params))


def date_text(language: Language, on: date) -> str:
    """Returns a day such as "1 de enero de 2026", where no weekday is needed."""
    spoken = interface_language(language)
    return format_date(on, "d MMMM y" if spoken == "en" else "long", locale=date_locale(spoken))


COUNTS = (
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
)
"""Before years and months; what is more is written in figures."""
YEAR, MONTH, MONTHS = 365, 30, 12


def span_text(language: Language, days: int) -> str:
    """Returns a number of days as people say it: whole years, with their leap days or without, such
    as "three years"; whole months of 30 days; else the days in figures.
    """
    years, rest = divmod(days, YEAR)
    if years and rest in (0, years // 4):
        count = _count_text(language, years)
        return ntranslate(language, "%(count)s year", "%(count)s years", years, count=count)
    months, rest = divmod(days, MONTH)
    if 0 < months < MONTHS and not rest:
        count = _count_text(language, months)
        return ntranslate(language, "%(count)s month", "%(count)s months", months, count=count)
    return ntranslate(language, "%(num)d day", "%(num)d days", days)


def _count_text(language: Language, count: int) -> str:
    return translate(language, COUNTS[count - 1]) if count <= len(COUNTS) else str(count)


def _in(language: Language, value: Any) -> Any:
    if type(value) is date:
        return date_text(language, value)
    if isinstance(value, LocalizedText):
        return value.in_(language)
    return say(language, value) if isinstance(value, Sentence) else value
