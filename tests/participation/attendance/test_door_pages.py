"""The door of an event in person: who is let in, when, and how that goes together with a report."""

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import transaction
from app.participation.attendance.models import AttendanceChange, AttendanceInterval
from app.participation.registrations.models import Registration
from tests.participation.attendance.held import (
    AFTER,
    applied,
    facts,
    give_code,
    held,
    intervals,
    minutes_in,
    person,
    rows_in,
    uploaded,
    zoom,
)
from tests.participation.attendance.reports import at
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(AFTER)
HN, GT = "official-hn", "official-gt"
CODE = "0123456789ABCDEFGHJKMNPQRS"


def test_an_organizer_lets_somebody_in_once(app: Flask, client: FlaskClient) -> None:
    event_id, hn = held(app, HN, mode="in-person"), person(app, HN)
    give_code(app, event_id, hn, CODE)
    sign_in(client, "organizer")
    with time_machine.travel(at(9, 30), tick=False):
        sign_in(client, "organizer")
        token = csrf_token(client)
        wrong = client.post(
            f"/events/{event_id}/check-in", data={"csrf_token": token, "code": "nada"}
        )
        assert wrong.status_code == 422
        assert 'value="nada"' in wrong.text
        typed = {
            "csrf_token": token,
            "code": "o1i3-4567-89ab-cdef-ghjk-mnpq-rs".replace("o1i3", "o123"),
        }
        found = client.post(f"/events/{event_id}/check-in", data=typed)
        assert found.location.endswith(f"/check-in/{CODE}")
        assert "María José Ñáñez Güell" in client.get(found.location).text
        assert minutes_in(app, event_id) == {}
        assert client.post(found.location, data={"csrf_token": token}).status_code == 303
        assert client.post(found.location, data={"csrf_token": token}).status_code == 303
        assert "ya estaba" in client.get(f"/events/{event_id}/check-in").text
    assert minutes_in(app, event_id) == {hn: 60}
    assert intervals(app, event_id) == [(hn, 60, "check-in")]
    assert len(facts(app, "PersonCheckedIn")) == 1


@pytest.mark.parametrize(
    ("moment", "status", "minutes"),
    [(at(5, 59), 409, None), (at(6, 1), 303, 90), (at(10, 29), 303, 1), (at(10, 30), 410, None)],
)
def test_the_door_opens_three_hours_before_and_closes_at_the_end(
    app: Flask, client: FlaskClient, moment: object, status: int, minutes: int | None
) -> None:
    event_id, hn = held(app, HN, mode="in-person"), person(app, HN)
    give_code(app, event_id, hn, CODE)
    with time_machine.travel(moment, tick=False):  # type: ignore[arg-type]
        sign_in(client, "organizer")
        answer = client.post(
            f"/events/{event_id}/check-in/{CODE}", data={"csrf_token": csrf_token(client)}
        )
    assert answer.status_code == status
    assert minutes_in(app, event_id) == ({} if minutes is None else {hn: minutes})


def test_a_place_that_was_given_back_opens_no_door_and_minutes_by_hand_stay(
    app: Flask, client: FlaskClient
) -> None:
    event_id, hn, gt = held(app, HN, GT, mode="hybrid"), person(app, HN), person(app, GT)
    give_code(app, event_id, hn, CODE)
    give_code(app, event_id, gt, "9" * 26)
    with app.app_context(), transaction() as db:
        db.scalars(
            select(Registration).where(Registration.person_id == hn)
        ).one().status = "cancelled"
    with time_machine.travel(at(9, 30), tick=False):
        sign_in(client, "organizer")
        token = csrf_token(client)
        assert (
            client.post(
                f"/events/{event_id}/check-in/{CODE}", data={"csrf_token": token}
            ).status_code
            == 409
        )
        client.post(
            f"/events/{event_id}/attendance", data={"csrf_token": token, f"minutes-{gt}": "12"}
        )
        assert (
            client.post(
                f"/events/{event_id}/check-in/{'9' * 26}", data={"csrf_token": token}
            ).status_code
            == 303
        )
    assert minutes_in(app, event_id) == {gt: 12}
    assert rows_in(app, AttendanceInterval) == 1


def test_the_door_and_a_report_of_a_hybrid_event_are_one_presence(
    app: Flask, client: FlaskClient
) -> None:
    event_id, hn = held(app, HN, mode="hybrid"), person(app, HN)
    give_code(app, event_id, hn, CODE)
    with time_machine.travel(at(10, 0), tick=False):
        sign_in(client, "organizer")
        client.post(f"/events/{event_id}/check-in/{CODE}", data={"csrf_token": csrf_token(client)})
    applied(app, uploaded(app, event_id, zoom(("x", "official-hn@example.org", "09:00", "10:10"))))
    assert minutes_in(app, event_id) == {hn: 90}
    assert rows_in(app, AttendanceChange) == 1
