"""Where each wish could take place if it were the only one: the grid without times that the
calendar, the clock or the limits exclude.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.kernel.timespan import Timespan
from app.planning.seasons.rules.cost import cost_at
from app.planning.seasons.rules.problem import (
    MONDAY,
    Candidate,
    SeasonProblem,
    TakenTime,
    Wish,
    days,
    overlaps_taken,
    starts_on_day,
    workday_number,
)

MOST = 60_000
"""More candidates than this in a season, and each wish is offered every second hour only."""


@dataclass
class SeasonCounts:
    """Engagements that exist already, counted as the limits count them. `workdays`: the days on
    which each group meets, with the spacing.
    """

    weeks: dict[tuple[str, int], int] = field(default_factory=dict)
    months: dict[tuple[str, tuple[int, int]], int] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)
    country_weeks: dict[tuple[str, int], int] = field(default_factory=dict)
    person_months: dict[tuple[int, tuple[int, int]], int] = field(default_factory=dict)
    workdays: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: SeasonProblem) -> "SeasonCounts":
        made = cls()
        for taken in problem.taken:
            if taken.counts:
                made._count(problem, taken)
        return made

    def _count(self, problem: SeasonProblem, taken: TakenTime) -> None:
        on = problem.day_of(taken.span.starts_at)
        week = week_of(on)
        self.days[on] = self.days.get(on, 0) + 1
        for group in taken.groups:
            self.weeks[group, week] = self.weeks.get((group, week), 0) + 1
            self.months[group, (on.year, on.month)] = (
                self.months.get((group, (on.year, on.month)), 0) + 1
            )
            self.workdays.setdefault(group, []).append((workday_number(on), taken.spacing))
        for person in taken.people:
            key = (person, (on.year, on.month))
            self.person_months[key] = self.person_months.get(key, 0) + 1
        for country in taken.countries or problem.all_countries:
            self.country_weeks[country, week] = self.country_weeks.get((country, week), 0) + 1


def week_of(on: date) -> int:
    return (on - MONDAY).days // 7


def candidates(problem: SeasonProblem) -> Mapping[int, tuple[Candidate, ...]]:
    """Returns for each wish its candidates in order of time. The current time of a published event
    is always one of them.
    """
    counts = SeasonCounts.of(problem)
    found = {wish.key: _of_wish(problem, wish, counts) for wish in problem.wishes}
    if sum(map(len, found.values())) > MOST:
        found = {key: _thinned(problem.by_key[key], many) for key, many in found.items()}
    return found


def _of_wish(problem: SeasonProblem, wish: Wish, counts: SeasonCounts) -> tuple[Candidate, ...]:
    starts = [
        starts_at
        for on in days(problem, wish)
        if is_open_day(problem, wish, on, counts)
        for starts_at in starts_on_day(problem, wish, on)
        if is_free(problem, wish, starts_at)
    ]
    if wish.published_at is not None and wish.published_at not in starts:
        starts.append(wish.published_at)
    made = (
        Candidate(wish.span(at), problem.day_of(at), cost_at(problem, wish, at)) for at in starts
    )
    return tuple(sorted(made, key=lambda candidate: candidate.span))


def _thinned(wish: Wish, many: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Returns every second start, so that a season without windows has a size that can be solved.
    Starts of published events are kept.
    """
    return tuple(
        c for n, c in enumerate(many) if n % 2 == 0 or c.span.starts_at == wish.published_at
    )


def is_open_day(problem: SeasonProblem, wish: Wish, on: date, counts: SeasonCounts) -> bool:
    """Returns whether the limits allow one more on that day, beside what exists already."""
    limits, week, workday = problem.limits, week_of(on), workday_number(on)
    invited = problem.invited(wish)
    if len(problem.on_holiday(invited, on)) > limits.holidays:
        return False
    if _is_full(counts.days.get(on, 0), limits.per_day):
        return False
    if any(
        _is_full(counts.country_weeks.get((country, week), 0), limits.per_country_week)
        for country in invited
    ):
        return False
    month = (on.year, on.month)
    if any(
        _is_full(counts.person_months.get((one, month), 0), limits.per_person_month)
        for one in wish.people
    ):
        return False
    for group in wish.groups:
        if _is_full(counts.weeks.get((group, week), 0), limits.per_group_week):
            return False
        if _is_full(counts.months.get((group, month), 0), limits.per_group_month):
            return False
    others = (other for group in wish.groups for other in counts.workdays.get(group, ()))
    return all(abs(number - workday) >= max(spacing, wish.spacing) for number, spacing in others)


def _is_full(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def is_free(problem: SeasonProblem, wish: Wish, starts_at: datetime) -> bool:
    """Returns whether nothing that exists already excludes the wish from that time."""
    span = wish.span(starts_at)
    others = tuple(overlaps_taken(problem, span))
    for taken in others:
        if taken.closes_region or (taken.groups and wish.groups) or taken.people & wish.people:
            return False
        if taken.closed_countries & problem.invited(wish):
            return False
    lanes = problem.limits.lanes
    return lanes is None or most_at_once(span, others) < lanes


def most_at_once(span: Timespan, others: tuple[TakenTime, ...]) -> int:
    """Returns the greatest number of the other events that take place at the same moment within the
    span.
    """
    events = [taken.span for taken in others if taken.counts]
    moments = [
        span.starts_at,
        *(other.starts_at for other in events if span.starts_at < other.starts_at < span.ends_at),
    ]
    return max(sum(other.starts_at <= at < other.ends_at for other in events) for at in moments)
