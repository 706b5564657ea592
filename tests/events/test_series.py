"""Series as one act: planned, changed and cancelled whole or not at all, on both databases."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.events.models import Event, Series
from app.events.queries.events import event_of
from app.events.queries.series import Proposal, place_in_series, propose_series, series_of
from app.events.rules.recurrence import Frequency, Recurrence
from app.events.rules.series import NothingLeft, NotInSeries, Scope, SeriesRefused
from app.events.services import cancel_event, holder_of, move_event, plan_event
from app.events.services.series import SeriesOutcome, cancel_series, change_series, plan_series
from app.events.values import EditionLink, EventDetail, EventDraft, LinkRole, OverrideAsked
from app.infra.database import reading, transaction, writing_engine
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling import rules
from app.scheduling import services as scheduling
from app.scheduling.models import Claim, Engagement, RuleSetting
from app.scheduling.queries import engagement_of
from app.scheduling.values import Rule
from tests.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
    furnished,
    planner_of,
)
from tests.scheduling.test_race import DOUBLE_BOOKINGS
from tests.scheduling.test_schema import drop_rule

pytestmark = pytest.mark.both_databases

START = datetime(2027, 2, 23, 15, tzinfo=UTC)
"""A Tuesday, 09:00 in Costa Rica."""
WEEK = timedelta(weeks=1)
NEW_YORK = ZoneInfo("America/New_York")


def every_week(count: int = 4, **more: Any) -> Recurrence:
    return Recurrence(Frequency.WEEKLY, 1, count=count, **more)


def a_first(**changes: Any) -> EventDraft:
    return a_draft(**{"span": Timespan(START, START + HOUR), **changes})


def other(week: int, **changes: Any) -> EventDraft:
    """Labour Migration in the hour of a week's occurrence, counted from 1."""
    starts = START + (week - 1) * WEEK
    return a_draft(
        **{"groups": ("labour-migration",), "span": Timespan(starts, starts + HOUR),
           "title": LocalizedText("Laboral", "Labour"), **changes}
    )  # fmt: skip


@pytest.fixture
def world(app: Flask) -> Flask:
    furnished(app)
    return app


