"""The days of an edition in words, as exactly as they are known."""

from datetime import date

from babel.dates import format_date, format_interval, format_skeleton

from app.kernel.text import Language, date_locale

MONTH, DAY = len("2027-07"), len("2027-07-06")


def days_in_words(starts_on: str, ends_on: str, language: Language) -> str:
    """Returns "7–8 de julio de 2027", "septiembre de 2021", "2022", or "" when nothing is known.
    Dates are ISO, whole or partial; other text is returned as it is.
    """
    if len(starts_on) == DAY and len(ends_on) == DAY and starts_on < ends_on:
        return str(
            format_interval(
                _first(starts_on), _first(ends_on), "yMMMMd", locale=date_locale(language)
            )
        )
    parts = [_one(text, language) for text in dict.fromkeys((starts_on, ends_on)) if text]
    return " – ".join(parts)


def _one(text: str, language: Language) -> str:
    if len(text) == DAY:
        return str(format_date(_first(text), "long", locale=date_locale(language)))
    if len(text) == MONTH:
        return str(format_skeleton("yMMMM", _first(text), locale=date_locale(language)))
    return text


def _first(text: str) -> date:
    """Returns the first day of a whole or partial date."""
    return date.fromisoformat(f"{text}-01-01"[:DAY])
