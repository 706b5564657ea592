"""Attendance: written down by who runs the event, corrected with a trace, seen by a country for
itself.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotAllowed
from app.participation.attendance.rules.recording import NotStarted
from app.participation.attendance.services.recording import record_attendance
from app.participation.registrations.rules import WasCancelled
from tests.planning.events.rows import (
    NOW,
    STARTS,
    add_registration,
    an_event,
    attendance_of,
    change_event_row,
    counted_statements,
)
from tests.support.actors import actor_of, an_account, csrf_token, sign_in

pytestmark = pytest.mark.at(STARTS + timedelta(hours=3))


def person(app: Flask, who: str) -> int:
    found = actor_of(app, who).person_id
    assert found
    return found


def held(app: Flask, *who: str, **changes: Any) -> UUID:
    event_id = an_event(app, groups=["protection"], **changes)
    for one in who:
        add_registration(app, event_id, person(app, one))
    return event_id


def minutes_in(app: Flask, event_id: UUID) -> dict[int, int]:
    with app.app_context(), reading() as db:
        return attendance_of(db, event_id)


def recordings(app: Flask) -> list[tuple[int | None, dict[str, Any]]]:
    asked = (
        select(JournalEntry)
        .where(JournalEntry.fact == "AttendanceRecorded")
        .order_by(JournalEntry.id)
    )
    with app.app_context(), reading() as db:
        return [(entry.actor_account_id, entry.payload) for entry in db.scalars(asked)]


def save(client: FlaskClient, event_id: UUID, **fields: str) -> Any:
    typed = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.post(
        f"/events/{event_id}/attendance", data={**typed, "csrf_token": csrf_token(client)}
    )


@pytest.mark.both_databases
def test_r59_a_correction_keeps_what_stood_there_and_who_changed_it(app: Flask) -> None:
    event_id, hn = held(app, "official-hn"), person(app, "official-hn")
    organizer, convenor = actor_of(app, "organizer"), actor_of(app, "convenor-protection")
    later = STARTS + timedelta(hours=2)
    for actor, minutes in ((organizer, 60), (convenor, 85), (convenor, 85)):
        with app.app_context(), transaction() as db:
            record_attendance(db, actor=actor, event_id=event_id, minutes={hn: minutes}, now=later)
    first, second = recordings(app)
    assert (first[0], second[0]) == (organizer.account_id, convenor.account_id)
    assert (first[1]["minutes"], first[1]["previous_minutes"]) == ([60], [None])
    assert (second[1]["minutes"], second[1]["previous_minutes"]) == ([85], [60])
    assert second[1]["person_ids"] == [hn]
    assert minutes_in(app, event_id) == {hn: 85}


def test_the_whole_list_is_saved_in_one_post_and_what_is_empty_stays(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, "official-hn", "official-gt")
    hn, gt = person(app, "official-hn"), person(app, "official-gt")
    sign_in(client, "organizer")
    answer = save(client, event_id, **{f"minutes_{hn}": "90", f"minutes_{gt}": " "})
    assert answer.status_code == 303
    assert "Se cambió la asistencia de una persona." in client.get(answer.location).text
    assert minutes_in(app, event_id) == {hn: 90}
    assert save(client, event_id, **{f"minutes_{hn}": "", f"minutes_{gt}": "0"}).status_code == 303
    assert minutes_in(app, event_id) == {hn: 90, gt: 0}


@pytest.mark.parametrize("typed", ["91", "-1", "1.5", "mucho", "９０", "9" * 40, "1e2"])
def test_bad_minutes_are_refused_at_the_field_and_kept(
    app: Flask, client: FlaskClient, typed: str
) -> None:
    event_id, hn = held(app, "official-hn"), person(app, "official-hn")
    sign_in(client, "organizer")
    answer = save(client, event_id, **{f"minutes_{hn}": typed})
    assert answer.status_code == 422
    assert "de 0 a 90" in answer.text
    assert f'value="{typed}"' in answer.text
    assert f'aria-describedby="minutes-{hn}-error"' in answer.text
    assert minutes_in(app, event_id) == {}


def test_people_who_are_not_on_the_sheet_cannot_be_written_in_by_the_form(
    app: Flask, client: FlaskClient
) -> None:
    event_id, gt = held(app, "official-hn"), person(app, "official-gt")
    sign_in(client, "organizer")
    save(client, event_id, **{f"minutes_{gt}": "30", "minutes_999999": "30"})
    assert minutes_in(app, event_id) == {}


def test_the_service_refuses_people_unknown_and_more_than_the_event_lasts(app: Flask) -> None:
    event_id, organizer = held(app, "official-hn"), actor_of(app, "organizer")
    for minutes in (
        {999_999: 30},
        {person(app, "official-hn"): 91},
        {person(app, "official-hn"): -1},
    ):
        with app.app_context(), transaction() as db, pytest.raises(InvalidInput):
            record_attendance(
                db,
                actor=organizer,
                event_id=event_id,
                minutes=minutes,
                now=NOW + timedelta(days=90),
            )
    assert recordings(app) == []


def test_nothing_is_recorded_before_the_start_or_of_a_cancelled_event(app: Flask) -> None:
    event_id, hn, organizer = (
        held(app, "official-hn"),
        person(app, "official-hn"),
        actor_of(app, "organizer"),
    )
    with app.app_context(), transaction() as db, pytest.raises(NotStarted):
        record_attendance(
            db,
            actor=organizer,
            event_id=event_id,
            minutes={hn: 1},
            now=STARTS - timedelta(seconds=1),
        )
    change_event_row(app, event_id, status="cancelled", cancelled_at=NOW)
    with app.app_context(), transaction() as db, pytest.raises(WasCancelled):
        record_attendance(
            db, actor=organizer, event_id=event_id, minutes={hn: 1}, now=STARTS + timedelta(hours=1)
        )


@pytest.mark.parametrize("who", ["convenor-labour", "official-hn", "focal-point-hn"])
def test_who_does_not_run_the_event_records_nothing(app: Flask, who: str) -> None:
    event_id, hn, actor = held(app, "official-hn"), person(app, "official-hn"), actor_of(app, who)
    with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        record_attendance(
            db, actor=actor, event_id=event_id, minutes={hn: 10}, now=STARTS + timedelta(hours=2)
        )
    assert minutes_in(app, event_id) == {}


def test_r50_a_focal_point_sees_the_people_of_the_own_country_and_no_others(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, "official-hn", "official-gt")
    sign_in(client, "focal-point-hn")
    with counted_statements(app):
        html = client.get(f"/events/{event_id}/attendance").text
    assert "María José Ñáñez Güell" in html
    assert "Óscar Solórzano" not in html
    assert "Guatemala" not in html
    assert "Guardar la asistencia" not in html
    assert (
        save(client, event_id, **{f"minutes_{person(app, 'official-hn')}": "10"}).status_code == 403
    )


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("organizer", 200),
        ("convenor-protection", 200),
        ("convenor-labour", 403),
        ("official-hn", 403),
    ],
)
def test_whose_page_it_is(app: Flask, client: FlaskClient, who: str, status: int) -> None:
    event_id = held(app, "official-gt")
    sign_in(client, who)
    answer = client.get(f"/events/{event_id}/attendance")
    assert answer.status_code == status
    assert ("Óscar Solórzano" in answer.text) == (status == 200)


def test_the_sheet_costs_the_same_statements_for_one_and_for_three(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "organizer")
    event_id, counts = held(app, "official-hn"), []
    for number in range(2):
        with counted_statements(app) as statements:
            client.get(f"/events/{event_id}/attendance")
        counts.append(len(statements))
        if number == 0:
            for extra in range(2):
                address = f"extra-{extra}@example.org"
                an_account(app, address, country="SV")
                add_registration(app, event_id, person(app, address))
    assert counts[0] == counts[1] > 0
