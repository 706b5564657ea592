"""Counting a year: what is drawn adds up, and who was absent is said from what is on record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import LocalizedText
from app.office.yearly.rules import absences, by_month, events_attended, plan_of, rows_of, sums_of
from app.office.yearly.values import AbsenceKind, CourseOfYear, EntryOfYear, EventOfYear

GROUPS = ("protection", "labour-migration")
FIRST = date(2026, 1, 12)


def one(
    on: date = FIRST,
    *came: str,
    group: str = "protection",
    course: CourseOfYear = CourseOfYear.HELD,
    is_recorded: bool = True,
) -> EventOfYear:
    return EventOfYear(
        id=uuid4(),
        title=LocalizedText(es="Rutas"),
        groups=(group,) if group else (),
        on=on,
        course=course,
        came=dict.fromkeys(came, 3) if is_recorded and course is CourseOfYear.HELD else None,
    )


def weeks(*who_came: Sequence[str], group: str = "protection") -> list[EventOfYear]:
    """Returns a held event a week, with the countries that came to each."""
    return [one(FIRST + timedelta(weeks=n), *came, group=group) for n, came in enumerate(who_came)]


EVENTS = st.lists(
    st.builds(
        lambda number, groups, course, came: EventOfYear(
            id=UUID(int=number),
            title=LocalizedText(es="Rutas"),
            groups=groups,
            on=date(2026, 1, 1) + timedelta(days=number % 365),
            course=course,
            came=came if course is CourseOfYear.HELD else None,
        ),
        st.integers(0, 10_000),
        st.sampled_from([(), *((group,) for group in (*GROUPS, "gone")), GROUPS]),
        st.sampled_from(list(CourseOfYear)),
        st.none() | st.dictionaries(st.sampled_from(("HN", "GT", "")), st.integers(0, 30)),
    ),
    max_size=40,
    unique_by=lambda one: one.id,
)


@given(EVENTS)
def test_every_event_stands_in_the_row_of_each_group_and_counts_once_in_the_totals(
    events: list[EventOfYear],
) -> None:
    rows, whole = rows_of(events, GROUPS), sums_of(events)
    drawn = [one for row in rows for month in row.months.values() for one in month]
    again = [one for one in events if one.groups == GROUPS]
    assert sorted(one.id for one in drawn) == sorted(one.id for one in (*events, *again))
    assert whole.planned == len(events) == sum(by_month(events).values())
    for figure in ("planned", "held", "to_come", "cancelled", "attendances"):
        of_rows = sum(getattr(row.sums, figure) for row in rows)
        assert getattr(whole, figure) == of_rows - getattr(sums_of(again), figure)
    for row in rows:
        assert row.sums.planned == sum(map(len, row.months.values()))


@given(EVENTS, st.lists(st.integers(0, 3), max_size=4, unique=True))
def test_plan_and_what_stands_beside_it_are_the_year(
    events: list[EventOfYear], entries: list[int]
) -> None:
    held_under = [replace(one, entry_id=one.on.day % 5) for one in events]
    plan = plan_of(
        FIRST,
        (EntryOfYear(number, LocalizedText(), "", None, foreseen=1) for number in entries),
        held_under,
    )
    parts = [entry.sums for entry in plan.entries] + [plan.beside]
    whole = sums_of(held_under)
    assert sum(part.planned for part in parts) == whole.planned
    assert sum(part.attendances for part in parts) == whole.attendances


def test_country_comes_to_an_event_once_however_many_people_it_sends() -> None:
    events = weeks(("HN", "GT"), ("HN",), ())
    assert events_attended(events) == {"HN": 2, "GT": 1}


@pytest.mark.parametrize(
    ("who_came", "kind", "missed", "last"),
    [
        ((("GT",), ("GT",), ("GT",)), AbsenceKind.NEVER, 3, None),
        ((("HN",), (), (), ()), AbsenceKind.SINCE, 3, FIRST),
        ((("HN",), ("HN",), (), ()), AbsenceKind.LATELY, 2, FIRST + timedelta(weeks=1)),
        (((), (), (), (), ("HN",)), AbsenceKind.MOST, 4, None),
    ],
)
def test_absence_is_told_by_its_weight(
    who_came: Sequence[Sequence[str]], kind: AbsenceKind, missed: int, last: date | None
) -> None:
    (absence,) = absences(weeks(*who_came), ["HN"])
    assert (absence.kind, absence.missed, absence.last_on) == (kind, missed, last)
    assert absence.of == len(who_came)


def test_who_came_lately_and_often_is_not_absent() -> None:
    assert absences(weeks(("HN",), (), ("HN",), ()), ["HN"]) == ()


def test_two_events_are_too_few_to_call_anybody_absent() -> None:
    assert absences(weeks((), ()), ["HN"]) == ()


def test_what_nobody_wrote_down_says_nothing_of_who_was_there() -> None:
    later = FIRST + timedelta(weeks=10)
    silent = [one(later + timedelta(weeks=n), is_recorded=False) for n in range(4)]
    cancelled = [one(later, course=CourseOfYear.CANCELLED), one(later, course=CourseOfYear.TO_COME)]
    assert absences([*weeks(("HN",), ("HN",), ("HN",)), *silent, *cancelled], ["HN"]) == ()
