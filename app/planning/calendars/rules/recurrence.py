"""RRULE → wall times, never more than a budget allows (RFC 5545 §3.3.10).

A rule that matches nothing sends dateutil looking until the year 9999, and a rule that matches
every second never ends: so both what it finds and how far it looks is metered, without a clock.
dateutil starts with the whole period (year, month, week) in which what is asked for begins: the
budget is spent on what is near, and BYSETPOS counts within the whole first week instead of from
DTSTART on.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from dateutil.rrule import DAILY, HOURLY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from app.kernel.refusal import Sentence
from app.kernel.text import N_

DAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
FREQUENCIES = {
    "YEARLY": YEARLY,
    "MONTHLY": MONTHLY,
    "WEEKLY": WEEKLY,
    "DAILY": DAILY,
    "HOURLY": HOURLY,
}
NUMBERS = {  # name → what dateutil calls it, and the largest absolute value
    "BYMONTH": ("bymonth", 12),
    "BYMONTHDAY": ("bymonthday", 31),
    "BYYEARDAY": ("byyearday", 366),
    "BYWEEKNO": ("byweekno", 53),
    "BYSETPOS": ("bysetpos", 366),
    "BYHOUR": ("byhour", 23),
    "BYMINUTE": ("byminute", 59),
    "BYSECOND": ("bysecond", 59),
}
KNOWN = {*NUMBERS, "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"}
MOST_VALUES = 400
MOST_A_DAY = 24
LARGEST_INTERVAL = 10_000
BUDGET = 300_000  # of a whole file: an occurrence costs 1, a month that is looked at 6
SERIES_BUDGET = 60_000
MONTH = 6
A_YEAR, A_WEEK = 12, 7
MARGIN = 3  # dateutil asks once before it starts, and once for the month after the last

NOT_READABLE = N_("Its repetition cannot be read: %(rule)s.")
TOO_OFTEN = N_("It repeats more often than %(most)s times a day, so only its first time was taken.")
TOO_MANY = N_("It repeats so many times that its dates after %(day)s are left out.")


class BadRule(Exception):
    """Raised for a rule that cannot be used; carries the sentence."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.msgid)
        self.sentence = sentence


class Exhausted(Exception):
    """Raised when the budget is used up."""


class Meter:
    """The budget that is left; each series of a file draws on the same one. `reached` is the latest
    time that was counted.
    """

    def __init__(self, left: int, of: "Meter | None" = None) -> None:
        self.left, self.of = left, of
        self.reached: datetime | None = None

    def spend(self, units: int) -> None:
        if self.left < units:
            raise Exhausted
        if self.of is not None:
            self.of.spend(units)
        self.left -= units


class _PastLast(Exception):
    """Raised when nothing more is found up to the last day asked about."""


class _MeteredRule(rrule):
    """dateutil asks for `_byeaster` once for every month or year that it looks at, whether anything
    matches or not: the only place of its loop that can be counted from outside.

    The name is dateutil's own, as nothing public does it: `until` and `count` are compared with what
    matches only, and whoever iterates is not asked before something does. A test with a rule that
    matches nothing fails should the name change.
    """

    meter: Meter | None = None
    months = 0
    _easter: Any = None

    @property
    def _byeaster(self) -> Any:
        if self.meter is not None:
            self.meter.spend(MONTH)
            self.months -= 1
            if self.months < 0:
                raise _PastLast
        return self._easter

    @_byeaster.setter
    def _byeaster(self, value: Any) -> None:
        self._easter = value


def parts_of(rule: str) -> dict[str, str]:
    """Returns the named parts of a rule.

    Refuses what is none, and names that are not of RFC 5545.
    """
    parts: dict[str, str] = {}
    for part in rule.strip().strip(";").upper().split(";"):
        name, equals, value = part.strip().partition("=")
        if name == "RSCALE" and value == "GREGORIAN":
            continue
        if name.startswith("X-"):
            continue
        if name == "COUNT" and value.strip().startswith("-"):  # some write -1 for "without end"
            continue
        if not equals or not value or name not in KNOWN or name in parts:
            raise _unreadable(rule)
        parts[name] = value.strip()
    return parts


def times_of(
    rule: str,
    start: datetime,
    *,
    until: datetime,
    last: datetime,
    meter: Meter,
    first: datetime = datetime.min,  # noqa: DTZ901 - a wall time
) -> Iterator[datetime]:
    """Yields the wall times of a rule with this naive `start`, from `first` to `last`, in order.

    `until` is the rule's own end, already a wall time (or `datetime.max`). Raises BadRule, and
    Exhausted when the meter is empty.
    """
    start = start.replace(microsecond=0)
    arguments = _arguments(rule)
    count = arguments.pop("count", None)
    each = _times_a_period(arguments)
    arguments = _completed(arguments, start)
    end = min(until, last)
    try:
        near = start if count is not None and each is None else max(start, first)
        anchor, periods = _anchor(arguments, start, near)
        if end < anchor:
            return
        if count is not None and periods:
            count -= periods * (each or 0) - _before_start(arguments, start)
        metered = _MeteredRule(dtstart=anchor, until=end, **arguments)
        metered.meter = meter
        metered.months = (last.year - anchor.year) * A_YEAR + last.month - anchor.month + MARGIN
        for at in metered:
            meter.spend(1)
            meter.reached = at
            if at < start:
                continue
            if count is not None:
                count -= 1
                if count < 0:
                    return
            if at >= first:
                yield at
    except _PastLast:
        return
    except (ValueError, OverflowError, IndexError, TypeError) as error:
        raise _unreadable(rule) from error


