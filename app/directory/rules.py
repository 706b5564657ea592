"""Pure rules of the directory."""

import unicodedata
from datetime import date, timedelta

CONFIRMATION_HOLDS = timedelta(days=90)


def sort_key(full_name: str) -> str:
    """The name without accents and case, so that both databases sort alike whatever their collation; ñ sorts after n."""
    marked = full_name.replace("ñ", "n~").replace("Ñ", "n~")
    plain = unicodedata.normalize("NFKD", marked)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def is_open(valid_from: date, valid_until: date | None, on: date) -> bool:
    """Whether a dated row stands on a day: `valid_until` is the first day that no longer counts."""
    return valid_from <= on and (valid_until is None or on < valid_until)


def is_confirmed(confirmed_on: date | None, on: date) -> bool:
    """Whether the roster row was confirmed at most 90 days before."""
    return confirmed_on is not None and confirmed_on <= on <= confirmed_on + CONFIRMATION_HOLDS
