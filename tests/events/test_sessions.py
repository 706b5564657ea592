"""The agenda: sessions within their event, nobody in two at once, and all of it moves with the event."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.events.models import Event, WorkTable
from app.events.queries.agenda import session_details
from app.events.queries.events import event_of
from app.events.queries.feeds import personal_entries
from app.events.rules.agenda import NoHours, SessionsOutside, carried
from app.events.rules.life import AlreadyClosed
from app.events.services import cancel_event, change_event, move_event, plan_event, publish_event, swap_events
from app.events.services.agenda import add_session, change_session, remove_session
from app.events.services.life import approve_event, ask_approval, close_event
from app.events.services.seats import replace_person
from app.events.services.zones import recompute_zones
from app.events.values import EditionLink, EventKind, LinkRole, PersonRole
from app.events.values.agenda import SessionDraft, SessionKind, SessionPart, holder_of_session
from app.events.views.session_page import days_of
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling.models import Claim, ConflictCase, Engagement, Resource, RuleSetting
from app.scheduling.rules import Clash
from app.scheduling.values import Rule, Severity
from app.scheduling.wording import sentence
from tests.events.planning_builders import (
    FOCAL_POINT,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    csrf_of,
    furnish,
    people,
    seal_of,
)  # fmt: skip

ANA, BERTA, CARLA = 1, 2, 3
DAY = timedelta(days=1)
MODERATES = PersonRole.MODERATOR


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as db:
            furnish(db)
        yield


def an_event(*, starts_at: datetime = NINE, hours: float = 4, publish: bool = True, **changes: Any) -> UUID:
    span = Timespan(starts_at, starts_at + timedelta(hours=hours))
    with transaction() as db:
        return plan_event(db, actor=SYSTEM, draft=a_draft(span=span, **changes), publish=publish, now=NOW)


def a_session(start: float = 0, hours: float = 1, *who: int, base: datetime = NINE, **changes: Any) -> SessionDraft:
    starts = base + timedelta(hours=start)
    given: dict[str, Any] = {
        "kind": SessionKind.PANEL, "title": LocalizedText("Panel de rutas", "Panel on routes"),
        "span": Timespan(starts, starts + timedelta(hours=hours)),
        "people": tuple(SessionPart(number, MODERATES) for number in who),
    }  # fmt: skip
    return SessionDraft(**(given | changes))


def added(event_id: UUID, draft: SessionDraft) -> UUID:
    with transaction() as db:
        return add_session(db, actor=ORGANIZER, event_id=event_id, draft=draft, now=NOW)


def spans(event_id: UUID) -> list[tuple[datetime, datetime]]:
    with reading() as db:
        return [(one.starts_at, one.ends_at) for one in session_details(db, event_id=event_id)]


def held(session_id: UUID) -> dict[int, tuple[datetime, datetime]]:
    """Whom a session holds, from when to when."""
    with reading() as db:
        rows = db.execute(
            select(Resource.key, Claim.starts_at, Claim.ends_at)
            .join(Claim, Claim.resource_id == Resource.id)
            .join(Engagement, Engagement.id == Claim.engagement_id)
            .where(Engagement.holder == holder_of_session(session_id), Claim.enforced)
        )
        return {int(key): (starts_at, ends_at) for key, starts_at, ends_at in rows}


def said(refused: pytest.ExceptionInfo[Clash]) -> list[str]:
    return [
        sentence(one, reader_timezone="America/Costa_Rica", may_see_title=True).es for one in refused.value.findings
    ]


# R4: the agenda by each clock, and no moderator twice


@pytest.mark.both_databases
def test_r4_sessions_of_a_congress_stand_in_order_and_no_moderator_is_double_booked() -> None:
    event_id = an_event(kind=EventKind.CONGRESS, groups=(), hours=30)
    added(event_id, a_session(2, 1, ANA, kind=SessionKind.WORK_TABLE, title=LocalizedText("Mesa 1", "Table 1")))
    added(event_id, a_session(0, 1, ANA, kind=SessionKind.OPENING, title=LocalizedText("Apertura", "Opening")))
    added(event_id, a_session(1, 1, BERTA, kind=SessionKind.PLENARY, title=LocalizedText("Plenaria", "Plenary")))
    with pytest.raises(Clash) as refused:
        added(event_id, a_session(2.5, 1, ANA, BERTA, title=LocalizedText("Mesa 2", "Table 2")))
    (words,) = said(refused)
    assert words == (
        "Ana Muñoz Peña ya participa de 11:00 a 12:00 (hora de Costa Rica, UTC−6) en «Mesa 1», y nadie puede estar en "
        "dos lugares a la vez; no cabe excepción."
    )
    added(event_id, a_session(3, 1, ANA))  # back to back is no overlap
    with reading() as db:
        titles = [one.title.es for one in session_details(db, event_id=event_id)]
    assert titles == ["Apertura", "Plenaria", "Mesa 1", "Panel de rutas"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Panama", ["10:00–11:00", "09:00–10:00"]),
        ("America/Costa_Rica", ["09:00–10:00"]),
        ("America/Guatemala", ["09:00–10:00"]),
    ],
)
def test_r4_the_agenda_tells_the_local_hour_and_utc_minus_6_where_they_differ(
    app: Flask, zone: str, expected: list[str]
) -> None:
    event_id = an_event(timezone=zone)
    added(event_id, a_session())
    with app.test_request_context(), reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
        days = days_of(event, session_details(db, event_id=event_id))
    (sitting,) = days[0].sittings
    assert [clock.hours for clock in sitting.clocks] == expected
    assert days[0].on == NINE.astimezone(ZoneInfo(zone)).date()
    assert all("UTC" in clock.zone for clock in sitting.clocks)


# R40: nobody in two places, whichever events these belong to


@pytest.mark.both_databases
def test_r40_a_moderator_of_two_overlapping_sessions_of_different_events_is_refused_by_name_and_hour() -> None:
    one = an_event(countries=("GT",))
    other = an_event(groups=(), countries=("HN",), title=LocalizedText("Taller de fronteras", "Border workshop"))
    first = added(one, a_session(1, 1, ANA))
    with pytest.raises(Clash) as refused:
        added(other, a_session(1.5, 1, ANA))
    (words,) = said(refused)
    assert "Ana Muñoz Peña" in words
    assert "Panel de rutas (Seminario de protección)" in words
    assert "10:00" in words
    assert "UTC−6" in words
    assert spans(other) == []
    added(other, a_session(2, 1, ANA))
    assert held(first) == {ANA: (NINE + HOUR, NINE + 2 * HOUR)}


@pytest.mark.both_databases
def test_r40_whoever_sits_in_a_session_is_taken_for_other_events_and_only_then() -> None:
    event_id = an_event()
    added(event_id, a_session(1, 1, ANA))
    with pytest.raises(Clash) as refused:
        an_event(groups=(), people=people(ANA), starts_at=NINE + 1.5 * HOUR, hours=1)
    assert "Ana Muñoz Peña" in said(refused)[0]
    an_event(groups=(), people=people(ANA), starts_at=NINE + 2 * HOUR, hours=1)
    with pytest.raises(Clash):
        added(event_id, a_session(2, 1, ANA))


@pytest.mark.both_databases
def test_r40_somebody_whom_the_event_holds_is_held_once_and_still_not_in_two_of_its_sessions() -> None:
    event_id = an_event(people=people(ANA))
    first = added(event_id, a_session(0, 1, ANA, BERTA))
    assert set(held(first)) == {BERTA}
    with pytest.raises(Clash) as refused:
        added(event_id, a_session(0.5, 1, ANA))
    assert "Panel de rutas" in said(refused)[0]
    second = added(event_id, a_session(1, 1, ANA))
    with pytest.raises(Clash), transaction() as db:
        change_session(
            db, actor=ORGANIZER, event_id=event_id, session_id=second, draft=a_session(0, 2, ANA), now=NOW
        )  # fmt: skip
    assert spans(event_id) == [(NINE, NINE + HOUR), (NINE + HOUR, NINE + 2 * HOUR)]


@pytest.mark.both_databases
@pytest.mark.parametrize("of_the_event", [True, False])
def test_r40_holds_when_many_write_the_agenda_at_once(app: Flask, of_the_event: bool) -> None:
    """Of the event itself, so that only the lock stands between; or of none, so that the calendar does."""
    event_id = an_event(people=people(ANA) if of_the_event else ())
    gate = Barrier(6)

    def work(number: int) -> str:
        with app.app_context():
            gate.wait()
            try:
                added(event_id, a_session(number / 6, 1, ANA))
            except Clash:
                return "refused"
            return "added"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(work, range(6)))
    assert sorted(answers) == ["added"] + ["refused"] * 5
    assert len(spans(event_id)) == 1


# R46: the agenda goes where its event goes


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
        moved = select(func.count()).where(JournalEntry.subject_id == str(event_id), JournalEntry.fact == "EventMoved")
        assert (row.id, row.sequence, db.scalar(moved)) == (event_id, 1, 1)


@pytest.mark.both_databases
def test_r46_a_move_to_where_somebody_of_a_session_is_taken_is_refused_and_changes_nothing() -> None:
    event_id = an_event()
    session_id = added(event_id, a_session(1, 1, ANA))
    an_event(groups=(), people=people(ANA), starts_at=NINE + DAY, hours=2)
    before = (spans(event_id), held(session_id))
    with pytest.raises(Clash) as refused, transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event_id, span=Timespan(NINE + DAY, NINE + DAY + 4 * HOUR), now=NOW)
    assert "Ana Muñoz Peña" in said(refused)[0]
    assert (spans(event_id), held(session_id)) == before
    with reading() as db:
        assert db.get_one(Event, event_id).sequence == 0


@pytest.mark.both_databases
def test_a_move_by_less_than_a_session_does_not_meet_itself() -> None:
    event_id = an_event()
    for hour in (0, 1, 2):
        added(event_id, a_session(hour, 1, ANA))
    shift = timedelta(minutes=30)
    with transaction() as db:
        move_event(
            db, actor=ORGANIZER, event_id=event_id, span=Timespan(NINE + shift, NINE + shift + 4 * HOUR), now=NOW
        )
    assert spans(event_id)[0] == (NINE + shift, NINE + shift + HOUR)


@pytest.mark.both_databases
def test_two_events_swap_with_their_agendas() -> None:
    one, other = an_event(hours=2), an_event(groups=("labour-migration",), starts_at=NINE + DAY, hours=2)
    first, second = added(one, a_session(0, 1, ANA)), added(other, a_session(0, 1, ANA, base=NINE + DAY))
    with transaction() as db:
        swap_events(db, actor=ORGANIZER, first=one, second=other, now=NOW)
    assert held(first) == {ANA: (NINE + DAY, NINE + DAY + HOUR)}
    assert held(second) == {ANA: (NINE, NINE + HOUR)}


@given(st.integers(-5000, 5000), st.integers(1, 20), st.lists(st.tuples(st.integers(0, 19), st.integers(1, 20))))
def test_what_fits_goes_along_by_the_same_shift(shift: int, hours: int, parts: Sequence[tuple[int, int]]) -> None:
    event = Timespan(NINE, NINE + hours * HOUR)
    inside = [(start, min(end, hours)) for start, end in parts if start < min(end, hours)]
    sessions = [(LocalizedText("x"), Timespan(NINE + start * HOUR, NINE + end * HOUR)) for start, end in inside]
    by = timedelta(minutes=shift)
    after = Timespan(event.starts_at + by, event.ends_at + by)
    assert carried(sessions, event, after) == [Timespan(s.starts_at + by, s.ends_at + by) for _, s in sessions]


def test_an_event_made_shorter_keeps_or_carries_its_sessions_and_leaves_none_behind() -> None:
    event = Timespan(NINE, NINE + 4 * HOUR)
    one = [(LocalizedText("Cierre"), Timespan(NINE + HOUR, NINE + 2 * HOUR))]
    assert carried(one, event, Timespan(NINE, NINE + 2 * HOUR)) == [one[0][1]]
    assert carried(one, event, Timespan(NINE + 9 * HOUR, NINE + 12 * HOUR)) == [
        Timespan(NINE + 10 * HOUR, NINE + 11 * HOUR)
    ]
    with pytest.raises(SessionsOutside):
        carried(one, event, Timespan(NINE, NINE + HOUR))
    event_id = an_event()
    added(event_id, a_session(3, 1))
    with pytest.raises(SessionsOutside), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event_id, span=Timespan(NINE, NINE + 3 * HOUR), now=NOW)


# What follows the event besides


@pytest.mark.both_databases
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


@pytest.mark.both_databases
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


@pytest.mark.both_databases
def test_new_rules_of_a_zone_move_the_sessions_with_their_event() -> None:
    event_id = an_event()
    session_id = added(event_id, a_session(1, 1, ANA))

    def east(_name: str) -> ZoneInfo:
        return ZoneInfo("America/Panama")

    with transaction() as db:
        done = recompute_zones(db, now=NOW, zone_of=east, tzdata="2030a")
    assert (done.moved, done.cases) == ((event_id,), 0)
    assert held(session_id) == {ANA: (NINE, NINE + HOUR)}


@pytest.mark.both_databases
def test_between_the_parts_of_one_event_nobody_needs_a_quiet_time_and_between_events_they_do() -> None:
    with transaction() as db:
        db.add(RuleSetting(rule=Rule.QUIET_BUFFER.value, severity=Severity.CONFIRM.value, threshold=15,
                           valid_from=NOW.date() - DAY, reason="tests", decided_at=NOW))  # fmt: skip
    event_id, other = an_event(hours=2), an_event(groups=(), starts_at=NINE + 2 * HOUR, hours=2)
    added(event_id, a_session(0, 1, ANA))
    added(event_id, a_session(1, 1, ANA))
    with pytest.raises(Clash) as refused:
        added(other, a_session(2, 1, ANA))
    assert refused.value.findings[0].rule is Rule.QUIET_BUFFER
    added(other, a_session(2.25, 1, ANA))


# What is refused, and to whom


def test_a_session_is_sound_or_said_at_its_field() -> None:
    event_id = an_event(links=(EditionLink("iv", LinkRole.PREPARATORY),))
    with transaction() as db:
        for number, edition in ((1, 2), (2, 1)):
            db.add(WorkTable(id=number, edition_id=edition, theme=LocalizedText("Tema", "Theme"), position=number))
    table: dict[str, Any] = {"kind": SessionKind.WORK_TABLE, "work_table_id": 1}
    wrong: dict[str, Any]
    for wrong, field in (
        ({"title": LocalizedText(" ", "")}, "title_es"),
        ({"span": Timespan(NINE - HOUR, NINE + HOUR)}, "starts_at"),
        ({"span": Timespan(NINE, NINE + 5 * HOUR)}, "ends_at"),
        (table | {"kind": SessionKind.PANEL}, "work_table"),
        (table | {"work_table_id": 2}, "work_table"),
        ({"people": (SessionPart(ANA, PersonRole.HOST),)}, "people"),
        ({"people": (SessionPart(999),)}, "people"),
    ):
        with pytest.raises(InvalidInput) as refused:
            added(event_id, a_session(**wrong))
        assert set(refused.value.errors) == {field}
    assert spans(event_id) == []
    added(event_id, a_session(**table))
    added(event_id, a_session(0, 4))  # the whole of the event is within it


def test_agendas_are_the_planners_until_the_event_is_closed() -> None:
    event_id = an_event()
    for nobody in (LABOUR, FOCAL_POINT, OFFICIAL):
        with pytest.raises(NotAllowed), transaction() as db:
            add_session(db, actor=nobody, event_id=event_id, draft=a_session(), now=NOW)
    month = an_event_without_hours()
    with pytest.raises(NoHours):
        added(month, a_session())
    other, session_id = an_event(starts_at=NINE + DAY), added(event_id, a_session())
    with pytest.raises(NotFound), transaction() as db:
        change_session(db, actor=ORGANIZER, event_id=other, session_id=session_id, draft=a_session(), now=NOW)
    with transaction() as db:
        close_event(db, actor=ORGANIZER, event_id=event_id, now=NINE + DAY)
    with pytest.raises(AlreadyClosed):
        added(event_id, a_session())


def an_event_without_hours() -> UUID:
    with transaction() as db:
        draft = a_draft(span=None, date_precision="month", found_start="2027-03")
        return plan_event(db, actor=SYSTEM, draft=draft, publish=False, now=NOW)


def test_whoever_sits_in_a_session_has_the_event_in_the_personal_calendar() -> None:
    event_id = an_event(is_confidential=True, join_url="https://meet.example.org/x")
    with reading() as db:
        assert personal_entries(db, person_id=CARLA, now=NOW) == []
        with pytest.raises(NotFound):
            event_of(db, actor=OFFICIAL, event_id=event_id)
    added(event_id, a_session(0, 1, CARLA))
    with reading() as db:
        assert [one.id for one in personal_entries(db, person_id=CARLA, now=NOW)] == [event_id]
        assert event_of(db, actor=OFFICIAL, event_id=event_id).join_url


# On screen


def typed(**changes: Any) -> dict[str, Any]:
    shown = [seal_of(person) for person in changes.get("people", ())]
    return {"shown": shown, "action": "save", "kind": "panel", "title_es": "Panel «rutas»", "on": "2027-03-09",
            "start": "10:00", "end": "11:00", **changes}  # fmt: skip


def test_a_session_is_written_and_a_double_booking_is_refused_on_screen(app: Flask, client: FlaskClient) -> None:
    event_id = an_event()
    act_as(app, ORGANIZER)
    path = f"/events/{event_id}/agenda/new"
    token = {"csrf_token": csrf_of(client, path)}
    answer = client.post(path, data=token | typed(people=["1"], **{"role-1": "moderator"}))
    assert (answer.status_code, answer.location) == (303, f"/events/{event_id}/agenda")
    shown = client.get(answer.location).text
    assert "Panel «rutas»" in shown
    assert "10:00–11:00" in shown
    assert "Ana Muñoz Peña" in shown
    refused = client.post(path, data=token | typed(people=["1"], start="10:30", end="11:30"))
    assert refused.status_code == 409
    assert "Ana Muñoz Peña ya participa" in refused.text
    assert 'value="10:30"' in refused.text
    wrong = client.post(path, data=token | typed(start="08:00", end="09:30", title_es=""))
    assert wrong.status_code == 422
    assert 'href="#start"' in wrong.text
    found = client.post(path, data=token | typed(action="find", people_words="Berta"))
    assert "Berta López" in found.text
    assert len(spans(event_id)) == 1


def test_names_on_an_agenda_are_for_who_is_signed_in(client: FlaskClient) -> None:
    event_id = an_event()
    added(event_id, a_session(0, 1, ANA))
    shown = client.get(f"/events/{event_id}/agenda").text
    assert "Panel de rutas" in shown
    assert "Ana Muñoz Peña" not in shown