def _anchor(arguments: dict[str, Any], start: datetime, near: datetime) -> tuple[datetime, int]:
    """Returns the beginning of the last period of the rule that begins at `near` or before, and how
    many lie between it and that of `start`.
    """
    frequency, interval = arguments["freq"], arguments["interval"]
    midnight = datetime.combine(start.date(), time())
    if frequency == YEARLY:
        periods = (near.year - start.year) // interval
        return midnight.replace(start.year + periods * interval, 1, 1), periods
    if frequency == MONTHLY:
        months = start.year * A_YEAR + start.month - 1
        periods = (near.year * A_YEAR + near.month - 1 - months) // interval
        year, month = divmod(months + periods * interval, A_YEAR)
        return midnight.replace(year, month + 1, 1), periods
    if frequency == WEEKLY:
        begins = midnight - timedelta(days=(start.weekday() - arguments.get("wkst", 0)) % A_WEEK)
        step = timedelta(weeks=interval)
    elif frequency == DAILY:
        begins, step = midnight, timedelta(days=interval)
    else:
        begins, step = start.replace(minute=0, second=0), timedelta(hours=interval)
    periods = (near - begins) // step
    return begins + periods * step, periods


def _completed(arguments: dict[str, Any], start: datetime) -> dict[str, Any]:
    """Fills in what a rule leaves out, from its start (RFC 5545 §3.3.10). dateutil would
    take them from where it begins, and for weeks of the year it takes all seven days.
    """
    frequency = arguments["freq"]
    own: dict[str, Any] = {"byminute": [start.minute], "bysecond": [start.second]}
    if frequency != HOURLY:
        own["byhour"] = [start.hour]
    if not arguments.keys() & {"byyearday", "bymonthday", "byweekday"}:
        if frequency == WEEKLY or (frequency == YEARLY and "byweekno" in arguments):
            own["byweekday"] = [weekday(start.weekday())]
        elif frequency in (YEARLY, MONTHLY) and "byweekno" not in arguments:
            own["bymonthday"] = [start.day]
            if frequency == YEARLY:
                own["bymonth"] = [start.month]
    return own | arguments


def _times_a_period(arguments: dict[str, Any]) -> int | None:
    """Returns how many times each day, hour or week of a rule has, where no part makes them differ.

    Only then may periods be passed over though the rule counts.
    """
    others = {name for name in arguments if name.startswith("by")}
    if arguments["freq"] == WEEKLY and others == {"byweekday"}:
        return len({day.weekday for day in arguments["byweekday"]})
    return 1 if arguments["freq"] in (WEEKLY, DAILY, HOURLY) and not others else None


def _before_start(arguments: dict[str, Any], start: datetime) -> int:
    """Returns how many times of the first week lie before the start, so that they do not count."""
    if arguments["freq"] != WEEKLY:
        return 0
    begins = arguments.get("wkst", 0)
    passed = (start.weekday() - begins) % A_WEEK
    return sum(
        (number - begins) % A_WEEK < passed
        for number in {day.weekday for day in arguments["byweekday"]}
    )


def _arguments(rule: str) -> dict[str, Any]:
    """Returns the parts of a rule as dateutil calls them. Raises BadRule."""
    parts = parts_of(rule)
    frequency = parts.get("FREQ", "")
    if frequency in ("MINUTELY", "SECONDLY"):
        raise BadRule(Sentence(TOO_OFTEN, {"most": str(MOST_A_DAY)}))
    if frequency not in FREQUENCIES:
        raise _unreadable(rule)
    arguments: dict[str, Any] = {
        "freq": FREQUENCIES[frequency],
        "interval": _number(rule, parts, "INTERVAL", 1),
    }
    if "COUNT" in parts:
        arguments["count"] = _number(rule, parts, "COUNT", 1)
    for name, (argument, largest) in NUMBERS.items():
        if name in parts:
            arguments[argument] = _numbers(rule, parts[name], largest)
    if "BYDAY" in parts:
        arguments["byweekday"] = [_weekday(rule, value) for value in _values(rule, parts["BYDAY"])]
    if "WKST" in parts:
        arguments["wkst"] = DAYS.get(parts["WKST"], 0)
    times = [len(set(arguments.get(name, (0,)))) for name in ("byhour", "byminute", "bysecond")]
    a_day = (
        times[0]
        * times[1]
        * times[2]
        * (MOST_A_DAY if frequency == "HOURLY" and "BYHOUR" not in parts else 1)
    )
    if a_day > MOST_A_DAY:
        raise BadRule(Sentence(TOO_OFTEN, {"most": str(MOST_A_DAY)}))
    return arguments


def _number(rule: str, parts: dict[str, str], name: str, default: int) -> int:
    text = parts.get(name, str(default))
    largest = LARGEST_INTERVAL if name == "INTERVAL" else 10**9
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or not 1 <= int(text) <= largest:
        raise _unreadable(rule)
    return int(text)


def _values(rule: str, text: str) -> list[str]:
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values or len(values) > MOST_VALUES:
        raise _unreadable(rule)
    return values


def _numbers(rule: str, text: str, largest: int) -> list[int]:
    values = _values(rule, text)
    if not all(
        re.fullmatch(r"[+-]?\d{1,3}", value, re.ASCII) and abs(int(value)) <= largest
        for value in values
    ):
        raise _unreadable(rule)
    return [int(value) for value in values]


def _weekday(rule: str, text: str) -> weekday:
    match = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text, re.ASCII)
    if not match or (match[1] and not 1 <= abs(int(match[1])) <= NUMBERS["BYWEEKNO"][1]):
        raise _unreadable(rule)
    return weekday(DAYS[match[2]], int(match[1]) if match[1] else None)


def _unreadable(rule: str) -> BadRule:
    return BadRule(Sentence(NOT_READABLE, {"rule": rule.strip()[:80]}))
