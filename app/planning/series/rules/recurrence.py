"""When a series takes place: every n weeks, or the nth weekday of every n-th month, on the wall
clock; pure.

What recurs is what people agreed on, the wall time: the instants move with the clocks and are made
last, one by one.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_

FEWEST, MOST = 2, 60
MOST_YEARS = 3
MOST_INTERVAL = {"weekly": 52, "monthly": 12}
LAST = -1
NTHS = (1, 2, 3, 4, LAST)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

BAD_INTERVAL = N_("Choose a number between 1 and %(most)d.")
BAD_WEEKDAY = N_("Choose a day of the week.")
BAD_NTH = N_("Choose the first, second, third, fourth or last one of the month.")
ONE_END = N_("Say either how many times or until which day.")
TOO_FEW = N_("A series takes place at least twice.")
TOO_MANY = N_("A series takes place at most %(most)d times. Plan the rest as another series.")
TOO_LONG = N_("A series lasts at most three years. Plan the rest as another series.")
RULE = re.compile(
    r"FREQ=(?P<frequency>WEEKLY|MONTHLY);INTERVAL=(?P<interval>\d{1,2});BYDAY=(?P<nth>-1|[1-4])?(?P<day>[A-Z]{2});"
    r"(?:COUNT=(?P<count>\d{1,2})|UNTIL=(?P<until>\d{8})T235959)"
)


class Frequency(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Recurrence:
    """Every `interval` weeks on `weekday` (Monday is 0), or on the `nth` one of every `interval`-th
    month (1 to 4, or
    -1 for the last). It ends after `count` times or with the day `until`, which may still be one;
      never both.
    """

    frequency: Frequency
    weekday: int
    interval: int = 1
    nth: int | None = None
    count: int | None = None
    until: date | None = None


def require_recurrence(recurrence: Recurrence) -> None:
    """Refuses with InvalidInput what is no recurrence, each answer by its field."""
    errors: dict[str, Sentence] = {}
    most = MOST_INTERVAL[recurrence.frequency]
    if not 1 <= recurrence.interval <= most:
        errors["interval"] = Sentence(BAD_INTERVAL, {"most": most})
    if recurrence.weekday not in range(len(DAYS)):
        errors["weekday"] = Sentence(BAD_WEEKDAY)
    is_monthly = recurrence.frequency is Frequency.MONTHLY
    if (recurrence.nth in NTHS) is not is_monthly:
        errors["nth"] = Sentence(BAD_NTH)
    if (recurrence.count is None) is (recurrence.until is None):
        errors["count"] = Sentence(ONE_END)
    elif recurrence.count is not None and recurrence.count < FEWEST:
        errors["count"] = Sentence(TOO_FEW)
    elif recurrence.count is not None and recurrence.count > MOST:
        errors["count"] = Sentence(TOO_MANY, {"most": MOST})
    if errors:
        raise InvalidInput(errors)


def walls_of(recurrence: Recurrence, starts: datetime) -> tuple[datetime, ...]:
    """Returns the naive wall times at which the series starts, the first being the first that fits
    on or after `starts`.

    Refuses with InvalidInput fewer than two, more than sixty, and what goes on for more than three
    years.
    """
    require_recurrence(recurrence)
    walls = tuple(islice(_expanded(recurrence, starts), MOST + 1))
    field = "count" if recurrence.until is None else "until"
    if len(walls) < FEWEST:
        raise InvalidInput({field: Sentence(TOO_FEW)})
    if len(walls) > MOST:
        raise InvalidInput({field: Sentence(TOO_MANY, {"most": MOST})})
    if walls[-1] > years_later(walls[0], MOST_YEARS):
        raise InvalidInput({field: Sentence(TOO_LONG)})
    return walls


def _expanded(recurrence: Recurrence, starts: datetime) -> Iterator[datetime]:
    """The interval counts from the month or week of the first one that fits, not from that of
    `starts`.
    """
    day = weekday(recurrence.weekday, recurrence.nth)
    until = datetime.combine(recurrence.until, time(23, 59, 59)) if recurrence.until else None
    if recurrence.frequency is Frequency.WEEKLY:
        first = next(iter(rrule(WEEKLY, starts, byweekday=day, count=1)))
        return iter(
            rrule(
                WEEKLY,
                first,
                recurrence.interval,
                count=recurrence.count,
                until=until,
                byweekday=day,
            )
        )
    first = next(iter(rrule(MONTHLY, starts, byweekday=day, count=1)))
    return iter(
        rrule(
            MONTHLY, first, recurrence.interval, count=recurrence.count, until=until, byweekday=day
        )
    )


def years_later(moment: datetime, years: int) -> datetime:
    """Returns the same day of another year; 28 February for a 29th that does not exist."""
    year = moment.year + years
    return moment.replace(year=year, day=min(moment.day, monthrange(year, moment.month)[1]))


def rule_text(recurrence: Recurrence) -> str:
    """Returns the value of an RRULE (RFC 5545 §3.3.10).

    UNTIL is local time, as is the DTSTART it belongs to.
    """
    nth = recurrence.nth if recurrence.nth is not None else ""
    end = (
        f"COUNT={recurrence.count}"
        if recurrence.until is None
        else f"UNTIL={recurrence.until:%Y%m%d}T235959"
    )
    days = f"{nth}{DAYS[recurrence.weekday]}"
    return f"FREQ={recurrence.frequency.upper()};INTERVAL={recurrence.interval};BYDAY={days};{end}"


def recurrence_of(text: str) -> Recurrence:
    """The way back from `rule_text`. Refuses with ValueError what it did not write."""
    found = RULE.fullmatch(text)
    if found is None or found["day"] not in DAYS:
        raise ValueError(f"no recurrence of a series: {text}")
    return Recurrence(
        frequency=Frequency(found["frequency"].lower()),
        weekday=DAYS.index(found["day"]),
        interval=int(found["interval"]),
        nth=int(found["nth"]) if found["nth"] else None,
        count=int(found["count"]) if found["count"] else None,
        until=datetime.strptime(found["until"], "%Y%m%d").date() if found["until"] else None,  # noqa: DTZ007 - a day
    )
