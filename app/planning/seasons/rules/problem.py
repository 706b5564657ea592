"""The season as a problem: wishes, time that is taken, limits, and every start that a wish could
have alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.timespan import Timespan
from app.planning.seasons.values import SeasonLimits

MONDAY = date(1970, 1, 5)
SATURDAY = 5
OFFICE = (time(8), time(17))


@cache
def zone_of(name: str) -> ZoneInfo:
    """Returns a time zone and keeps it. ZoneInfo itself keeps eight, so that eleven countries would
    read files again and again.
    """
    return ZoneInfo(name)


def workday_number(on: date) -> int:
    """Counts working days since a Monday long ago. A Saturday or Sunday counts as the Monday after
    it.
    """
    weeks, weekday = divmod((on - MONDAY).days, 7)
    return weeks * 5 + min(weekday, 5)


def working_days_after(on: date, count: int) -> date:
    """Returns the day that is so many working days later."""
    weeks, weekday = divmod(workday_number(on) + count, 5)
    return MONDAY + timedelta(days=weeks * 7 + weekday)


@dataclass(frozen=True)
class CountryZone:
    code: str
    timezone: str


@dataclass(frozen=True)
class TakenTime:
    """An engagement that stays where it is.

    `closes_region`: a congress or a governance meeting. `counts`: an event, which uses up the
    limits; a holiday does not. `closed_countries`: countries with a binding holiday.
    """

    span: Timespan
    label: str = ""
    groups: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    closed_countries: frozenset[str] = frozenset()
    closes_region: bool = False
    counts: bool = True
    spacing: int = 0


@dataclass(frozen=True)
class Wish:
    """`countries` empty: all are invited.

    `published_at`: where its published event is today, which may move but not vanish. `wished_on`:
    the preferred day. `after`: the wishes that must be over before it starts.
    """

    key: int
    minutes: int
    groups: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    earliest: date | None = None
    latest: date | None = None
    spacing: int = 0
    wished_on: date | None = None
    published_at: datetime | None = None
    after: frozenset[int] = frozenset()

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def span(self, starts_at: datetime) -> Timespan:
        return Timespan(starts_at, starts_at + self.duration)


Plan = Mapping[int, datetime]
"""Where each wish starts; a wish that is not named has no place."""


@dataclass(frozen=True)
class Candidate:
    """A start that a wish could have if it were alone in the season, and its cost."""

    span: Timespan
    on: date
    cost: int

    @cached_property
    def week(self) -> int:
        return (self.on - MONDAY).days // 7

    @cached_property
    def month(self) -> tuple[int, int]:
        return self.on.year, self.on.month

    @cached_property
    def workday(self) -> int:
        return workday_number(self.on)


@dataclass(frozen=True)
class SeasonProblem:
    """`holidays`: the countries on holiday, by day. `not_before`: the first day that leaves enough
    notice.
    """

    wishes: tuple[Wish, ...]
    starts_on: date
    ends_on: date
    taken: tuple[TakenTime, ...] = ()
    countries: tuple[CountryZone, ...] = ()
    holidays: Mapping[date, frozenset[str]] = field(default_factory=dict)
    limits: SeasonLimits = field(default_factory=SeasonLimits)
    timezone: str = REFERENCE_ZONE
    not_before: date | None = None

    def day_of(self, instant: datetime) -> date:
        return instant.astimezone(zone_of(self.timezone)).date()

    def invited(self, wish: Wish) -> frozenset[str]:
        return wish.countries or self.all_countries

    @cached_property
    def all_countries(self) -> frozenset[str]:
        return frozenset(country.code for country in self.countries)

    @cached_property
    def by_key(self) -> Mapping[int, Wish]:
        return {wish.key: wish for wish in self.wishes}

    @cached_property
    def taken_by_time(self) -> tuple[TakenTime, ...]:
        return tuple(sorted(self.taken, key=lambda taken: taken.span.starts_at))

    def window(self, wish: Wish) -> tuple[date, date]:
        """Returns the first and the last day of the wish, both included."""
        edges = (self.starts_on, wish.earliest, self.not_before)
        return max(on for on in edges if on), min(self.ends_on, wish.latest or self.ends_on)

    def on_holiday(self, countries: frozenset[str], on: date) -> frozenset[str]:
        return countries & self.holidays.get(on, frozenset())

    def outside_office(self, countries: frozenset[str], span: Timespan) -> frozenset[str]:
        """Returns the countries in whose capital the time is not wholly between 08:00 and 17:00."""
        return frozenset(
            country.code
            for country in self.countries
            if country.code in countries and not _in_office(span, country.timezone)
        )


@cache
def _in_office(span: Timespan, timezone: str) -> bool:
    zone = zone_of(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    return starts.date() == ends.date() and starts.time() >= OFFICE[0] and ends.time() <= OFFICE[1]


def overlaps_taken(problem: SeasonProblem, span: Timespan) -> Iterator[TakenTime]:
    """Returns the taken time that overlaps, with the quiet time after each meeting."""
    gap = timedelta(minutes=problem.limits.gap_minutes)
    for taken in problem.taken_by_time:
        if taken.span.starts_at >= span.ends_at + gap:
            return
        if span.starts_at < taken.span.ends_at + gap:
            yield taken


def days(problem: SeasonProblem, wish: Wish) -> Iterator[date]:
    first, last = problem.window(wish)
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        if on.weekday() < SATURDAY:
            yield on


def starts_on_day(problem: SeasonProblem, wish: Wish, on: date) -> Iterator[datetime]:
    """Returns every start of the day's grid from which the wish ends in time."""
    limits, zone = problem.limits, zone_of(problem.timezone)
    first = limits.opens.hour * 60 + limits.opens.minute
    last = limits.closes.hour * 60 + limits.closes.minute - wish.minutes
    for minute in range(first, last + 1, limits.every_minutes):
        yield datetime.combine(on, time(minute // 60, minute % 60), zone)
