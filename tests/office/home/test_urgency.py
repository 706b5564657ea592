"""What is overdue, what is for today, and what can wait; and how home says it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from app.followup.review.values import ReviewToSeeTo
from app.kernel.text import LocalizedText
from app.office.home.rules import country_tasks, desk_tasks, urgency_of
from app.office.home.values import (
    CountryFacts,
    DeskFacts,
    EventNamed,
    EventOpen,
    NamesAsked,
    TaskKind,
    Urgency,
)
from app.office.home.views.home import given_name
from app.planning.events.values import EventWork, OpenKind, OpenPoint
from app.training.authoring.values import DueReview

TODAY = date(2026, 11, 26)
ZONE = ZoneInfo("America/Costa_Rica")
NOON = datetime(2026, 11, 26, 18, tzinfo=UTC)


def an_event(
    *, ended: datetime | None = None, held: datetime | None = None, count: int = 1
) -> EventNamed:
    return EventNamed(UUID(int=1), LocalizedText(es="Uno", en="One"), ended, held, count)


REPORT = OpenPoint(OpenKind.REPORT_NOT_APPLIED, 5, import_id=UUID(int=2), filename="informe.csv")


def is_over(ended: datetime, *points: OpenPoint) -> EventOpen:
    open_points = (*points, OpenPoint(OpenKind.CLOSING))
    return EventOpen(an_event(ended=ended), open_points, EventWork(), is_over=True)


def to_prepare(starts_at: datetime, *kinds: OpenKind) -> EventOpen:
    event = replace(an_event(ended=starts_at + timedelta(hours=1)), starts_at=starts_at)
    points = [OpenPoint(kind) for kind in kinds or (OpenKind.PEOPLE,)]
    return EventOpen(event, points, EventWork(), is_over=False)


def test_webinar_of_this_week_without_a_speaker_is_one_task_and_a_report_is_another() -> None:
    soon = to_prepare(NOON + timedelta(days=3), OpenKind.PEOPLE, OpenKind.NOBODY_ASKED)
    ended = is_over(NOON - timedelta(days=3), REPORT)
    tasks = desk_tasks(DeskFacts(opened=[ended, soon]), TODAY, ZONE)
    found = [(task.kind, task.urgency, task.point.kind if task.point else None) for task in tasks]
    assert found == [
        (TaskKind.CLOSE, Urgency.OVERDUE, None),
        (TaskKind.REPORT, Urgency.OVERDUE, OpenKind.REPORT_NOT_APPLIED),
        (TaskKind.PREPARE, Urgency.WEEK, OpenKind.PEOPLE),
    ]


def test_what_has_a_row_of_its_own_is_not_said_twice() -> None:
    soon = to_prepare(NOON, OpenKind.REQUESTS, OpenKind.TRANSLATION)
    assert desk_tasks(DeskFacts(opened=[soon]), TODAY, ZONE) == []


@pytest.mark.parametrize(
    ("due", "urgency"),
    [
        (TODAY - timedelta(days=1), Urgency.OVERDUE),
        (TODAY, Urgency.TODAY),
        (TODAY + timedelta(days=1), Urgency.WEEK),
        (TODAY + timedelta(days=7), Urgency.WEEK),
        (TODAY + timedelta(days=8), Urgency.LATER),
        (None, Urgency.LATER),
    ],
)
def test_urgency_follows_from_the_day_it_is_due(due: date | None, urgency: Urgency) -> None:
    assert urgency_of(due, TODAY) is urgency


def test_an_event_that_ended_before_today_is_overdue_for_closing() -> None:
    """By the calendar of the secretariat: at two in the morning UTC it is still yesterday there."""
    yesterday_there = datetime(2026, 11, 26, 2, tzinfo=UTC)
    facts = DeskFacts(opened=[is_over(NOON), is_over(yesterday_there)])
    found = [(task.urgency, task.due) for task in desk_tasks(facts, TODAY, ZONE)]
    assert found == [(Urgency.OVERDUE, date(2026, 11, 25)), (Urgency.TODAY, TODAY)]


@pytest.mark.parametrize(
    ("held", "urgency"),
    [
        (NOON, Urgency.TODAY),
        (NOON + timedelta(days=4), Urgency.WEEK),
        (NOON + timedelta(days=40), Urgency.LATER),
        (NOON - timedelta(days=3), Urgency.WEEK),
        (None, Urgency.WEEK),
    ],
)
def test_a_draft_is_due_when_its_hold_ends_and_never_overdue(
    held: datetime | None, urgency: Urgency
) -> None:
    drafts = DeskFacts(drafts=[an_event(held=held)])
    assert [task.urgency for task in desk_tasks(drafts, TODAY, ZONE)] == [urgency]
    approved = DeskFacts(to_publish=[an_event(held=held)])
    soon = Urgency.TODAY if urgency is Urgency.TODAY else Urgency.WEEK
    assert [task.urgency for task in desk_tasks(approved, TODAY, ZONE)] == [soon]


def test_everything_the_desk_may_ask_for_is_a_task_of_its_own() -> None:
    facts = DeskFacts(
        opened=[is_over(NOON - timedelta(days=2), REPORT), to_prepare(NOON + timedelta(days=2))],
        to_approve=[an_event()],
        to_publish=[an_event()],
        drafts=[an_event()],
        requests=[an_event(count=3)],
        untranslated=[an_event(), an_event()],
        overdue=2,
        overdue_since=TODAY - timedelta(days=6),
        cases=1,
        bounced=2,
        undelivered=1,
        held_letters=1,
        newcomers=1,
        pasted=2,
        access=1,
        corrections=1,
        revocations=2,
        lost_factors=1,
        fallen=1,
        unissued=[EventNamed(id=uuid4(), title=LocalizedText(es="Asilo"))],
        signing_ends=TODAY + timedelta(days=30),
        practices=4,
        webinars=1,
        plans=[7, 9],
        vacant=[("BZ", 1)],
        unconfirmed=[("HN", 9), ("PA", 6)],
        reviews=[DueReview("guidelines", LocalizedText(es="Lineamientos"), TODAY)],
        guidelines=ReviewToSeeTo(1, TODAY),
        handover_on=TODAY + timedelta(days=35),
    )
    tasks = desk_tasks(facts, TODAY, ZONE)
    country_only = {
        TaskKind.NAMES,
        TaskKind.TRAINING,
        TaskKind.FIRST_ROSTER,
        TaskKind.DECLARE,
        TaskKind.ROSTER,
        TaskKind.MATRIX,
        TaskKind.BEGIN,
        TaskKind.LAPSING,
        TaskKind.SETTLE,
        TaskKind.NATIONAL_EMPTY,
        TaskKind.NATIONAL_OLD,
    }
    of_a_table = {TaskKind.MEND_PLAN}
    assert {task.kind for task in tasks} == set(TaskKind) - country_only - of_a_table
    order = [list(Urgency).index(task.urgency) for task in tasks]
    assert order == sorted(order)
    counts = {task.kind: task.count for task in tasks}
    assert (counts[TaskKind.REQUESTS], counts[TaskKind.CONFIRM], counts[TaskKind.TRANSLATE]) == (
        3,
        2,
        2,
    )


@pytest.mark.parametrize(
    ("days", "urgencies"),
    [(31, []), (30, [Urgency.WEEK]), (1, [Urgency.WEEK]), (0, [Urgency.TODAY])],
)
def test_desk_asks_who_signs_a_month_before_nobody_does(
    days: int, urgencies: list[Urgency]
) -> None:
    facts = DeskFacts(signing_ends=TODAY + timedelta(days=days))
    assert [task.urgency for task in desk_tasks(facts, TODAY, ZONE)] == urgencies


def test_where_nothing_waits_there_is_no_task() -> None:
    assert desk_tasks(DeskFacts(), TODAY, ZONE) == []
    assert country_tasks(CountryFacts("HN", serving=41), TODAY) == []


def test_a_focal_point_confirms_first_and_reads_a_handover_of_the_past_last() -> None:
    facts = CountryFacts(
        "HN",
        to_confirm=9,
        serving=41,
        not_begun=2,
        lapsing=5,
        names=[NamesAsked(an_event(), "HN", TODAY + timedelta(days=3))],
        agreements=1,
        coming=1,
        next_due=TODAY + timedelta(days=60),
        handover_on=TODAY - timedelta(days=20),
    )
    assert [task.kind for task in country_tasks(facts, TODAY)] == [
        TaskKind.AGREEMENTS,
        TaskKind.ROSTER,
        TaskKind.NAMES,
        TaskKind.BEGIN,
        TaskKind.LAPSING,
        TaskKind.SETTLE,
        TaskKind.HANDOVER,
    ]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Laura Quesada Umaña", "Laura"),
        ("María José Ñáñez Güell", "María José"),
        ("Óscar Solórzano de la O", "Óscar"),
        ("Secretaría", "Secretaría"),
        ("ana", "ana"),
    ],
)
def test_home_greets_by_the_given_name(name: str, given: str) -> None:
    assert given_name(name) == given
