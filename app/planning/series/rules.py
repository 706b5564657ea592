"""Recurrence, and what is true of a series and of the changes to its occurrences."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.clock import IN_A_GAP, span_of_wall
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.events.values import EventDraft
from app.planning.scheduling.values import Finding

# When a series takes place: every n weeks, or the nth weekday of every n-th month, on the wall
# clock.
#
# What recurs is what people agreed on, the wall time: the instants move with the clocks and are made
# last, one by one.

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
    """Yields the dates of a recurrence. The interval counts from the month or week of the first one
    that fits, not from that of `starts`.
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
    """Returns the recurrence that `rule_text` wrote. Refuses with ValueError what it did not write."""
    match = RULE.fullmatch(text)
    if match is None or match["day"] not in DAYS:
        raise ValueError(f"no recurrence of a series: {text}")
    return Recurrence(
        frequency=Frequency(match["frequency"].lower()),
        weekday=DAYS.index(match["day"]),
        interval=int(match["interval"]),
        nth=int(match["nth"]) if match["nth"] else None,
        count=int(match["count"]) if match["count"] else None,
        until=datetime.strptime(match["until"], "%Y%m%d").date() if match["until"] else None,  # noqa: DTZ007 - a day
    )


# A series as a pattern of wall times, which occurrence keeps to it, and what a series is refused
# for.

LONGEST_TEXT = 200
NO_SUCH_POSITION = N_("There is no date number %(position)d in this series of %(total)d.")
WALL = "%Y%m%dT%H%M%S"
OF_ONE_EVENT_ONLY = frozenset({"span", "date_precision", "found_start", "found_end", "source_url"})
"""What is not carried from one occurrence to the others as it is."""


class Scope(StrEnum):
    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class NotInSeries(Refusal):
    rule = "not-in-a-series"
    msgid = N_("This event is not part of a series.")


class NothingLeft(Refusal):
    rule = "nothing-left-in-series"
    msgid = N_(
        "All dates of this series that you chose are past or cancelled; those are never changed."
    )


class ShiftedTooOften(Refusal):
    rule = "series-shifted-too-often"
    msgid = N_("Parts of this series have been moved too often. Plan the rest as a new series.")


@dataclass(frozen=True)
class Occurrence:
    """One date of a series, counted from 1. `span` is None where the clocks jump over its hour;
    `gap` says so.
    """

    position: int
    wall: datetime
    span: Timespan | None
    gap: Sentence | None = None


@dataclass(frozen=True)
class DateMisfit:
    """An occurrence that cannot be: the findings of the calendar, what breaks a cycle, or an hour
    that is none.
    """

    occurrence: Occurrence
    findings: tuple[Finding, ...] = ()
    breach: OutOfOrder | None = None


class SeriesRefused(Refusal):
    """Nothing of it was written. `misfits` are in order of position."""

    kind = Kind.CONFLICT
    rule = "series-does-not-fit"
    msgid = N_(
        "%(count)d of %(total)d dates do not fit, so nothing was saved. Move them or skip them."
    )

    def __init__(self, misfits: Sequence[DateMisfit], total: int) -> None:
        super().__init__(count=len(misfits), total=total)
        self.misfits = tuple(misfits)