def within(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context(), transaction() as db:
        return work(db)


def look(app: Flask, query: Callable[[Session], Any]) -> Any:
    with app.app_context(), reading() as db:
        return query(db)


def plan(app: Flask, draft: EventDraft | None = None, **changes: Any) -> SeriesOutcome:
    given: dict[str, Any] = {
        "actor": ORGANIZER,
        "draft": draft or a_first(),
        "recurrence": every_week(),
        "publish": True,
        "now": NOW,
    }
    found: SeriesOutcome = within(app, lambda db: plan_series(db, **(given | changes)))
    return found


def event(app: Flask, event_id: UUID) -> EventDetail:
    found: EventDetail = look(app, lambda db: event_of(db, actor=ORGANIZER, event_id=event_id))
    return found


def starts(app: Flask, events: Sequence[UUID]) -> list[datetime]:
    return [found.starts_at for one in events if (found := event(app, one)).starts_at]


def count(app: Flask, model: type[Any]) -> int:
    return int(look(app, lambda db: db.scalar(select(func.count()).select_from(model))))


def facts(app: Flask, kind: str) -> list[dict[str, Any]]:
    asked = select(JournalEntry.payload).where(JournalEntry.fact == kind).order_by(JournalEntry.id)
    return list(look(app, lambda db: db.scalars(asked).all()))


def change(app: Flask, event_id: UUID, scope: Scope, **changes: Any) -> SeriesOutcome:
    draft = replace(event(app, event_id).as_draft(), **changes)
    outcome: SeriesOutcome = within(
        app, lambda db: change_series(db, actor=ORGANIZER, event_id=event_id, scope=scope, draft=draft, now=NOW)
    )
    return outcome


def book(app: Flask, draft: EventDraft) -> UUID:
    """Something by itself, published."""
    who = planner_of(draft)
    event_id: UUID = within(app, lambda db: plan_event(db, actor=who, draft=draft, publish=True, now=NOW))
    return event_id


def held(app: Flask, event_id: UUID) -> Any:
    return look(app, lambda db: engagement_of(db, holder=holder_of(event_id)))


def propose(app: Flask, draft: EventDraft | None = None, **changes: Any) -> Proposal:
    given: dict[str, Any] = {"draft": draft or a_first(), "recurrence": every_week(), **changes}
    found: Proposal = look(app, lambda db: propose_series(db, actor=ORGANIZER, now=NOW, **given))
    return found


def place(app: Flask, event_id: UUID) -> Any:
    return look(app, lambda db: place_in_series(db, actor=OFFICIAL, event_id=event_id))


def an_hour_later(app: Flask, event_id: UUID, by: timedelta = HOUR) -> Timespan:
    span = event(app, event_id).span
    assert span
    return Timespan(span.starts_at + by, span.ends_at + by)


def test_each_date_is_an_event_of_its_own_and_claims_its_time(world: Flask) -> None:
    outcome = plan(world)
    assert starts(world, outcome.events) == [START + week * WEEK for week in range(4)]
    assert len(set(outcome.events)) == 4
    assert {event(world, one).sequence for one in outcome.events} == {0}
    for one in outcome.events:
        assert held(world, one).span == event(world, one).span
    rows = look(world, lambda db: db.execute(select(Event.series_position).order_by(Event.starts_at)).scalars().all())
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
    walls = look(world, lambda db: db.scalars(select(Event.wall_starts).order_by(Event.starts_at)).all())
    assert walls == ["2027-02-23T09:00:00", "2027-03-02T09:00:00", "2027-03-09T09:00:00", "2027-03-16T09:00:00"]


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


def test_a_refusal_that_the_caller_survives_leaves_nothing_either(world: Flask) -> None:
    book(world, other(4))

    def insist(db: Session) -> None:
        with pytest.raises(SeriesRefused):
            plan_series(db, actor=ORGANIZER, draft=a_first(), recurrence=every_week(), publish=True, now=NOW)

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
    members = look(world, lambda db: series_of(db, actor=ORGANIZER, event_id=outcome.events[0])).members
    assert [(member.position, member.is_moved) for member in members] == [(1, False), (2, True), (4, False)]


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
    """Five Tuesdays of March, where the presidency must confirm more than three meetings of a group in a month."""
    within(world, lambda db: db.add(RuleSetting(
        rule=Rule.GROUP_MONTH, severity="confirm", threshold=3, valid_from=NOW.date(), reason="Prueba", decided_at=NOW
    )))  # fmt: skip
    march = a_first(span=Timespan(START + WEEK, START + WEEK + HOUR))
    reason = OverrideAsked(Rule.GROUP_MONTH, "", "El ciclo del congreso lo pide así.")
    five = every_week(5)
    proposal = propose(world, march, recurrence=five)
    assert [(date.occurrence.position, date.advice.findings[0].rule) for date in proposal.misfits] == [
        (4, Rule.GROUP_MONTH), (5, Rule.GROUP_MONTH)
    ]  # fmt: skip
    with pytest.raises(SeriesRefused) as refusal:
        plan(world, march, recurrence=five, actor=PRESIDENCY)
    assert [misfit.occurrence.position for misfit in refusal.value.misfits] == [4, 5]
    with pytest.raises(NotAllowed):
        plan(world, march, recurrence=five, overrides=(reason,))
    assert count(world, Event) == 0
    assert propose(world, march, recurrence=five, overrides=(reason,)).misfits == ()
    assert len(plan(world, march, recurrence=five, actor=PRESIDENCY, overrides=(reason,)).events) == 5
    assert len(facts(world, "RuleOverridden")) == 2


def test_slots_that_a_sister_takes_are_not_offered(world: Flask) -> None:
    book(world, other(1))
    proposal = propose(world)
    sisters = [date.occurrence.span for date in proposal.dates]
    offered = [slot.span for date in proposal.misfits for slot in date.advice.slots]
    assert offered
    assert not [slot for slot in offered for sister in sisters if sister and slot.overlaps(sister)]


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


@pytest.mark.parametrize(("more", "field"), [({"skip": {9}}, "skip"), ({"skip": {1, 2, 3}}, "skip"),
                                             ({"moved": {0: Timespan(START, START + HOUR)}}, "moved")])  # fmt: skip
def test_positions_that_there_are_not_are_refused(world: Flask, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        plan(world, **more)
    assert set(refusal.value.errors) == {field}
    assert count(world, Event) == 0


def test_who_may_plan_one(world: Flask) -> None:
    plan(world, actor=CONVENOR)
    for nobody in (LABOUR, OFFICIAL):
        with pytest.raises(NotAllowed):
            plan(world, actor=nobody)


def test_this_alone(world: Flask) -> None:
    events = plan(world).events
    change(world, events[1], Scope.THIS, span=an_hour_later(world, events[1]), title=LocalizedText("Solo", "Alone"))
    assert [event(world, one).sequence for one in events] == [0, 1, 0, 0]
    assert [event(world, one).title.en for one in events].count("Alone") == 1
    assert len(facts(world, "EventMoved")) == 1
    assert facts(world, "SeriesChanged")[0]["event_ids"] == [str(events[1])]


def test_this_and_following_move_on_the_wall_clock_and_are_each_told_once(world: Flask) -> None:
    events = plan(world).events
    outcome = change(world, events[2], Scope.FOLLOWING, span=an_hour_later(world, events[2], 25 * HOUR))
    assert outcome.events == events[2:]
    assert starts(world, events) == [START, START + WEEK, START + 2 * WEEK + 25 * HOUR, START + 3 * WEEK + 25 * HOUR]
    assert [event(world, one).sequence for one in events] == [0, 0, 1, 1]
    assert sorted(fact["event_id"] for fact in facts(world, "EventMoved")) == sorted(map(str, events[2:]))
    members = look(world, lambda db: series_of(db, actor=ORGANIZER, event_id=events[0])).members
    assert not any(member.is_moved for member in members)
    assert facts(world, "SeriesChanged")[0]["scope"] == "following"


def test_all_take_what_changed_and_keep_what_is_their_own(world: Flask) -> None:
    events = plan(world).events
    change(world, events[1], Scope.THIS, place="Sala B", summary=LocalizedText("Propio", "Own"))
    change(world, events[3], Scope.ALL, title=LocalizedText("Nuevo", "New"), groups=("labour-migration",))
    found = [event(world, one) for one in events]
    assert {one.title.en for one in found} == {"New"}
    assert {slug for one in found for slug in one.group_slugs} == {"labour-migration"}
    assert [one.place for one in found] == ["", "Sala B", "", ""]
    assert found[1].summary.en == "Own"
    parties = held(world, events[0]).parties
    assert "labour-migration" in {party.key for party in parties}
    assert look(world, lambda db: series_of(db, actor=ORGANIZER, event_id=events[0])).title.en == "New"


def test_one_that_was_moved_by_itself_keeps_its_time_and_takes_the_rest(world: Flask) -> None:
    events = plan(world).events
    own_time = an_hour_later(world, events[2], 5 * HOUR)
    within(world, lambda db: move_event(db, actor=ORGANIZER, event_id=events[2], span=own_time, now=NOW))
    later = an_hour_later(world, events[0])
    change(world, events[0], Scope.ALL, span=Timespan(later.starts_at, later.ends_at + HOUR), place="Sala")
    assert starts(world, events) == [
        START + HOUR, START + WEEK + HOUR, own_time.starts_at, START + 3 * WEEK + HOUR
    ]  # fmt: skip
    spans = [event(world, one).span for one in events]
    assert {span.duration for span in spans if span} == {2 * HOUR}
    assert {event(world, one).place for one in events} == {"Sala"}
    change(world, events[2], Scope.ALL, span=an_hour_later(world, events[2]))
    assert starts(world, events) == [
        START + 2 * HOUR, START + WEEK + 2 * HOUR, own_time.starts_at + HOUR, START + 3 * WEEK + 2 * HOUR
    ]  # fmt: skip


def test_a_shift_by_the_interval_does_not_meet_itself(world: Flask) -> None:
    events = plan(world, recurrence=every_week(3)).events
    change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0], WEEK))
    assert starts(world, events) == [START + week * WEEK for week in range(1, 4)]
    change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0], -WEEK))
    assert starts(world, events) == [START + week * WEEK for week in range(3)]


