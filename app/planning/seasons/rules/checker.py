"""Checks a finished plan. Knows nothing of how it was made: every limit is read again from the
wishes, naively.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan
from app.planning.seasons.rules.problem import Plan, SeasonProblem, TakenTime, Wish
from app.planning.seasons.values import Breach


@dataclass(frozen=True)
class Violation:
    """`others` are wishes by key, `taken` what stood already; `parties` the groups, people or
    countries concerned.
    """

    breach: Breach
    key: int
    others: tuple[int, ...] = ()
    taken: tuple[TakenTime, ...] = ()
    parties: tuple[str, ...] = ()
    count: int = 0
    limit: int = 0


@dataclass(frozen=True)
class Meeting:
    """A wish in its place, or what stands already (`wish` is None)."""

    key: int | None
    span: Timespan
    on: date
    groups: frozenset[str]
    people: frozenset[int]
    countries: frozenset[str]
    spacing: int
    taken: TakenTime | None = None


Found = Iterator[Violation]


def violations(problem: SeasonProblem, plan: Plan) -> tuple[Violation, ...]:
    """All that is wrong with the plan; what is published and stays where it is, is measured against
    the others only.
    """
    mine = [_of_wish(problem, wish, plan[wish.key]) for wish in problem.wishes if wish.key in plan]
    standing = [_of_taken(problem, taken) for taken in problem.taken]
    found: list[Violation] = []
    for meeting in mine:
        wish = problem.by_key[meeting.key or 0] if meeting.key is not None else None
        if wish is not None and wish.published_at != meeting.span.starts_at:
            for alone in ALONE:
                found += alone(problem, wish, meeting)
    for together in TOGETHER:
        found += together(problem, mine, standing)
    found += _out_of_order(problem, plan)
    return tuple(found)


def _of_wish(problem: SeasonProblem, wish: Wish, at: datetime) -> Meeting:
    span = Timespan(at, at + timedelta(minutes=wish.minutes))
    countries = wish.countries or frozenset(country.code for country in problem.countries)
    return Meeting(
        wish.key, span, _day(problem, at), wish.groups, wish.people, countries, wish.spacing
    )


def _of_taken(problem: SeasonProblem, taken: TakenTime) -> Meeting:
    countries = taken.countries or frozenset(country.code for country in problem.countries)
    on = _day(problem, taken.span.starts_at)
    return Meeting(
        None, taken.span, on, taken.groups, taken.people, countries, taken.spacing, taken
    )


def _day(problem: SeasonProblem, at: datetime) -> date:
    return at.astimezone(ZoneInfo(problem.timezone)).date()


# What a wish breaks by itself.


def _window(problem: SeasonProblem, wish: Wish, meeting: Meeting) -> Found:
    too_early = meeting.on < problem.starts_on or (
        wish.earliest is not None and meeting.on < wish.earliest
    )
    too_late = meeting.on > problem.ends_on or (
        wish.latest is not None and meeting.on > wish.latest
    )
    if too_early or too_late:
        yield Violation(Breach.WINDOW, wish.key)


def _too_soon(problem: SeasonProblem, wish: Wish, meeting: Meeting) -> Found:
    if problem.not_before is not None and meeting.on < problem.not_before:
        yield Violation(Breach.TOO_SOON, wish.key, limit=problem.limits.notice)


def _weekend(_problem: SeasonProblem, wish: Wish, meeting: Meeting) -> Found:
    if meeting.on.isoweekday() in (6, 7):
        yield Violation(Breach.WEEKEND, wish.key)


def _hours(problem: SeasonProblem, wish: Wish, meeting: Meeting) -> Found:
    zone = ZoneInfo(problem.timezone)
    starts, ends = meeting.span.starts_at.astimezone(zone), meeting.span.ends_at.astimezone(zone)
    inside = problem.limits.opens <= starts.time() and ends.time() <= problem.limits.closes
    if not inside or starts.date() != ends.date():
        yield Violation(Breach.HOURS, wish.key)


def _holidays(problem: SeasonProblem, wish: Wish, meeting: Meeting) -> Found:
    resting = sorted(problem.holidays.get(meeting.on, frozenset()) & meeting.countries)
    if len(resting) > problem.limits.holidays:
        yield Violation(
            Breach.HOLIDAYS,
            wish.key,
            parties=tuple(resting),
            count=len(resting),
            limit=problem.limits.holidays,
        )


ALONE: tuple[Callable[[SeasonProblem, Wish, Meeting], Found], ...] = (
    _window,
    _too_soon,
    _weekend,
    _hours,
    _holidays,
)


# What two or more break together. A pair of which neither is a wish is not the plan's business.


def _pairs(mine: list[Meeting], standing: list[Meeting]) -> Iterator[tuple[Meeting, Meeting]]:
    yield from combinations(mine, 2)
    for one in mine:
        for other in standing:
            yield one, other


def _at_once(problem: SeasonProblem, mine: list[Meeting], standing: list[Meeting]) -> Found:
    gap = timedelta(minutes=problem.limits.gap_minutes)
    for one, other in _pairs(mine, standing):
        first, second = sorted((one.span, other.span))
        if second.starts_at >= first.ends_at + gap:
            continue
        taken = other.taken
        if taken is not None and taken.closes_region:
            yield _against(Breach.BLACKOUT, one, other)
        if taken is not None and taken.closed_countries & one.countries:
            yield _against(
                Breach.BINDING_HOLIDAY,
                one,
                other,
                tuple(sorted(taken.closed_countries & one.countries)),
            )
        if one.groups and other.groups:
            yield _against(Breach.GROUPS, one, other, tuple(sorted(one.groups & other.groups)))
        if one.people & other.people:
            yield _against(
                Breach.PERSON,
                one,
                other,
                tuple(str(person) for person in sorted(one.people & other.people)),
            )


def _spacing(problem: SeasonProblem, mine: list[Meeting], standing: list[Meeting]) -> Found:
    for one, other in _pairs(mine, standing):
        shared = one.groups & other.groups
        apart = max(one.spacing, other.spacing)
        if shared and _counts(other) and (days := _working_days_between(one.on, other.on)) < apart:
            yield _against(
                Breach.SPACING, one, other, tuple(sorted(shared)), count=days, limit=apart
            )


def _working_days_between(one: date, other: date) -> int:
    first, last = min(one, other), max(one, other)
    return sum((first + timedelta(days=n)).isoweekday() <= 5 for n in range((last - first).days))  # noqa: PLR2004


def _against(
    breach: Breach,
    one: Meeting,
    other: Meeting,
    parties: tuple[str, ...] = (),
    *,
    count: int = 0,
    limit: int = 0,
) -> Violation:
    """Told once, of the wish that stands first in the list."""
    keys = [meeting.key for meeting in (one, other) if meeting.key is not None]
    taken = (other.taken,) if other.taken is not None else ()
    return Violation(breach, keys[0], tuple(keys[1:]), taken, parties, count, limit)


def _counts(meeting: Meeting) -> bool:
    return meeting.taken is None or meeting.taken.counts


def _licence(problem: SeasonProblem, mine: list[Meeting], standing: list[Meeting]) -> Found:
    lanes = problem.limits.lanes
    if lanes is None:
        return
    held = [*mine, *filter(_counts, standing)]
    for moment in sorted({meeting.span.starts_at for meeting in held}):
        at_once = [m for m in held if m.span.starts_at <= moment < m.span.ends_at]
        yield from _too_many(Breach.LICENCE, at_once, lanes)


def _group_week(problem: SeasonProblem, mine: list[Meeting], standing: list[Meeting]) -> Found:
    for group in sorted({group for meeting in mine for group in meeting.groups}):
        held = [m for m in (*mine, *filter(_counts, standing)) if group in m.groups]
        for week in sorted({m.on.isocalendar()[:2] for m in held}):
            same = [m for m in held if m.on.isocalendar()[:2] == week]
            yield from _too_many(Breach.GROUP_WEEK, same, problem.limits.per_group_week, (group,))
        for month in sorted({(m.on.year, m.on.month) for m in held}):
            same = [m for m in held if (m.on.year, m.on.month) == month]
            yield from _too_many(Breach.GROUP_MONTH, same, problem.limits.per_group_month, (group,))


def _person_month(problem: SeasonProblem, mine: list[Meeting], standing: list[Meeting]) -> Found:
    for person in sorted({person for meeting in mine for person in meeting.people}):
        held = [m for m in (*mine, *filter(_counts, standing)) if person in m.people]
        for month in sorted({(m.on.year, m.on.month) for m in held}):
            same = [m for m in held if (m.on.year, m.on.month) == month]
            yield from _too_many(
                Breach.PERSON_MONTH, same, problem.limits.per_person_month, (str(person),)
            )


def _day_and_country(problem: SeasonProblem, mine: list[Meeting], standing: list[Meeting]) -> Found:
    held = [*mine, *filter(_counts, standing)]
    for on in sorted({m.on for m in held}):
        yield from _too_many(Breach.DAY, [m for m in held if m.on == on], problem.limits.per_day)
    for week in sorted({m.on.isocalendar()[:2] for m in held}):
        same = [m for m in held if m.on.isocalendar()[:2] == week]
        for country in problem.countries:
            invited = [m for m in same if country.code in m.countries]
            yield from _too_many(
                Breach.COUNTRY_WEEK, invited, problem.limits.per_country_week, (country.code,)
            )


def _too_many(
    breach: Breach, held: list[Meeting], limit: int | None, parties: tuple[str, ...] = ()
) -> Found:
    keys = [meeting.key for meeting in held if meeting.key is not None]
    if limit is None or len(held) <= limit or not keys:
        return
    taken = tuple(meeting.taken for meeting in held if meeting.taken is not None)
    yield Violation(breach, keys[0], tuple(keys[1:]), taken, parties, len(held), limit)


TOGETHER: tuple[Callable[[SeasonProblem, list[Meeting], list[Meeting]], Found], ...] = (
    _at_once,
    _spacing,
    _licence,
    _group_week,
    _person_month,
    _day_and_country,
)


def _out_of_order(problem: SeasonProblem, plan: Plan) -> Found:
    for wish in problem.wishes:
        for parent in sorted(wish.after):
            if wish.key in plan and parent in plan:
                ends = plan[parent] + timedelta(minutes=problem.by_key[parent].minutes)
                if plan[wish.key] < ends:
                    yield Violation(Breach.ORDER, wish.key, (parent,))
