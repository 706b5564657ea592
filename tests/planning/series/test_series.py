"""Planning a series as one act: whole or not at all."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.reference import REFERENCE
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.timespan import Timespan
from app.planning.events.models import Event, Series
from app.planning.events.values import (
    EditionLink,
    EventDraft,
    LinkRole,
    holder_of,
)
from app.planning.scheduling.models import Engagement, RuleSetting
from app.planning.scheduling.values import OverrideAsked, Rule
from app.planning.series.queries import SeriesProposal, propose_series, series_of
from app.planning.series.rules import Frequency, Recurrence, SeriesRefused
from app.planning.series.services import plan_series
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    furnished,
)
from tests.planning.series.series import (
    NEW_YORK,
    START,
    WEEK,
    a_first,
    book,
    count,
    event,
    every_week,
    facts,
    held,
    look,
    other,
    plan,
    starts,
    within,
)


@pytest.fixture
def world(app: Flask) -> Flask:
    furnished(app)
    return app


def propose(app: Flask, draft: EventDraft | None = None, **changes: Any) -> SeriesProposal:
    given: dict[str, Any] = {"draft": draft or a_first(), "recurrence": every_week(), **changes}
    found: SeriesProposal = look(
        app, lambda db: propose_series(db, actor=ORGANIZER, now=NOW, **given)
    )
    return found


@pytest.mark.both_databases
def test_each_date_is_an_event_of_its_own_and_claims_its_time(world: Flask) -> None:
    outcome = plan(world)
    assert starts(world, outcome.events) == [START + week * WEEK for week in range(4)]
    assert len(set(outcome.events)) == 4
    assert {event(world, one).sequence for one in outcome.events} == {0}
    for one in outcome.events:
        assert held(world, one).span == event(world, one).span
    rows = look(
        world,
        lambda db: (
            db.execute(select(Event.series_position).order_by(Event.starts_at)).scalars().all()
        ),
    )
    assert rows == [1, 2, 3, 4]
    assert facts(world, "SeriesPlanned") == [
        {"series_id": str(outcome.series_id), "event_ids": [str(one) for one in outcome.events]}
    ]
    assert len(facts(world, "EventPlanned")) == len(facts(world, "EventPublished")) == 4
    kept = look(world, lambda db: db.scalars(select(Series.recurrence)).one())
    assert kept == "DTSTART:20270223T090000\nRRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=4"


def test_over_a_change_of_the_clocks_the_wall_time_stays(world: Flask) -> None:
    nine = datetime(2027, 2, 23, 9, tzinfo=NEW_YORK)
    outcome = plan(world, a_first(span=Timespan(nine, nine + HOUR), timezone="America/New_York"))
    instants = starts(world, outcome.events)
    assert [at.hour for at in instants] == [14, 14, 14, 13]
    assert [at.astimezone(NEW_YORK).hour for at in instants] == [9] * 4
    walls = look(
        world, lambda db: db.scalars(select(Event.wall_starts).order_by(Event.starts_at)).all()
    )
    assert walls == [
        "2027-02-23T09:00:00",
        "2027-03-02T09:00:00",
        "2027-03-09T09:00:00",
        "2027-03-16T09:00:00",
    ]


@pytest.mark.both_databases
def test_one_date_that_is_taken_refuses_the_whole_and_names_its_position(world: Flask) -> None:
    taken = book(world, other(3))
    with pytest.raises(SeriesRefused) as refusal:
        plan(world)
    [misfit] = refusal.value.misfits
    assert (misfit.occurrence.position, misfit.occurrence.span) == (3, other(3).span)
    assert misfit.findings[0].against == holder_of(taken)
    assert refusal.value.sentence.params == {"count": 1, "total": 4}
    assert (count(world, Event), count(world, Series), count(world, Engagement)) == (1, 0, 1)
    assert facts(world, "SeriesPlanned") == []


@pytest.mark.both_databases
def test_a_refusal_that_the_caller_survives_leaves_nothing_either(world: Flask) -> None:
    book(world, other(4))

    def insist(db: Session) -> None:
        with pytest.raises(SeriesRefused):
            plan_series(
                db, actor=ORGANIZER, draft=a_first(), recurrence=every_week(), publish=True, now=NOW
            )

    within(world, insist)
    assert (count(world, Event), count(world, Series), count(world, Engagement)) == (1, 0, 1)
    assert len(facts(world, "EventPlanned")) == 1


def test_a_date_that_does_not_fit_is_skipped_or_moved_to_a_free_slot(world: Flask) -> None:
    for week in (2, 3):
        book(world, other(week))
    proposal = propose(world)
    assert [date.fits for date in proposal.dates] == [True, False, False, True]
    assert [date.occurrence.position for date in proposal.misfits] == [2, 3]
    slots = proposal.misfits[0].advice.slots
    assert 1 <= len(slots) <= 3
    moved = {2: slots[0].span}
    again = propose(world, skip={3}, moved=moved)
    assert (again.misfits, again.dates[1].is_moved, again.dates[2].is_skipped) == ((), True, True)
    outcome = plan(world, skip={3}, moved=moved)
    assert starts(world, outcome.events) == [START, slots[0].span.starts_at, START + 3 * WEEK]
    members = look(
        world, lambda db: series_of(db, actor=ORGANIZER, event_id=outcome.events[0])
    ).members
    assert [(member.position, member.is_moved) for member in members] == [
        (1, False),
        (2, True),
        (4, False),
    ]


def test_the_dates_are_checked_against_each_other(world: Flask) -> None:
    onto_the_first = {2: Timespan(START, START + HOUR)}
    proposal = propose(world, moved=onto_the_first)
    [misfit] = proposal.misfits
    assert (misfit.occurrence.position, misfit.advice.findings[0].rule) == (2, Rule.SAME_GROUP)
    with pytest.raises(SeriesRefused) as refusal:
        plan(world, moved=onto_the_first)
    assert [misfit.occurrence.position for misfit in refusal.value.misfits] == [2]
    for_nobody = a_first(groups=())
    assert propose(world, for_nobody, moved=onto_the_first).misfits == ()
    assert len(plan(world, for_nobody, moved=onto_the_first).events) == 4


def test_what_is_counted_counts_the_sisters_and_may_be_confirmed_for_all(world: Flask) -> None:
    """Five Tuesdays of March, where the presidency must confirm more than three meetings of a group
    in a month.
    """
    within(
        world,
        lambda db: db.add(
            RuleSetting(
                rule=Rule.GROUP_MONTH,
                severity="confirm",
                threshold=3,
                valid_from=NOW.date(),
                reason="Prueba",
                decided_at=NOW,
            )
        ),
    )
    march = a_first(span=Timespan(START + WEEK, START + WEEK + HOUR))
    reason = OverrideAsked(Rule.GROUP_MONTH, "", "El ciclo del congreso lo pide así.")
    five = every_week(5)
    proposal = propose(world, march, recurrence=five)
    assert [
        (date.occurrence.position, date.advice.findings[0].rule) for date in proposal.misfits
    ] == [(4, Rule.GROUP_MONTH), (5, Rule.GROUP_MONTH)]
    with pytest.raises(SeriesRefused) as refusal:
        plan(world, march, recurrence=five, actor=PRESIDENCY)
    assert [misfit.occurrence.position for misfit in refusal.value.misfits] == [4, 5]
    with pytest.raises(NotAllowed):
        plan(world, march, recurrence=five, overrides=(reason,))
    assert count(world, Event) == 0
    assert propose(world, march, recurrence=five, overrides=(reason,)).misfits == ()
    assert (
        len(plan(world, march, recurrence=five, actor=PRESIDENCY, overrides=(reason,)).events) == 5
    )
    assert len(facts(world, "RuleOverridden")) == 2


def test_slots_that_a_sister_takes_are_not_offered(world: Flask) -> None:
    book(world, other(1))
    proposal = propose(world)
    sisters = [date.occurrence.span for date in proposal.dates]
    offered = [slot.span for date in proposal.misfits for slot in date.advice.slots]
    assert offered
    assert not [slot for slot in offered for sister in sisters if sister and slot.overlaps(sister)]


def test_refused_dates_are_offered_different_days(world: Flask) -> None:
    """Two Tuesdays within one long congress: the first days after it would be offered twice."""
    book(world, a_congress("iii", NOW + 24 * HOUR, days=44))
    first = NOW + 5 * WEEK
    draft = a_first(span=Timespan(first, first + HOUR))
    proposal = propose(world, draft, recurrence=every_week(2))
    days = [
        slot.span.starts_at.astimezone(REFERENCE).date()
        for date in proposal.misfits
        for slot in date.advice.slots
    ]
    assert len(proposal.misfits) == 2
    assert len(days) == len(set(days)) == 6


def test_an_hour_that_the_clocks_jump_over_does_not_fit_and_can_be_skipped(world: Flask) -> None:
    half_past_two = datetime(2027, 3, 7, 2, 30, tzinfo=NEW_YORK)
    draft = a_first(span=Timespan(half_past_two, half_past_two + HOUR), timezone="America/New_York")
    sundays = Recurrence(Frequency.WEEKLY, 6, count=3)
    with pytest.raises(SeriesRefused) as refusal:
        plan(world, draft, recurrence=sundays)
    [misfit] = refusal.value.misfits
    assert misfit.occurrence.position == 2
    assert misfit.occurrence.gap
    proposal = propose(world, draft, recurrence=sundays)
    assert [date.occurrence.position for date in proposal.misfits] == [2]
    assert len(plan(world, draft, recurrence=sundays, skip={2}).events) == 2


def test_a_follow_up_before_its_congress_is_named_by_position(world: Flask) -> None:
    book(world, a_congress("iii", START + WEEK + 24 * HOUR))
    with pytest.raises(SeriesRefused) as refusal:
        plan(world, a_first(links=(EditionLink("iii", LinkRole.FOLLOW_UP),)))
    assert [misfit.occurrence.position for misfit in refusal.value.misfits] == [1, 2]
    assert all(misfit.breach for misfit in refusal.value.misfits)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"skip": {9}}, "skip"),
        ({"skip": {1, 2, 3}}, "skip"),
        ({"moved": {0: Timespan(START, START + HOUR)}}, "moved"),
    ],
)
def test_positions_that_there_are_not_are_refused(
    world: Flask, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        plan(world, **more)
    assert set(refusal.value.errors) == {field}
    assert count(world, Event) == 0


def test_who_may_plan_one(world: Flask) -> None:
    plan(world, actor=CONVENOR)
    for nobody in (LABOUR, OFFICIAL):
        with pytest.raises(NotAllowed):
            plan(world, actor=nobody)
