"""Counting a year: rows, sums in which each event counts once, and who was absent. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.office.yearly.values import (
    Absence,
    AbsenceKind,
    CourseOfYear,
    EntryOfYear,
    EventOfYear,
    GroupRow,
    PlanOfYear,
    YearSum,
)

FEWEST_SINCE = 3
"""So many of the last events a country missed to be called absent since."""
FEWEST_OF_GROUP = 5
MOST_MISSED = 0.8
"""Of so many events of a group, a country missed this share or more."""
FEWEST_MISSED = 2
LATELY = 2
"""So many of the last events of a group, after the country had come before."""


def rows_of(events: Sequence[EventOfYear], groups: Sequence[str]) -> tuple[GroupRow, ...]:
    """Returns a row for each group in the order given, and last one for what belongs to none, where
    there is something. Each event stands in one month, in the row of each of its groups.
    """
    of_group: dict[str, list[EventOfYear]] = {group: [] for group in (*groups, "")}
    for one in sorted(events, key=lambda one: (one.on, str(one.id))):
        for group in [each for each in one.groups if each in of_group] or [""]:
            of_group[group].append(one)
    return tuple(
        GroupRow(
            group=group,
            months={
                month: tuple(one for one in mine if one.on.month == month) for month in range(1, 13)
            },
            sums=sums_of(mine),
        )
        for group, mine in of_group.items()
        if mine or group
    )


def sums_of(events: Iterable[EventOfYear]) -> YearSum:
    counted, attendances = Counter[CourseOfYear](), 0
    for one in events:
        counted[one.course] += 1
        attendances += one.attendances
    return YearSum(
        held=counted[CourseOfYear.HELD],
        to_come=counted[CourseOfYear.TO_COME],
        cancelled=counted[CourseOfYear.CANCELLED],
        attendances=attendances,
    )


def plan_of(
    approved_on: date, entries: Iterable[EntryOfYear], events: Sequence[EventOfYear]
) -> PlanOfYear:
    """Returns the plan with the events of the year under each entry. Each event counts once: what is
    held under no entry of this year's plan stands beside it.
    """
    own = tuple(entries)
    known = {entry.id for entry in own}
    return PlanOfYear(
        approved_on=approved_on,
        entries=tuple(
            replace(entry, sums=sums_of(one for one in events if one.entry_id == entry.id))
            for entry in own
        ),
        beside=sums_of(one for one in events if one.entry_id not in known),
    )


def by_month(events: Iterable[EventOfYear]) -> dict[int, int]:
    """Returns how many events there are in each month, each counted once."""
    counted = Counter(one.on.month for one in events)
    return {month: counted[month] for month in range(1, 13)}


def events_attended(events: Iterable[EventOfYear]) -> Counter[str]:
    """Returns to how many events somebody of each country came."""
    return Counter(
        code for one in events if one.came for code, number in one.came.items() if code and number
    )


def absences(events: Sequence[EventOfYear], countries: Iterable[str]) -> tuple[Absence, ...]:
    """Returns at most one absence for each country, those gone longest first. Only held events with
    attendance on record are looked at: what nobody wrote down says nothing of who was there.
    """
    held = sorted(
        (one for one in events if one.course is CourseOfYear.HELD and one.came is not None),
        key=lambda one: one.on,
    )
    said = [one for code in countries if (one := _absence_of(code, held)) is not None]
    order = list(AbsenceKind)
    return tuple(sorted(said, key=lambda one: (order.index(one.kind), -one.missed, one.country)))


def _absence_of(code: str, held: Sequence[EventOfYear]) -> Absence | None:
    if len(held) < FEWEST_SINCE:
        return None
    came = [_came(one, code) for one in held]
    if not any(came):
        return Absence(code, AbsenceKind.NEVER, missed=len(held), of=len(held))
    last = len(came) - 1 - came[::-1].index(True)
    missed = len(held) - 1 - last
    if missed >= FEWEST_SINCE:
        return Absence(code, AbsenceKind.SINCE, missed=missed, of=len(held), last_on=held[last].on)
    of_groups: dict[str, list[EventOfYear]] = {}
    for one in held:
        for group in one.groups:
            of_groups.setdefault(group, []).append(one)
    missing = (_from_group(code, group, mine) for group, mine in of_groups.items())
    return max(
        filter(None, missing),
        key=lambda one: (one.kind is AbsenceKind.MOST, one.missed),
        default=None,
    )


def _from_group(code: str, group: str, held: Sequence[EventOfYear]) -> Absence | None:
    came = [_came(one, code) for one in held]
    missed = came.count(False)
    if len(held) >= FEWEST_OF_GROUP and missed >= MOST_MISSED * len(held):
        return Absence(code, AbsenceKind.MOST, missed=missed, of=len(held), group=group)
    if len(held) > LATELY and any(came) and not any(came[-LATELY:]):
        last = max(one.on for one, was_there in zip(held, came, strict=True) if was_there)
        return Absence(
            code, AbsenceKind.LATELY, missed=LATELY, of=len(held), group=group, last_on=last
        )
    return None


def _came(one: EventOfYear, code: str) -> bool:
    return bool(one.came and one.came.get(code))


def missed_half(missed: int, *, of: int) -> bool:
    """Returns True for who was missing at half or more of the events for which they registered, and
    not once only.
    """
    return missed >= FEWEST_MISSED and 2 * missed >= of


def tables_of(events: Iterable[EventOfYear]) -> tuple[Mapping[str, int], ...]:
    """Returns attendances by country of each event that has them on record."""
    return tuple(one.came for one in events if one.came is not None)
