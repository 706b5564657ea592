"""Changing and cancelling a series, as far as was said: this date, it and those after it, or
all.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import cancel_event, move_event, plan_event
from app.planning.events.models import Series
from app.planning.events.queries.events import event_of, place_in_series
from app.planning.series.queries import series_of
from app.planning.series.rules import NothingLeft, NotInSeries, Scope, SeriesRefused
from app.planning.series.services import SeriesOutcome, cancel_series, change_series
from tests.planning.events.planning_builders import (
    HOUR,
    LABOUR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    furnished,
)
from tests.planning.series.series import (
    NEW_YORK,
    START,
    WEEK,
    a_first,
    an_hour_later,
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


def change(app: Flask, event_id: UUID, scope: Scope, **changes: Any) -> SeriesOutcome:
    draft = replace(event(app, event_id).as_draft(), **changes)
    outcome: SeriesOutcome = within(
        app,
        lambda db: change_series(
            db, actor=ORGANIZER, event_id=event_id, scope=scope, draft=draft, now=NOW
        ),
    )
    return outcome


def place(app: Flask, event_id: UUID) -> Any:
    def ask(db: Session) -> Any:
        return place_in_series(
            db, actor=OFFICIAL, event=event_of(db, actor=OFFICIAL, event_id=event_id)
        )

    return look(app, ask)


def test_change_of_one_event_leaves_the_rest_of_the_series(world: Flask) -> None:
    events = plan(world).events
    change(
        world,
        events[1],
        Scope.THIS,
        span=an_hour_later(world, events[1]),
        title=LocalizedText(es="Solo", en="Alone"),
    )
    assert [event(world, one).sequence for one in events] == [0, 1, 0, 0]
    assert [event(world, one).title["en"] for one in events].count("Alone") == 1
    assert len(facts(world, "EventMoved")) == 1
    assert facts(world, "SeriesChanged")[0]["event_ids"] == [str(events[1])]


@pytest.mark.both_databases
def test_this_and_following_move_on_the_wall_clock_and_are_each_told_once(world: Flask) -> None:
    events = plan(world).events
    outcome = change(
        world, events[2], Scope.FOLLOWING, span=an_hour_later(world, events[2], 25 * HOUR)
    )
    assert outcome.events == events[2:]
    assert starts(world, events) == [
        START,
        START + WEEK,
        START + 2 * WEEK + 25 * HOUR,
        START + 3 * WEEK + 25 * HOUR,
    ]
    assert [event(world, one).sequence for one in events] == [0, 0, 1, 1]
    assert sorted(fact["event_id"] for fact in facts(world, "EventMoved")) == sorted(
        map(str, events[2:])
    )
    members = look(world, lambda db: series_of(db, actor=ORGANIZER, event_id=events[0])).members
    assert not any(member.is_moved for member in members)
    assert facts(world, "SeriesChanged")[0]["scope"] == "following"


def test_all_take_what_changed_and_keep_what_is_their_own(world: Flask) -> None:
    events = plan(world).events
    change(
        world, events[1], Scope.THIS, place="Sala B", summary=LocalizedText(es="Propio", en="Own")
    )
    change(
        world,
        events[3],
        Scope.ALL,
        title=LocalizedText(es="Nuevo", en="New"),
        groups=("labour-migration",),
    )
    found = [event(world, one) for one in events]
    assert {one.title["en"] for one in found} == {"New"}
    assert {slug for one in found for slug in one.group_slugs} == {"labour-migration"}
    assert [one.place for one in found] == ["", "Sala B", "", ""]
    assert found[1].summary["en"] == "Own"
    parties = held(world, events[0]).parties
    assert "labour-migration" in {party.key for party in parties}
    assert (
        look(world, lambda db: series_of(db, actor=ORGANIZER, event_id=events[0])).title["en"]
        == "New"
    )


def test_one_that_was_moved_by_itself_keeps_its_time_and_takes_the_rest(world: Flask) -> None:
    events = plan(world).events
    own_time = an_hour_later(world, events[2], 5 * HOUR)
    within(
        world,
        lambda db: move_event(db, actor=ORGANIZER, event_id=events[2], span=own_time, now=NOW),
    )
    later = an_hour_later(world, events[0])
    change(
        world,
        events[0],
        Scope.ALL,
        span=Timespan(later.starts_at, later.ends_at + HOUR),
        place="Sala",
    )
    assert starts(world, events) == [
        START + HOUR,
        START + WEEK + HOUR,
        own_time.starts_at,
        START + 3 * WEEK + HOUR,
    ]
    spans = [event(world, one).span for one in events]
    assert {span.duration for span in spans if span} == {2 * HOUR}
    assert {event(world, one).place for one in events} == {"Sala"}
    change(world, events[2], Scope.ALL, span=an_hour_later(world, events[2]))
    assert starts(world, events) == [
        START + 2 * HOUR,
        START + WEEK + 2 * HOUR,
        own_time.starts_at + HOUR,
        START + 3 * WEEK + 2 * HOUR,
    ]


def test_a_shift_by_the_interval_does_not_meet_itself(world: Flask) -> None:
    events = plan(world, recurrence=every_week(3)).events
    change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0], WEEK))
    assert starts(world, events) == [START + week * WEEK for week in range(1, 4)]
    change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0], -WEEK))
    assert starts(world, events) == [START + week * WEEK for week in range(3)]


def test_a_shift_over_the_clocks_keeps_the_wall_time(world: Flask) -> None:
    nine = datetime(2027, 2, 23, 9, tzinfo=NEW_YORK)
    events = plan(
        world, a_first(span=Timespan(nine, nine + HOUR), timezone="America/New_York")
    ).events
    change(world, events[0], Scope.ALL, span=an_hour_later(world, events[0], 2 * HOUR))
    assert [at.astimezone(NEW_YORK).hour for at in starts(world, events)] == [11] * 4
    assert [at.hour for at in starts(world, events)] == [16, 16, 16, 15]


def test_past_and_cancelled_ones_stay(world: Flask) -> None:
    events = plan(world).events
    within(world, lambda db: cancel_event(db, actor=ORGANIZER, event_id=events[2], now=NOW))
    draft = replace(
        event(world, events[1]).as_draft(), place="Sala", span=an_hour_later(world, events[1])
    )
    later = START + HOUR
    outcome = within(
        world,
        lambda db: change_series(
            db, actor=ORGANIZER, event_id=events[1], scope=Scope.ALL, draft=draft, now=later
        ),
    )
    assert outcome.events == (events[1], events[3])
    assert [event(world, one).place for one in events] == ["", "Sala", "", "Sala"]
    assert starts(world, events) == [
        START,
        START + WEEK + HOUR,
        START + 2 * WEEK,
        START + 3 * WEEK + HOUR,
    ]
    after_all = START + 9 * WEEK
    for act in (
        lambda db: change_series(
            db, actor=ORGANIZER, event_id=events[1], scope=Scope.ALL, draft=draft, now=after_all
        ),
        lambda db: cancel_series(
            db, actor=ORGANIZER, event_id=events[1], scope=Scope.THIS, now=after_all
        ),
    ):
        with pytest.raises(NothingLeft):
            within(world, act)


@pytest.mark.both_databases
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


@pytest.mark.both_databases
def test_cancelling_by_scope_frees_the_time(world: Flask) -> None:
    events = plan(world).events
    within(
        world,
        lambda db: cancel_series(
            db, actor=ORGANIZER, event_id=events[2], scope=Scope.FOLLOWING, now=NOW
        ),
    )
    assert [event(world, one).status.value for one in events] == [
        "published",
        "published",
        "cancelled",
        "cancelled",
    ]
    assert len(facts(world, "EventCancelled")) == 2
    assert facts(world, "SeriesChanged")[-1]["is_cancelled"] is True
    book(world, other(4))
    within(
        world,
        lambda db: cancel_series(db, actor=ORGANIZER, event_id=events[2], scope=Scope.ALL, now=NOW),
    )
    assert {event(world, one).status.value for one in events} == {"cancelled"}


@pytest.mark.both_databases
def test_drafts_are_published_together(world: Flask) -> None:
    events = plan(world, publish=False).events
    draft = event(world, events[0]).as_draft()
    within(
        world,
        lambda db: change_series(
            db,
            actor=ORGANIZER,
            event_id=events[0],
            scope=Scope.ALL,
            draft=draft,
            now=NOW,
            publish=True,
        ),
    )
    assert {event(world, one).status.value for one in events} == {"published"}
    assert len(facts(world, "EventPublished")) == 4


def test_who_may_change_one_and_what_is_none(world: Flask) -> None:
    events = plan(world).events
    single = within(
        world, lambda db: plan_event(db, actor=ORGANIZER, draft=other(9), publish=False, now=NOW)
    )
    draft = event(world, events[0]).as_draft()
    for act, refusal in (
        (
            lambda db: change_series(
                db, actor=LABOUR, event_id=events[0], scope=Scope.ALL, draft=draft, now=NOW
            ),
            NotAllowed,
        ),
        (
            lambda db: cancel_series(
                db, actor=OFFICIAL, event_id=events[0], scope=Scope.ALL, now=NOW
            ),
            NotAllowed,
        ),
        (
            lambda db: cancel_series(db, actor=OFFICIAL, event_id=single, scope=Scope.ALL, now=NOW),
            NotFound,
        ),
        (
            lambda db: cancel_series(
                db, actor=ORGANIZER, event_id=single, scope=Scope.ALL, now=NOW
            ),
            NotInSeries,
        ),
        (lambda db: series_of(db, actor=ORGANIZER, event_id=single), NotInSeries),
        (lambda db: series_of(db, actor=OFFICIAL, event_id=single), NotFound),
    ):
        with pytest.raises(refusal):
            within(world, act)


def test_place_of_event_in_series_has_its_number_and_neighbours(world: Flask) -> None:
    events = plan(world).events
    places = [place(world, one) for one in events]
    assert [(one.number, one.total) for one in places] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (places[0].previous, places[0].following) == (None, events[1])
    assert (places[3].previous, places[3].following) == (events[2], None)
    single = book(world, other(9))
    assert place(world, single) is None
