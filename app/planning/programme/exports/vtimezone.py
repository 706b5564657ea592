"""A zone's rules as a VTIMEZONE in RRULE form, worked out from zoneinfo (RFC 5545 §3.6.5).

icalendar's own `add_missing_timezones` writes lists of RDATE, of which the parser of Thunderbird
and Nextcloud reads only the first (events one hour late) and Outlook none. Rules with BYDAY are
what every reader understands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS_BEFORE = 1
YEARS_AFTER = 2
PROBE_SECONDS = 14 * 24 * 3600
NO_TIME = timedelta(0)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
WEEK = 7


@dataclass(frozen=True)
class Onset:
    """An instant at which the clocks of a zone change. `at` is UTC; `wall` is what they showed just
    before (naive).
    """

    at: datetime
    offset_from: timedelta
    offset_to: timedelta
    is_daylight: bool
    name: str

    @property
    def wall(self) -> datetime:
        return (self.at + self.offset_from).replace(tzinfo=None)

    @property
    def weeks(self) -> frozenset[int]:
        """Returns which weekday of its month this is, counted from the start and, where it is the
        last one, from the end.
        """
        nth = (self.wall.day - 1) // WEEK + 1
        is_last = (self.wall + timedelta(days=WEEK)).month != self.wall.month
        return frozenset({nth, LAST} if is_last else {nth})

    @property
    def pattern(self) -> tuple[object, ...]:
        """Returns all but the year and the week."""
        wall = self.wall
        return (
            self.offset_from,
            self.offset_to,
            self.is_daylight,
            self.name,
            wall.month,
            wall.weekday(),
            wall.time(),
        )

    def same_rule(self, other: "Onset") -> bool:
        return self.pattern == other.pattern


@dataclass(frozen=True)
class Run:
    """Onsets of consecutive years that one yearly rule describes, `weeks` being what they have in
    common.
    """

    onsets: tuple[Onset, ...]
    weeks: frozenset[int]

    def extended(self, onset: Onset) -> "Run | None":
        latest, weeks = self.onsets[-1], self.weeks & onset.weeks
        if onset.wall.year != latest.wall.year + 1 or not weeks or not latest.same_rule(onset):
            return None
        return Run((*self.onsets, onset), weeks)


@lru_cache(maxsize=256)
def vtimezone(timezone: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Returns content lines that are right for every instant from the start of `first_year` to the
    end of `last_year`. A rule that still holds in the last years examined has no end, as no change
    of it is known.
    """
    zone = ZoneInfo(timezone)
    start = datetime(first_year - YEARS_BEFORE, 1, 1, tzinfo=UTC)
    end = datetime(last_year + YEARS_AFTER, 12, 31, tzinfo=UTC)
    years = range(start.year, end.year + 1)
    onsets = [
        onset for year in years for onset in onsets_of_year(timezone, year) if onset.at <= end
    ]
    lines = ["BEGIN:VTIMEZONE", f"TZID:{timezone}"]
    if not onsets or onsets[0].at.year >= first_year:
        lines += _observance(_standing(zone, start, bool(onsets)), ())
    for run in _runs(onsets):
        lines += _observance(run.onsets[0], _rule(run, last_year + YEARS_AFTER))
    return (*lines, "END:VTIMEZONE")


@lru_cache(maxsize=256)
def days_shown_twice(timezone: str, year: int) -> frozenset[date]:
    """Returns days of a year, as the zone counts them, on which its clocks are set back: some hour
    of them comes twice.
    """
    # Around New Year the year in the zone differs from the year in UTC.
    near = [onset for one in (year - 1, year, year + 1) for onset in onsets_of_year(timezone, one)]
    back = [onset for onset in near if onset.offset_to < onset.offset_from]
    days = {
        (onset.at + offset).date()
        for onset in back
        for offset in (onset.offset_from, onset.offset_to)
    }
    return frozenset(day for day in days if day.year == year)


@lru_cache(maxsize=1024)
def onsets_of_year(timezone: str, year: int) -> tuple[Onset, ...]:
    """Returns every change of a zone's clocks after the first instant of a year of UTC, up to the
    first of the next.
    """
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return tuple(_onsets(ZoneInfo(timezone), int(start.timestamp()), int(end.timestamp())))


def _onsets(zone: ZoneInfo, start: int, end: int) -> Iterator[Onset]:
    """Yields every change between two instants, in seconds since 1970; none is shorter than the
    probe in any zone that keeps daylight-saving time.
    """
    low, before = start, _state(zone, start)
    while low < end:
        high = min(low + PROBE_SECONDS, end)
        after = _state(zone, high)
        if after != before:
            at = datetime.fromtimestamp(_bisect(zone, low, high), UTC)
            yield Onset(
                at=at,
                offset_from=before[0],
                offset_to=after[0],
                is_daylight=bool(after[1]),
                name=after[2],
            )
        low, before = high, after


def _bisect(zone: ZoneInfo, low: int, high: int) -> int:
    """Returns the first second of the new state, between an instant in the old one and an instant
    in the new one.
    """
    before = _state(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _state(zone, middle) == before else (low, middle)
    return high


def _state(zone: ZoneInfo, at: int) -> tuple[timedelta, timedelta, str]:
    local = datetime.fromtimestamp(at, zone)
    return local.utcoffset() or NO_TIME, local.dst() or NO_TIME, local.tzname() or ""


def _standing(zone: ZoneInfo, start: datetime, changes: bool) -> Onset:
    """Returns what the clocks keep before the first change; a zone without changes has kept it
    since 1970.
    """
    offset, dst, name = _state(zone, int(start.timestamp()))
    wall = start if changes else datetime(1970, 1, 1, tzinfo=UTC)
    return Onset(
        at=wall - offset, offset_from=offset, offset_to=offset, is_daylight=bool(dst), name=name
    )


def _runs(onsets: list[Onset]) -> list[Run]:
    runs: list[Run] = []
    for onset in onsets:
        for position, run in enumerate(runs):
            longer = run.extended(onset)
            if longer:
                runs[position] = longer
                break
        else:
            runs.append(Run((onset,), onset.weeks))
    return runs


def _rule(run: Run, final_year: int) -> tuple[str, ...]:
    """Returns one yearly rule; UNTIL, in UTC, when the zone gave it up within the years examined."""
    if len(run.onsets) == 1:
        return ()
    first, final = run.onsets[0].wall, run.onsets[-1]
    week = min(
        run.weeks
    )  # the last one, −1, before any other: that is what the rule of a zone mostly means
    rule = f"RRULE:FREQ=YEARLY;BYMONTH={first.month};BYDAY={week}{DAYS[first.weekday()]}"
    return (rule if final.wall.year == final_year else f"{rule};UNTIL={final.at:%Y%m%dT%H%M%SZ}",)


def _observance(onset: Onset, rule: tuple[str, ...]) -> tuple[str, ...]:
    kind = "DAYLIGHT" if onset.is_daylight else "STANDARD"
    return (
        f"BEGIN:{kind}",
        f"DTSTART:{onset.wall:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(onset.offset_from)}",
        f"TZOFFSETTO:{_offset(onset.offset_to)}",
        *((f"TZNAME:{onset.name}",) if onset.name else ()),
        *rule,
        f"END:{kind}",
    )


def _offset(value: timedelta) -> str:
    """Returns an offset as RFC 5545 §3.3.14 writes it; seconds only where there are any, as in
    local mean time.
    """
    total = int(value.total_seconds())
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{'-' if total < 0 else '+'}{hours:02d}{minutes:02d}" + (
        f"{seconds:02d}" if seconds else ""
    )
