"""The agenda: sessions within their event, nobody in two at once, and what is refused to whom."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.agenda.services import add_session, change_session
from app.planning.arranging.queries.planning import session_details
from app.planning.arranging.rules.agenda import NoHours
from app.planning.arranging.services.planning import plan_event
from app.planning.arranging.services.requests import close_event
from app.planning.events.models import WorkTable
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import AlreadyClosed
from app.planning.events.values import (
    EditionLink,
    EventKind,
    LinkRole,
    PersonRole,
    SessionKind,
    SessionPart,
)
from app.planning.programme.queries.feeds import personal_entries
from app.planning.scheduling.rules.refusals import Clash
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
    FOCAL_POINT,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
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


# R4: in order, and no moderator twice


@pytest.mark.both_databases
def test_r4_sessions_of_a_congress_stand_in_order_and_no_moderator_is_double_booked() -> None:
    event_id = an_event(kind=EventKind.CONGRESS, groups=(), hours=30)
    added(
        event_id,
        a_session(
            2, 1, ANA, kind=SessionKind.WORK_TABLE, title=LocalizedText(es="Mesa 1", en="Table 1")
        ),
    )
    added(
        event_id,
        a_session(
            0, 1, ANA, kind=SessionKind.OPENING, title=LocalizedText(es="Apertura", en="Opening")
        ),
    )
    added(
        event_id,
        a_session(
            1, 1, BERTA, kind=SessionKind.PLENARY, title=LocalizedText(es="Plenaria", en="Plenary")
        ),
    )
    with pytest.raises(Clash) as refused:
        added(
            event_id, a_session(2.5, 1, ANA, BERTA, title=LocalizedText(es="Mesa 2", en="Table 2"))
        )
    (words,) = said(refused)
    assert words == (
        "Ana Muñoz Peña ya participa de 11:00 a 12:00 (hora de Costa Rica, UTC−6) en «Mesa 1», y nadie puede estar en "
        "dos lugares a la vez; no cabe excepción."
    )
    added(event_id, a_session(3, 1, ANA))  # back to back is no overlap
    with reading() as db:
        titles = [one.title["es"] for one in session_details(db, event_id=event_id)]
    assert titles == ["Apertura", "Plenaria", "Mesa 1", "Panel de rutas"]


@pytest.mark.parametrize("who", [(), (ANA,)])
def test_a_button_pressed_twice_adds_one_session(who: tuple[int, ...]) -> None:
    event_id = an_event()
    first, second = added(event_id, a_session(1, 1, *who)), added(event_id, a_session(1, 1, *who))
    assert first == second
    assert added(event_id, a_session(1, 1, room="Sala B")) != first
    assert len(spans(event_id)) == 2


# R40: nobody in two places, whichever events these belong to


@pytest.mark.both_databases
def test_r40_a_moderator_of_two_overlapping_sessions_of_different_events_is_refused_by_name_and_hour() -> (
    None
):
    one = an_event(countries=("GT",))
    other = an_event(
        groups=(),
        countries=("HN",),
        title=LocalizedText(es="Taller de fronteras", en="Border workshop"),
    )
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
def test_r40_somebody_whom_the_event_holds_is_held_once_and_still_not_in_two_of_its_sessions() -> (
    None
):
    event_id = an_event(people=people(ANA))
    first = added(event_id, a_session(0, 1, ANA, BERTA))
    assert set(held(first)) == {BERTA}
    with pytest.raises(Clash) as refused:
        added(event_id, a_session(0.5, 1, ANA))
    assert "Panel de rutas" in said(refused)[0]
    second = added(event_id, a_session(1, 1, ANA))
    with pytest.raises(Clash), transaction() as db:
        change_session(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            session_id=second,
            draft=a_session(0, 2, ANA),
            now=NOW,
        )
    assert spans(event_id) == [(NINE, NINE + HOUR), (NINE + HOUR, NINE + 2 * HOUR)]


@pytest.mark.both_databases
@pytest.mark.parametrize("of_the_event", [True, False])
def test_r40_holds_when_many_write_the_agenda_at_once(app: Flask, of_the_event: bool) -> None:
    """Of the event itself, so that only the lock stands between; or of none, so that the calendar
    does.
    """
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


# What is refused, and to whom


def test_a_session_is_sound_or_said_at_its_field() -> None:
    event_id = an_event(links=(EditionLink("iv", LinkRole.PREPARATORY),))
    with transaction() as db:
        for number, edition in ((1, 2), (2, 1)):
            db.add(
                WorkTable(
                    id=number,
                    edition_id=edition,
                    theme=LocalizedText(es="Tema", en="Theme"),
                    position=number,
                )
            )
    table: dict[str, Any] = {"kind": SessionKind.WORK_TABLE, "work_table_id": 1}
    wrong: dict[str, Any]
    for wrong, field in (
        ({"title": LocalizedText(es=" ")}, "title_es"),
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
        change_session(
            db, actor=ORGANIZER, event_id=other, session_id=session_id, draft=a_session(), now=NOW
        )
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
        assert [one.id for one in personal_entries(db, person_id=CARLA, now=NOW)] == [str(event_id)]
        assert event_of(db, actor=OFFICIAL, event_id=event_id).join_url