def test_a_shift_over_the_clocks_keeps_the_wall_time(world: Flask) -> None:
    nine = datetime(2027, 2, 23, 9, tzinfo=NEW_YORK)
    events = plan(world, a_first(span=Timespan(nine, nine + HOUR), timezone="America/New_York")).events
    change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0], 2 * HOUR))
    assert [at.astimezone(NEW_YORK).hour for at in starts(world, events)] == [11] * 4
    assert [at.hour for at in starts(world, events)] == [16, 16, 16, 15]


def test_past_and_cancelled_ones_stay(world: Flask) -> None:
    events = plan(world).events
    within(world, lambda db: cancel_event(db, actor=ORGANIZER, event_id=events[2], now=NOW))
    draft = replace(event(world, events[1]).as_draft(), place="Sala", span=an_hour_later(world, events[1]))
    later = START + HOUR
    outcome = within(world, lambda db: change_series(db, actor=ORGANIZER, event_id=events[1], scope=Scope.ALL,
                                                     draft=draft, now=later))  # fmt: skip
    assert outcome.events == (events[1], events[3])
    assert [event(world, one).place for one in events] == ["", "Sala", "", "Sala"]
    assert starts(world, events) == [START, START + WEEK + HOUR, START + 2 * WEEK, START + 3 * WEEK + HOUR]
    after_all = START + 9 * WEEK
    for act in (
        lambda db: change_series(db, actor=ORGANIZER, event_id=events[1], scope=Scope.ALL, draft=draft, now=after_all),
        lambda db: cancel_series(db, actor=ORGANIZER, event_id=events[1], scope=Scope.THIS, now=after_all),
    ):
        with pytest.raises(NothingLeft):
            within(world, act)


