"""The agenda on screen: by each clock, written without scripts, with names for who is signed in."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import reading, transaction
from app.planning.agenda.views import days_of
from app.planning.arranging.queries.planning import session_details
from app.planning.events.queries.events import event_of
from tests.planning.agenda.agenda import ANA, a_session, added, an_event, spans
from tests.planning.events.planning_builders import (
    NINE,
    ORGANIZER,
    act_as,
    furnish,
    seal_of,
)
from tests.support.actors import csrf_token


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as db:
            furnish(db)
        yield


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


def typed(**changes: Any) -> dict[str, Any]:
    shown = [seal_of(person) for person in changes.get("people", ())]
    return {
        "shown": shown,
        "action": "save",
        "kind": "panel",
        "title_es": "Panel «rutas»",
        "on": "2027-03-09",
        "start": "10:00",
        "end": "11:00",
        **changes,
    }


def test_a_session_is_written_and_a_double_booking_is_refused_on_screen(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event()
    act_as(app, ORGANIZER)
    path = f"/events/{event_id}/agenda/new"
    token = {"csrf_token": csrf_token(client)}
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
