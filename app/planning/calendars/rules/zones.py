"""Which zone a TZID means: an IANA name, a vendor's prefix before one, a Windows name, or the
file's own VTIMEZONE.

Nothing is kept between files: two calendars may call different things by the same name.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.planning.calendars.rules.lines import Component
from app.planning.calendars.rules.recurrence import BadRule, Exhausted, Meter, parts_of, times_of

OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?", re.ASCII)
STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?", re.ASCII)
FOR_EVER = "2200"
LARGEST_OFFSET = timedelta(hours=18)
MOST_CHANGES = 5_000
FIRST_YEAR = 1904
NOT_A_DATE = "not a date"
# Windows begins its zones in 1601; near the ends of datetime nothing can be reckoned.
YEARS = range(1601, 2200)


class WrittenZone(tzinfo):
    """A VTIMEZONE as the list of its changes. Where a wall time is missing or stands twice, the
    offset before counts, or with fold=1 the one after.
    """

    def __init__(self, name: str, changes: list[tuple[datetime, timedelta, timedelta]]) -> None:
        """`changes`: (wall time under the old offset, old offset, new offset)."""
        self.name = name
        self._offsets = [changes[0][1], *(after for _, _, after in changes)]
        self._walls = [
            [max(at, at + after - before) for at, before, after in changes],
            [min(at, at + after - before) for at, before, after in changes],
        ]
        self._instants = [at - before for at, before, _ in changes]

    def utcoffset(self, dt: datetime | None) -> timedelta:
        wall = (dt or datetime.min).replace(tzinfo=None, fold=0)  # noqa: DTZ901 - a wall time has no zone yet
        return self._offsets[bisect_right(self._walls[dt.fold if dt else 0], wall)]

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return self.name

    def fromutc(self, dt: datetime) -> datetime:
        return dt + self._offsets[bisect_right(self._instants, dt.replace(tzinfo=None))]


@cache
def _iana() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones()}


def named_zone(tzid: str) -> ZoneInfo | None:
    """Returns the zone that everybody knows by this name, or None."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    wanted = tzid.strip().strip('"').strip("/")
    windows = WINDOWS_TO_OLSON.get(wanted)
    pieces = wanted.split("/")
    names = ["/".join(pieces[start:]) for start in range(min(len(pieces), 6))] + (
        [windows] if windows else []
    )
    known = next((_iana()[name.lower()] for name in names if name.lower() in _iana()), None)
    return ZoneInfo(known) if known else None


def written_zones(
    components: Iterable[Component], *, last: datetime, meter: Meter
) -> dict[str, tzinfo]:
    """Returns the zones that a file defines and nobody else knows, by TZID. One that makes no sense
    is left out, so that whoever uses it is named.
    """
    zones: dict[str, tzinfo] = {}
    for component in components:
        name = component.text("TZID")
        if component.name != "VTIMEZONE" or not name or named_zone(name) is not None:
            continue
        try:
            changes = sorted(_changes(component, last=last, meter=meter))
        except (ValueError, OverflowError, BadRule, Exhausted):
            continue
        if changes:
            zones[name] = WrittenZone(name, changes)
    return zones


def wall_time(text: str) -> tuple[datetime, bool, bool]:
    """Returns a value as (naive wall time, is it a whole day, is it UTC). Raises ValueError."""
    match = STAMP.fullmatch(text.strip().upper())
    if not match or int(match[1]) not in YEARS:
        raise ValueError(NOT_A_DATE)
    year, month, day, hour, minute, second, utc = match.groups()
    seconds = min(int(second or 0), 59)  # a leap second is not known to calendars
    return (
        datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), seconds),  # noqa: DTZ001
        hour is None,
        bool(utc),
    )


def _changes(
    zone: Component, *, last: datetime, meter: Meter
) -> list[tuple[datetime, timedelta, timedelta]]:
    changes = []
    for part in zone.parts:
        before, after = _offset(part.text("TZOFFSETFROM")), _offset(part.text("TZOFFSETTO"))
        start, _, _ = wall_time(part.text("DTSTART"))
        times = {start}
        for rule in part.all("RRULE"):
            first = start.replace(year=max(start.year, FIRST_YEAR))  # Windows begins in 1601
            own = Meter(MOST_CHANGES * 4, meter)
            times.update(
                times_of(rule.value, first, until=_until(rule.value, before), last=last, meter=own)
            )
        for dates in part.all("RDATE"):
            times.update(wall_time(value.partition("/")[0])[0] for value in dates.value.split(","))
        if len(times) > MOST_CHANGES:
            raise ValueError(NOT_A_DATE)
        changes += [(at, before, after) for at in times]
    return changes


def _until(rule: str, offset: timedelta) -> datetime:
    text = parts_of(rule).get("UNTIL")
    if text is None or text > FOR_EVER:
        return datetime.max  # noqa: DTZ901
    at, _, is_utc = wall_time(text)
    return at + offset if is_utc else at


def _offset(text: str) -> timedelta:
    match = OFFSET.fullmatch(text.strip())
    if not match:
        raise ValueError(NOT_A_DATE)
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if size > LARGEST_OFFSET:
        raise ValueError(NOT_A_DATE)
    return -size if match[1] == "-" else size


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """Returns the moment of a wall time.

    Raises ValueError or OverflowError at the ends of the calendar.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC)
