"""What is true of months, weeks, titles in cells and the load of a group, a country, a person; pure."""

from calendar import MONDAY, Calendar
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from re import fullmatch
from zoneinfo import ZoneInfo

from app.planning.scheduling.rules.spec import RuleBook
from app.planning.scheduling.values import Rule

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOMENT = timedelta(microseconds=1)
MONTHS = 12


def month_of(text: str) -> date | None:
    """Returns the first of the month written as "2026-12"; None for anything else and for years far
    away.
    """
    parts = fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, flags=0)
    if not parts or not text.isascii() or not FIRST_YEAR <= int(parts[1]) <= LAST_YEAR:
        return None
    return date(int(parts[1]), int(parts[2]), 1)


def next_month(month: date) -> date | None:
    return month_of(f"{month.year + month.month // MONTHS:04d}-{month.month % MONTHS + 1:02d}")


def previous_month(month: date) -> date | None:
    earlier = month - timedelta(days=1)
    return month_of(f"{earlier:%Y-%m}")


def weeks_of(month: date) -> list[list[date]]:
    """Returns whole weeks from Monday to Sunday, with the days of the neighbouring months that
    complete them.
    """
    return Calendar(MONDAY).monthdatescalendar(month.year, month.month)


def first_and_last_day(
    starts_at: datetime, ends_at: datetime, *, timezone: str, is_all_day: bool, reader_timezone: str
) -> tuple[date, date]:
    """Returns the first and the last day that an event touches. A day-long event keeps its own
    calendar's days everywhere; hours fall on the reader's days.
    """
    zone = ZoneInfo(timezone if is_all_day else reader_timezone)
    return starts_at.astimezone(zone).date(), (ends_at - MOMENT).astimezone(zone).date()


def days_between(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


# Weeks side by side, from Monday to Sunday, and what of a span falls into each.

USUAL = 8
CHOICES = (4, USUAL, 13)
WEEK = timedelta(days=7)


def is_shown(on: date) -> bool:
    """Returns True within the years that the programme shows."""
    return FIRST_YEAR <= on.year <= LAST_YEAR


def monday_of(on: date) -> date:
    return on - timedelta(days=on.weekday())


def mondays(first: date, weeks: int) -> list[date]:
    return [first + number * WEEK for number in range(weeks)]


def shifted(first: date, weeks: int) -> date | None:
    """Returns the Monday so many weeks on (or back); None outside the years that the programme
    shows.
    """
    other = first + weeks * WEEK
    return other if is_shown(other) else None


@dataclass(frozen=True)
class Closure:
    """Days, both included, on which the region or a country holds nothing else."""

    first: date
    last: date

    def days_in(self, monday: date) -> Iterator[date]:
        """Yields those of the week that begins on that Monday."""
        start, end = max(self.first, monday), min(self.last, monday + WEEK - timedelta(days=1))
        for number in range((end - start).days + 1):
            yield start + timedelta(days=number)


def closed_days(closures: Iterable[Closure], monday: date) -> list[date]:
    return sorted({on for closure in closures for on in closure.days_in(monday)})


MORE = "…"
SHORT = 3
"""A text does not end with words so short: "Consentimiento informado…" and not "… en la…"."""


def clipped(text: str, *, width: int, lines: int = 2) -> str:
    """Returns the text as it fits into so many lines of `width` characters; what is left out ends
    in "…".

    A word longer than a line takes a line of its own.
    """
    shown: list[str] = []
    used, line = 0, 1
    words = text.split()
    for number, word in enumerate(words):
        is_last = number == len(words) - 1
        length = len(word) if is_last or line < lines else len(word) + len(MORE)
        if shown and used + 1 + length > width:
            if line == lines:
                return _ended(shown)
            line, used = line + 1, len(word)
        else:
            used += len(word) + bool(used)
        shown.append(word)
    return " ".join(shown)


def _ended(words: list[str]) -> str:
    while len(words) > 1 and len(words[-1]) <= SHORT:
        words.pop()
    return " ".join(words).rstrip(".,:;–-") + MORE


# How much is planned: events counted against what groups, countries and people can carry
# ("limited", R40).


@dataclass(frozen=True)
class Caps:
    """At most so many."""

    group_week: int
    group_month: int
    country_week: int
    person_month: int


def caps_of(book: RuleBook, on: date) -> Caps:
    """Returns the caps as the rule book is set for events that start on the day."""

    def most(rule: Rule) -> int:
        return book.setting(rule, on).threshold or 0

    return Caps(
        most(Rule.GROUP_WEEK),
        most(Rule.GROUP_MONTH),
        most(Rule.COUNTRY_WEEK),
        most(Rule.PERSON_LOAD),
    )


class Burden(StrEnum):
    ROOM = "room"
    FULL = "full"
    OVER = "over"


@dataclass(frozen=True)
class Load:
    """What one bearer has in a month: how many, and how many in its fullest week, with that week's
    Monday.
    """

    month: int = 0
    week: int = 0
    monday: date | None = None
    drafts: int = 0


@dataclass(frozen=True)
class CountedDay:
    """The local day on which an event starts, and whether it is only a draft yet."""

    on: date
    is_draft: bool = False


def load_of(events: Iterable[CountedDay], month: date) -> Load:
    """Returns the load of the month's own events; its weeks with all their days, also those that
    belong to the months beside it.
    """
    days = list(events)
    own = [event for event in days if (event.on.year, event.on.month) == (month.year, month.month)]
    weeks = Counter(monday_of(event.on) for event in days)
    monday = min(weeks, key=lambda first: (-weeks[first], first), default=None)
    return Load(
        len(own), weeks[monday] if monday else 0, monday, sum(event.is_draft for event in own)
    )


def burden(count: int, most: int) -> Burden:
    return Burden.OVER if count > most else Burden.FULL if count == most else Burden.ROOM