@dataclass(frozen=True)
class Pattern:
    """Where each occurrence belongs on the wall clock. `shifts`: from a position on, so many
    minutes later or earlier than the rule says, as "this and following" and "all" moved them.
    """

    first: datetime
    recurrence: Recurrence
    shifts: tuple[tuple[int, int], ...] = ()

    def walls(self) -> tuple[datetime, ...]:
        """Returns the wall times by position, the first at index 0."""
        planned = walls_of(self.recurrence, self.first)
        return tuple(
            wall + self._shift_at(position) for position, wall in enumerate(planned, start=1)
        )

    def _shift_at(self, position: int) -> timedelta:
        return timedelta(
            minutes=sum(minutes for since, minutes in self.shifts if since <= position)
        )

    def shifted(self, since: int, by: timedelta) -> "Pattern":
        """Refuses with ShiftedTooOften when there is no room left to remember it."""
        by_position = dict(self.shifts)
        by_position[since] = by_position.get(since, 0) + int(by.total_seconds() // 60)
        kept = tuple(
            (position, minutes) for position, minutes in sorted(by_position.items()) if minutes
        )
        pattern = replace(self, shifts=kept)
        if len(pattern.text()) > LONGEST_TEXT:
            raise ShiftedTooOften
        return pattern

    def text(self) -> str:
        """Returns content lines as in RFC 5545: DTSTART, RRULE and, where there are shifts, a line
        of our own.
        """
        lines = [f"DTSTART:{self.first:{WALL}}", f"RRULE:{rule_text(self.recurrence)}"]
        if self.shifts:
            lines.append(
                "X-SHIFT:" + ",".join(f"{since}={minutes}" for since, minutes in self.shifts)
            )
        return "\n".join(lines)


def pattern_of(text: str) -> Pattern:
    """Returns the pattern that `Pattern.text` wrote."""
    lines = dict(line.split(":", 1) for line in text.split("\n"))
    shifts = (shift.split("=") for shift in lines.get("X-SHIFT", "").split(",") if shift)
    return Pattern(
        datetime.strptime(lines["DTSTART"], WALL),  # noqa: DTZ007 - a wall time
        recurrence_of(lines["RRULE"]),
        tuple((int(since), int(minutes)) for since, minutes in shifts),
    )


def wall_edges(span: Timespan, timezone: str) -> tuple[datetime, datetime]:
    """Returns start and end as naive wall times of a zone."""
    zone = ZoneInfo(timezone)
    starts, ends = (
        at.astimezone(zone).replace(tzinfo=None) for at in (span.starts_at, span.ends_at)
    )
    return starts, ends


def occurrence(position: int, wall: datetime, lasting: timedelta, timezone: str) -> Occurrence:
    """Returns an occurrence with the instants of a wall time on its day; `lasting` is measured on
    the wall clock too.
    """
    try:
        return Occurrence(position, wall, span_of_wall(wall, wall + lasting, timezone))
    except InvalidInput as refusal:
        gaps = [sentence for sentence in refusal.errors.values() if sentence.msgid == IN_A_GAP]
        if not gaps:
            raise
        return Occurrence(position=position, wall=wall, span=None, gap=gaps[0])


def edges_of(draft: EventDraft) -> tuple[datetime, datetime]:
    """Returns start and end of a draft on its wall clock. Refuses with InvalidInput one without
    date.
    """
    if draft.span is None:
        raise InvalidInput({"starts_at": Sentence(N_("Choose the date and the hours."))})
    return wall_edges(draft.span, draft.timezone)


def occurrences_of(draft: EventDraft, recurrence: Recurrence) -> tuple[Occurrence, ...]:
    """Returns all dates of a series whose first is the draft's own, or the first after it that the
    recurrence knows.
    """
    starts, ends = edges_of(draft)
    walls = walls_of(recurrence, starts)
    return tuple(
        occurrence(n, wall, ends - starts, draft.timezone) for n, wall in enumerate(walls, start=1)
    )


def changed_fields(before: EventDraft, after: EventDraft) -> dict[str, Any]:
    """Returns what a change to one occurrence means for the others; its time is not among it."""
    names = [field.name for field in fields(EventDraft) if field.name not in OF_ONE_EVENT_ONLY]
    return {
        name: getattr(after, name)
        for name in names
        if getattr(after, name) != getattr(before, name)
    }


def chosen(
    occurrences: Sequence[Occurrence], skip: Collection[int], moved: Mapping[int, Timespan]
) -> tuple[Occurrence, ...]:
    """Returns those that are to be, at the times they were moved to.

    Refuses unknown positions, and fewer than two left.
    """
    known = {one.position for one in occurrences}
    errors = {
        field: Sentence(NO_SUCH_POSITION, {"position": min(unknown), "total": len(known)})
        for field, positions in (("skip", skip), ("moved", moved))
        if (unknown := set(positions) - known)
    }
    if errors:
        raise InvalidInput(errors)
    kept = tuple(
        replace(one, span=moved[one.position], gap=None) if one.position in moved else one
        for one in occurrences
        if one.position not in skip
    )
    if len(kept) < FEWEST:
        raise InvalidInput({"skip": Sentence(TOO_FEW)})
    return kept
