"""A zone's rules as a VTIMEZONE in RRULE form, worked out from zoneinfo (RFC 5545 §3.6.5).

icalendar's own `add_missing_timezones` writes lists of RDATE, of which the parser of Thunderbird
and Nextcloud reads only the first (events one hour late) and Outlook none. Rules with BYDAY are
what every reader understands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS_BEFORE = 1
YEARS_AFTER = 2
PROBE = timedelta(days=14)
SECOND = timedelta(seconds=1)
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
        """Which weekday of its month this is, counted from the start and, where it is the last one,
        from the end.
        """
        nth = (self.wall.day - 1) // WEEK + 1
        is_last = (self.wall + timedelta(days=WEEK)).month != self.wall.month
        return frozenset({nth, LAST} if is_last else {nth})

    @property
    def pattern(self) -> tuple[object, ...]:
        """All but the year and the week."""
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
    """Content lines that are right for every instant from the start of `first_year` to the end of
    `last_year`.

    A rule that still holds in the last years examined has no end, as no change of it is known.
    """
    zone = ZoneInfo(timezone)
    start = datetime(first_year - YEARS_BEFORE, 1, 1, tzinfo=UTC)
    end = datetime(last_year + YEARS_AFTER, 12, 31, tzinfo=UTC)
    onsets = list(_onsets(zone, start, end))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{timezone}"]
    if not onsets or onsets[0].at.year >= first_year:
        lines += _observance(_standing(zone, start, bool(onsets)), ())
    for run in _runs(onsets):
        lines += _observance(run.onsets[0], _rule(run, last_year + YEARS_AFTER))
    return (*lines, "END:VTIMEZONE")


def _onsets(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Onset]:
    """Every change between two instants; none is shorter than the probe in any zone that keeps
    daylight-saving time.
    """
    low, before = start, _state(zone, start)
    while low < end:
        high = min(low + PROBE, end)
        after = _state(zone, high)
        if after != before:
            at = _bisect(zone, low, high)
            yield Onset(at, before[0], after[0], bool(after[1]), after[2])
        low, before = high, after


def _bisect(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second of the new state, between an instant in the old one and an instant in the
    new one.
    """
    before = _state(zone, low)
    while high - low > SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _state(zone, middle) == before else (low, middle)
    return high


def _state(zone: ZoneInfo, at: datetime) -> tuple[timedelta, timedelta, str]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(0), local.dst() or timedelta(0), local.tzname() or ""


def _standing(zone: ZoneInfo, start: datetime, changes: bool) -> Onset:
    """What the clocks keep before the first change; a zone without changes has kept it since
    1970.
    """
    offset, dst, name = _state(zone, start)
    wall = start if changes else datetime(1970, 1, 1, tzinfo=UTC)
    return Onset(wall - offset, offset, offset, bool(dst), name)


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
    """One yearly rule; UNTIL, in UTC, when the zone gave it up within the years examined."""
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
    """RFC 5545 §3.3.14; seconds only where there are any, as in local mean time."""
    total = int(value.total_seconds())
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{'-' if total < 0 else '+'}{hours:02d}{minutes:02d}" + (
        f"{seconds:02d}" if seconds else ""
    )
