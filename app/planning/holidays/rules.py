"""Rules of a country's holidays."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from babel.dates import format_date

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, date_locale, in_every_language, is_printable
from app.kernel.timespan import Timespan

YEARS_AHEAD = 5
LONGEST_NAME = 120

NAME_MISSING = N_("Write the name of the holiday in Spanish or in English.")
NAME_TOO_LONG = N_("Write at most %(max)s characters.")
NAME_UNPRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
OUT_OF_REACH = N_("Choose a day between %(first)s and %(last)s.")
ALREADY_PAST = N_("This day is over: it can no longer close the calendar.")
NOT_KEPT = N_("This holiday is struck out. Bring it back first.")


class UnknownHoliday(Refusal):
    kind = Kind.MISSING
    rule = "unknown-holiday"
    msgid = N_("This country has no holiday on %(on)s in the list.")


class HolidayExists(Refusal):
    rule = "holiday-exists"
    msgid = N_("On %(on)s this country has a holiday already: “%(name)s”. Rename it instead.")


class HolidayStruckOut(HolidayExists):
    rule = "holiday-struck-out"
    msgid = N_("“%(name)s” on %(on)s is in the list and struck out. Bring it back instead.")


class DayOccupied(Refusal):
    """Raised when a holiday would close a calendar on a day that has an event to which the country
    is invited.
    """

    rule = "day-occupied"
    msgid = N_(
        "On that day the country is invited to %(events)s. Ask for it to be moved first; until then the holiday warns."
    )


def require_name(name: LocalizedText) -> LocalizedText:
    """Returns the name without blanks around it. Raises InvalidInput at `name`."""
    settled = name.map(lambda text: " ".join(text.split()))
    if not settled:
        raise InvalidInput({"name": Sentence(NAME_MISSING)})
    for text in settled.values():
        if len(text) > LONGEST_NAME:
            raise InvalidInput({"name": Sentence(NAME_TOO_LONG, {"max": LONGEST_NAME})})
        if not is_printable(text):
            raise InvalidInput({"name": Sentence(NAME_UNPRINTABLE)})
    return settled


def years_open(today: date) -> range:
    """Returns the years in which holidays may be added: this one and the five after."""
    return range(today.year, today.year + YEARS_AHEAD + 1)


def require_in_reach(on: date, today: date) -> None:
    years = years_open(today)
    if on.year not in years:
        first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
        raise InvalidInput(
            {"on": Sentence(OUT_OF_REACH, {"first": day_named(first), "last": day_named(last)})}
        )


def local_day(on: date, zone: tzinfo) -> Timespan:
    """Returns the day from midnight to midnight on the clock of a zone: 23 or 25 hours long where
    the clocks change.
    """
    midnights = (
        datetime(day.year, day.month, day.day, tzinfo=zone) for day in (on, on + timedelta(days=1))
    )
    starts_at, ends_at = (midnight.astimezone(UTC) for midnight in midnights)
    return Timespan(starts_at, ends_at)


def require_may_bind(on: date, *, is_observed: bool, today: date) -> None:
    """Raises InvalidInput for a day that is struck out or over. `today` is the country's own."""
    if not is_observed:
        raise InvalidInput({"on": Sentence(NOT_KEPT)})
    if on < today:
        raise InvalidInput({"on": Sentence(ALREADY_PAST)})


def refusal_of_adding(on: date, name: LocalizedText, *, is_observed: bool) -> HolidayExists:
    """Returns the refusal for a day that has a holiday already, called `name`."""
    kind = HolidayExists if is_observed else HolidayStruckOut
    return kind(on=day_named(on), name=name)


def day_named(on: date) -> LocalizedText:
    """Returns "15 de abril de 2027", "15 April 2027"."""
    return in_every_language(
        lambda language: str(format_date(on, "long", locale=date_locale(language)))
    )


def listed(names: Sequence[LocalizedText]) -> LocalizedText:
    """Returns the names in every language, each once."""
    each = tuple(dict.fromkeys(names))
    return in_every_language(lambda language: ", ".join(name.in_(language) for name in each))
