"""The calendar of record with the webinars of a season in it, and what the rule book says of each.

The rule book alone says what clashes and what is counted. A season asks for a little more, which
no other event has to keep: its days and hours, events a day, and the distance and order of its
webinars.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import ONE_DAY, zone_of
from app.planning.scheduling.rules.judging import judge
from app.planning.scheduling.rules.limits import reach, working_days_until
from app.planning.scheduling.rules.overlaps import of_kind
from app.planning.scheduling.rules.overrides import with_overrides
from app.planning.scheduling.rules.question import Question
from app.planning.scheduling.rules.slots import SATURDAY, Search, free_days
from app.planning.scheduling.rules.spec import Terms
from app.planning.scheduling.values import Finding, FreeSlot, Nature, Party, PartyKind, Standing
from app.planning.seasons.values import SeasonLimits, Want

EVERY = timedelta(hours=1)
"""How far apart the starts are that a day offers."""

Plan = Mapping[int, datetime]
"""Where each wish starts; a wish that is not named has no place."""


@dataclass(frozen=True)
class Wish:
    """One webinar that is wished for.

    `holder`: whoever claims its time, or would. `at` returns what it asks of the calendar at a
    span, and reads nothing. `first` and `last` are the days that it may have, both included;
    `wished_on` is the one it would like best. `after`: the wishes that must be over before it
    starts. `published_at`: where its published event is today, which may move but not vanish.
    `chosen_at`: where a person placed it, who alone moves it.
    """

    key: int
    holder: str
    title: LocalizedText
    minutes: int
    at: Callable[[Timespan], Question]
    first: date
    last: date
    spacing: int = 0
    wished_on: date | None = None
    after: frozenset[int] = frozenset()
    published_at: datetime | None = None
    chosen_at: datetime | None = None

    def span(self, starts_at: datetime) -> Timespan:
        return Timespan(starts_at, starts_at + timedelta(minutes=self.minutes))

    def weeks_away(self, day: date) -> int:
        return abs((day - self.wished_on).days) // 7 if self.wished_on else 0


@dataclass(frozen=True)
class Shortfall:
    """What the season asks for and a place does not give. `other`: the event in question."""

    want: Want
    other: Standing | None = None
    count: int = 0
    limit: int = 0


@dataclass
class Board:
    """A calendar in which wishes are placed and moved. `standing` and `around` are those of
    `judge`, without the season's own events; `placed` are the wishes that have a place.
    """

    limits: SeasonLimits
    timezone: str
    terms: Terms
    now: datetime
    wishes: Mapping[int, Wish]
    standing: Sequence[Standing] = ()
    around: Sequence[Standing] = ()
    placed: dict[int, Standing] = field(default_factory=dict)
    _standing_near: dict[date, list[Standing]] = field(default_factory=dict)
    _around_near: dict[date, list[Standing]] = field(default_factory=dict)
    _known: dict[tuple[str, datetime], tuple[date, frozenset[str]]] = field(default_factory=dict)

    def place(self, key: int, starts_at: datetime) -> None:
        wish = self.wishes[key]
        span = wish.span(starts_at)
        self.placed[key] = Standing(
            holder=wish.holder,
            title=wish.title,
            span=span,
            timezone=self.timezone,
            is_confidential=False,
            parties=wish.at(span).parties,
        )

    def take_away(self, key: int) -> datetime:
        """Returns where the wish was."""
        return self.placed.pop(key).span.starts_at

    def plan(self) -> dict[int, datetime]:
        return {key: other.span.starts_at for key, other in sorted(self.placed.items())}

    def day_of(self, instant: datetime) -> date:
        return instant.astimezone(zone_of(self.timezone)).date()

    def key_of(self, other: Standing) -> int | None:
        """Returns the wish that an engagement is; None for what stands in the calendar."""
        return self._keys.get(other.holder)

    @cached_property
    def _keys(self) -> dict[str, int]:
        return {wish.holder: key for key, wish in self.wishes.items()}

    # What the rule book says.

    def findings(self, key: int) -> tuple[Finding, ...]:
        """Returns what the rule book says of a wish where it is placed, hardest first.

        A published event at its own time was let in under the rules of its day: only what other
        wishes have against it is said.
        """
        wish, span = self.wishes[key], self.placed[key].span
        found = self.findings_at(key, span)
        if wish.published_at != span.starts_at:
            return found
        return tuple(finding for finding in found if self.wishes_in(finding))

    def findings_at(self, key: int, span: Timespan) -> tuple[Finding, ...]:
        """Returns what the rule book would say of a wish at another time, hardest first."""
        wish = self.wishes[key]
        question, day = wish.at(span), self.day_of(span.starts_at)
        found = judge(
            question,
            standing=self._near(day, key),
            around=self._counted(day, key),
            terms=self.terms,
        )
        return with_overrides(found, permitted=(), main=question.holder or "")

    def wishes_in(self, finding: Finding) -> frozenset[int]:
        """Returns the other wishes that a finding speaks of."""
        others = (*finding.others, *((finding.other,) if finding.other else ()))
        return frozenset(key for other in others if (key := self.key_of(other)) is not None)

    def hindrances(self, key: int, span: Timespan) -> list[frozenset[int]]:
        """Returns for each thing that refuses a wish a time the wishes of which one is enough to
        step aside; an empty set where none would help.
        """
        found = [self.wishes_in(finding) for finding in refused(self.findings_at(key, span))]
        day = self.day_of(span.starts_at)
        on_day = frozenset(
            number
            for number in self.placed
            if self.day_of(self.placed[number].span.starts_at) == day
        )
        for shortfall in self.shortfalls(key, span):
            number = self.key_of(shortfall.other) if shortfall.other else None
            found.append(
                on_day
                if shortfall.want is Want.DAY
                else frozenset(() if number is None else (number,))
            )
        return found

    def slots(self, key: int, day: date) -> Iterator[FreeSlot]:
        """Yields the best time of a day that neither the rule book nor the season refuses."""
        wish = self.wishes[key]
        hours = self.hours(key, day)
        if not hours or any(self._of_day(wish, day)):
            return iter(())
        search = Search(
            wish=hours[0],
            at=wish.at,
            parties=(),
            accepts=lambda span: not any(self._of_order(wish, span)),
            spans_on=lambda _day: hours,
        )
        return free_days(
            [day],
            search,
            standing=self._near(day, key),
            around=self._counted(day, key),
            terms=self.terms,
        )

    def days(self, key: int) -> list[date]:
        """Returns the working days that a wish may have, those nearest to its wish first."""
        wish = self.wishes[key]
        days = (
            wish.first + number * ONE_DAY for number in range((wish.last - wish.first).days + 1)
        )
        nearest = wish.wished_on or wish.first
        return sorted(
            (day for day in days if day.weekday() < SATURDAY),
            key=lambda day: (abs((day - nearest).days), day),
        )

    def hours(self, key: int, day: date) -> list[Timespan]:
        """Returns the spans to come that a day offers within the hours of the season."""
        wish, zone = self.wishes[key], zone_of(self.timezone)
        opens, closes = (
            datetime.combine(day, hour, zone) for hour in (self.limits.opens, self.limits.closes)
        )
        latest = closes - timedelta(minutes=wish.minutes)
        starts = (opens + number * EVERY for number in range((latest - opens) // EVERY + 1))
        return [wish.span(starts_at) for starts_at in starts if starts_at > self.now]

    def _near(self, day: date, key: int) -> list[Standing]:
        """Returns what stands on the day or the days beside it, without the parts of the wish's
        own event, which go where it goes.
        """
        if day not in self._standing_near:
            self._standing_near[day] = _touching(self.standing, self._around(day, ONE_DAY))
        holder = self.wishes[key].holder
        stands = [other for other in self._standing_near[day] if not _is_part_of(other, holder)]
        return [*stands, *_touching(self._others(key), self._around(day, ONE_DAY))]

    def _counted(self, day: date, key: int) -> list[Standing]:
        if day not in self._around_near:
            self._around_near[day] = _touching(self.around, reach(self._around(day, ONE_DAY)))
        return [*self._around_near[day], *self._others(key)]

    def _others(self, key: int) -> Iterator[Standing]:
        return (other for number, other in self.placed.items() if number != key)

    def _around(self, day: date, margin: timedelta) -> Timespan:
        midnight = datetime.combine(day, time(), zone_of(self.timezone))
        return Timespan(midnight - margin, midnight + ONE_DAY + margin)

    # What the season asks for besides.

    def shortfalls(self, key: int, span: Timespan) -> list[Shortfall]:
        """Returns what the season asks for and the time does not give the wish."""
        wish, day = self.wishes[key], self.day_of(span.starts_at)
        if wish.published_at == span.starts_at:
            return []
        return [
            *self._of_window(wish, span),
            *self._of_day(wish, day),
            *self._of_order(wish, span),
        ]

    def _of_window(self, wish: Wish, span: Timespan) -> Iterator[Shortfall]:
        zone = zone_of(self.timezone)
        starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        if not wish.first <= starts.date() <= wish.last:
            yield Shortfall(Want.WINDOW)
        if starts.weekday() >= SATURDAY:
            yield Shortfall(Want.WEEKEND)
        is_inside = self.limits.opens <= starts.time() and ends.time() <= self.limits.closes
        if not is_inside or starts.date() != ends.date():
            yield Shortfall(Want.HOURS)

    def _of_day(self, wish: Wish, day: date) -> Iterator[Shortfall]:
        """Yields what is alike for all hours of a day: events on it, and working days to the other
        events of the wish's groups.
        """
        groups = _groups_of(wish.at(wish.span(self._noon(day))).parties)
        on_day = 1
        for other in self._counted(day, wish.key):
            if other.nature is not Nature.EVENT:
                continue
            theirs, their_groups = self._day_and_groups(other)
            on_day += theirs == day
            if not groups & their_groups:
                continue
            key = self.key_of(other)
            apart = max(wish.spacing, self.wishes[key].spacing if key is not None else 0)
            days = working_days_until(min(day, theirs), max(day, theirs))
            if days < apart:
                yield Shortfall(want=Want.SPACING, other=other, count=days, limit=apart)
        if on_day > self.limits.per_day:
            yield Shortfall(Want.DAY, count=on_day, limit=self.limits.per_day)

    def _day_and_groups(self, other: Standing) -> tuple[date, frozenset[str]]:
        key = (other.holder, other.span.starts_at)
        if key not in self._known:
            self._known[key] = self.day_of(other.span.starts_at), _groups_of(other.parties)
        return self._known[key]

    def _of_order(self, wish: Wish, span: Timespan) -> Iterator[Shortfall]:
        for key in sorted(wish.after & self.placed.keys()):
            if span.starts_at < self.placed[key].span.ends_at:
                yield Shortfall(Want.AFTER, self.placed[key])
        for key, other in self.placed.items():
            if wish.key in self.wishes[key].after and other.span.starts_at < span.ends_at:
                yield Shortfall(Want.BEFORE, other)

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), zone_of(self.timezone))


def refused(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.is_refused]


def _groups_of(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset(party.key for party in of_kind(PartyKind.WORKING_GROUP, parties))


def _touching(others: Iterable[Standing], span: Timespan) -> list[Standing]:
    return [other for other in others if other.span.overlaps(span)]


def _is_part_of(other: Standing, holder: str) -> bool:
    return other.nature is Nature.SITTING and any(against == holder for _, against in other.permits)
