"""The agenda goes where its event goes (R46), and holds its people as long as the event does."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.agenda.services import remove_session
from app.planning.arranging.rules.agenda import SessionsOutside, carried
from app.planning.arranging.services.planning import (
    cancel_event,
    change_event,
    move_event,
    publish_event,
    swap_events,
)
from app.planning.arranging.services.requests import approve_event, ask_approval
from app.planning.arranging.services.seats import replace_person
from app.planning.arranging.services.zones import recompute_zones
from app.planning.events.models import Event
from app.planning.scheduling.models import ConflictCase, Engagement, RuleSetting
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Rule, Severity
from tests.planning.agenda.agenda import (
    ANA,
    BERTA,
    CARLA,
    DAY,
    a_session,
    added,
    an_event,
    held,
    said,
    spans,
)
from tests.planning.events.planning_builders import (
    HOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    furnish,
    people,
)


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as db:
            furnish(db)
        yield


@pytest.mark.both_databases
def test_r46_a_move_takes_the_sessions_along_and_tells_once() -> None:
    event_id = an_event()
    first, second = added(event_id, a_session(0, 1, ANA)), added(event_id, a_session(1, 1, ANA))
    later = Timespan(NINE + DAY + HOUR, NINE + DAY + 5 * HOUR)
    with transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event_id, span=later, now=NOW)
    assert spans(event_id) == [(NINE + DAY + n * HOUR, NINE + DAY + (n + 1) * HOUR) for n in (1, 2)]
    assert held(first) == {ANA: (NINE + DAY + HOUR, NINE + DAY + 2 * HOUR)}
    assert held(second) == {ANA: (NINE + DAY + 2 * HOUR, NINE + DAY + 3 * HOUR)}
    with reading() as db:
        row = db.get_one(Event, event_id)
        moved = select(func.count()).where(
            JournalEntry.subject_id == str(event_id), JournalEntry.fact == "EventMoved"
        )
        assert (row.id, row.sequence, db.scalar(moved)) == (event_id, 1, 1)


@pytest.mark.both_databases
def test_r46_a_move_to_where_somebody_of_a_session_is_taken_is_refused_and_changes_nothing() -> (
    None
):
    event_id = an_event()
    session_id = added(event_id, a_session(1, 1, ANA))
    an_event(groups=(), people=people(ANA), starts_at=NINE + DAY, hours=2)
    before = (spans(event_id), held(session_id))
    with pytest.raises(Clash) as refused, transaction() as db:
        move_event(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            span=Timespan(NINE + DAY, NINE + DAY + 4 * HOUR),
            now=NOW,
        )
    assert "Ana Muñoz Peña" in said(refused)[0]
    assert (spans(event_id), held(session_id)) == before
    with reading() as db:
        assert db.get_one(Event, event_id).sequence == 0


def test_a_move_by_less_than_a_session_does_not_meet_itself() -> None:
    event_id = an_event()
    for hour in (0, 1, 2):
        added(event_id, a_session(hour, 1, ANA))
    shift = timedelta(minutes=30)
    with transaction() as db:
        move_event(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            span=Timespan(NINE + shift, NINE + shift + 4 * HOUR),
            now=NOW,
        )
    assert spans(event_id)[0] == (NINE + shift, NINE + shift + HOUR)


@pytest.mark.both_databases
def test_two_events_swap_with_their_agendas() -> None:
    one, other = (
        an_event(hours=2),
        an_event(groups=("labour-migration",), starts_at=NINE + DAY, hours=2),
    )
    first, second = (
        added(one, a_session(0, 1, ANA)),
        added(other, a_session(0, 1, ANA, base=NINE + DAY)),
    )
    with transaction() as db:
        swap_events(db, actor=ORGANIZER, first=one, second=other, now=NOW)
    assert held(first) == {ANA: (NINE + DAY, NINE + DAY + HOUR)}
    assert held(second) == {ANA: (NINE, NINE + HOUR)}


@given(
    st.integers(-5000, 5000),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 19), st.integers(1, 20))),
)
def test_what_fits_goes_along_by_the_same_shift(
    shift: int, hours: int, parts: Sequence[tuple[int, int]]
) -> None:
    event = Timespan(NINE, NINE + hours * HOUR)
    inside = [(start, min(end, hours)) for start, end in parts if start < min(end, hours)]
    sessions = [
        (LocalizedText(es="x"), Timespan(NINE + start * HOUR, NINE + end * HOUR))
        for start, end in inside
    ]
    by = timedelta(minutes=shift)
    after = Timespan(event.starts_at + by, event.ends_at + by)
    assert carried(sessions, event, after) == [
        Timespan(s.starts_at + by, s.ends_at + by) for _, s in sessions
    ]


def test_an_event_made_shorter_keeps_or_carries_its_sessions_and_leaves_none_behind() -> None:
    event = Timespan(NINE, NINE + 4 * HOUR)
    one = [(LocalizedText(es="Cierre"), Timespan(NINE + HOUR, NINE + 2 * HOUR))]
    assert carried(one, event, Timespan(NINE, NINE + 2 * HOUR)) == [one[0][1]]
    assert carried(one, event, Timespan(NINE + 9 * HOUR, NINE + 12 * HOUR)) == [
        Timespan(NINE + 10 * HOUR, NINE + 11 * HOUR)
    ]
    with pytest.raises(SessionsOutside):
        carried(one, event, Timespan(NINE, NINE + HOUR))
    event_id = an_event()
    added(event_id, a_session(3, 1))
    with pytest.raises(SessionsOutside), transaction() as db:
        move_event(
            db, actor=ORGANIZER, event_id=event_id, span=Timespan(NINE, NINE + 3 * HOUR), now=NOW
        )


# What follows the event besides


def test_who_joins_the_event_or_leaves_it_is_held_by_one_of_the_two() -> None:
    event_id = an_event()
    session_id = added(event_id, a_session(0, 1, ANA, BERTA))
    with transaction() as db:
        joined = a_draft(span=Timespan(NINE, NINE + 4 * HOUR), people=people(ANA))
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=joined, now=NOW)
    assert set(held(session_id)) == {BERTA}
    with transaction() as db:
        replace_person(db, actor=ORGANIZER, event_id=event_id, leaving=ANA, arriving=CARLA, now=NOW)
    assert set(held(session_id)) == {ANA, BERTA}
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(ConflictCase)) == 0


@pytest.mark.both_databases
def test_a_cancelled_event_sets_its_people_free_and_a_removed_session_too() -> None:
    event_id = an_event()
    first, second = added(event_id, a_session(0, 1, ANA)), added(event_id, a_session(1, 1, ANA))
    for _ in range(2):
        with transaction() as db:
            remove_session(db, actor=ORGANIZER, event_id=event_id, session_id=first, now=NOW)
    assert held(first) == {}
    assert len(spans(event_id)) == 1
    with transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    assert held(second) == {}
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Engagement)) == 0


def test_a_draft_s_sessions_hold_as_long_as_the_draft() -> None:
    event_id = an_event(publish=False)
    session_id = added(event_id, a_session(0, 1, ANA))

    def lapse() -> set[datetime | None]:
        with reading() as db:
            return set(db.scalars(select(Engagement.expires_at)))

    assert lapse() == {NOW + 14 * DAY}
    with transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    assert lapse() == {NOW + 30 * DAY}
    with transaction() as db:
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW)
        publish_event(db, actor=SYSTEM, event_id=event_id, now=NOW)
    assert lapse() == {None}
    assert set(held(session_id)) == {ANA}


def test_new_rules_of_a_zone_move_the_sessions_with_their_event() -> None:
    event_id = an_event()
    session_id = added(event_id, a_session(1, 1, ANA))

    def east(_name: str) -> ZoneInfo:
        return ZoneInfo("America/Panama")

    with transaction() as db:
        done = recompute_zones(db, now=NOW, zone_of=east, tzdata="2030a")
    assert (done.moved, done.cases) == ((event_id,), 0)
    assert held(session_id) == {ANA: (NINE, NINE + HOUR)}


def test_between_the_parts_of_one_event_nobody_needs_a_quiet_time_and_between_events_they_do() -> (
    None
):
    with transaction() as db:
        db.add(
            RuleSetting(
                rule=Rule.QUIET_BUFFER.value,
                severity=Severity.CONFIRM.value,
                threshold=15,
                valid_from=NOW.date() - DAY,
                reason="tests",
                decided_at=NOW,
            )
        )
    event_id, other = an_event(hours=2), an_event(groups=(), starts_at=NINE + 2 * HOUR, hours=2)
    added(event_id, a_session(0, 1, ANA))
    added(event_id, a_session(1, 1, ANA))
    with pytest.raises(Clash) as refused:
        added(other, a_session(2, 1, ANA))
    assert refused.value.findings[0].rule is Rule.QUIET_BUFFER
    added(other, a_session(2.25, 1, ANA))