def test_a_change_that_one_date_cannot_follow_changes_none(world: Flask) -> None:
    events = plan(world).events
    in_the_way = other(3, span=Timespan(START + 2 * WEEK + HOUR, START + 2 * WEEK + 2 * HOUR))
    book(world, in_the_way)
    before = count(world, JournalEntry)
    with pytest.raises(SeriesRefused) as refusal:
        change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0]), place="Sala")
    assert [misfit.occurrence.position for misfit in refusal.value.misfits] == [3]
    assert starts(world, events) == [START + week * WEEK for week in range(4)]
    assert {event(world, one).place for one in events} == {""}
    assert count(world, JournalEntry) == before
    kept = look(world, lambda db: db.scalars(select(Series.recurrence)).one())
    assert "X-SHIFT" not in kept


def test_cancelling_by_scope_frees_the_time(world: Flask) -> None:
    events = plan(world).events
    within(world, lambda db: cancel_series(db, actor=ORGANIZER, event_id=events[2], scope=Scope.FOLLOWING, now=NOW))
    assert [event(world, one).status.value for one in events] == ["published", "published", "cancelled", "cancelled"]
    assert len(facts(world, "EventCancelled")) == 2
    assert facts(world, "SeriesChanged")[-1]["is_cancelled"] is True
    book(world, other(4))
    within(world, lambda db: cancel_series(db, actor=ORGANIZER, event_id=events[2], scope=Scope.ALL, now=NOW))
    assert {event(world, one).status.value for one in events} == {"cancelled"}


def test_drafts_are_published_together(world: Flask) -> None:
    events = plan(world, publish=False).events
    draft = event(world, events[0]).as_draft()
    within(world, lambda db: change_series(db, actor=ORGANIZER, event_id=events[0], scope=Scope.ALL, draft=draft,
                                           now=NOW, publish=True))  # fmt: skip
    assert {event(world, one).status.value for one in events} == {"published"}
    assert len(facts(world, "EventPublished")) == 4


def test_who_may_change_one_and_what_is_none(world: Flask) -> None:
    events = plan(world).events
    single = within(world, lambda db: plan_event(db, actor=ORGANIZER, draft=other(9), publish=False, now=NOW))
    draft = event(world, events[0]).as_draft()
    for act, refusal in (
        (lambda db: change_series(db, actor=LABOUR, event_id=events[0], scope=Scope.ALL, draft=draft, now=NOW),
         NotAllowed),
        (lambda db: cancel_series(db, actor=OFFICIAL, event_id=events[0], scope=Scope.ALL, now=NOW), NotAllowed),
        (lambda db: cancel_series(db, actor=OFFICIAL, event_id=single, scope=Scope.ALL, now=NOW), NotFound),
        (lambda db: cancel_series(db, actor=ORGANIZER, event_id=single, scope=Scope.ALL, now=NOW), NotInSeries),
        (lambda db: series_of(db, actor=ORGANIZER, event_id=single), NotInSeries),
        (lambda db: series_of(db, actor=OFFICIAL, event_id=single), NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            within(world, act)


def test_where_an_event_stands(world: Flask) -> None:
    events = plan(world).events
    places = [place(world, one) for one in events]
    assert [(one.number, one.total) for one in places] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (places[0].previous, places[0].following) == (None, events[1])
    assert (places[3].previous, places[3].following) == (events[2], None)
    single = book(world, other(9))
    assert place(world, single) is None


def race(app: Flask, ready: Callable[[], None] = lambda: None) -> list[str]:
    """Two organizers want the same hours at the same moment, for two groups that never meet at once."""
    barrier = Barrier(2)

    def work(group: str) -> str:
        with app.app_context():
            ready()
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    recurrence, draft = every_week(12, interval=2), a_first(groups=(group,))
                    plan_series(db, actor=ORGANIZER, draft=draft, recurrence=recurrence, publish=True, now=NOW)
            except SeriesRefused as refusal:
                return f"refused {len(refusal.misfits)}"
            return "accepted"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(work, ("protection", "labour-migration")))


def test_of_two_series_at_once_one_is_whole_and_the_other_wholly_refused(world: Flask) -> None:
    assert race(world) == ["accepted", "refused 12"]
    assert (count(world, Event), count(world, Series), count(world, Engagement)) == (12, 1, 12)
    assert look(world, lambda db: db.scalar(text(DOUBLE_BOOKINGS))) == 0


def test_control_without_the_rule_both_are_booked_over_each_other(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takes away what the race above relies on: then the same two series must double-book."""
    with world.app_context(), writing_engine().begin() as connection:
        drop_rule(connection)
    monkeypatch.setattr(scheduling.claims, "_require_free", lambda *_all, **_named: ())
    monkeypatch.setattr(rules, "require_free", lambda _findings: None)
    assert race(world) == ["accepted", "accepted"]
    assert count(world, Claim) > 0
    assert look(world, lambda db: db.scalar(text(DOUBLE_BOOKINGS))) >= 12
