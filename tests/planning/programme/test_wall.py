"""A table that was drawn for one reader is given only to those who see the same in it."""

from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.planning.events.models import Event
from app.planning.programme.views import month
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import sign_in

pytestmark = pytest.mark.at(NOW)
DECEMBER = "/programme?month=2026-12"


def drawn() -> int:
    return month._drawn.cache_info().misses


def table(client: FlaskClient, address: str = DECEMBER, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == HTTPStatus.OK
    return answer.text.partition("<table")[2].partition("</table")[0]


def test_the_same_table_is_drawn_once(app: Flask, client: FlaskClient) -> None:
    an_event(app)
    first, before = table(client), drawn()
    assert (table(client), drawn()) == (first, before)


def test_each_reader_is_given_the_table_of_what_they_see(app: Flask, client: FlaskClient) -> None:
    an_event(app)
    an_event(app, title="en preparación", status="draft", published_at=None)
    guest = table(client)
    assert "en preparación" not in guest
    assert ">jueves<" in guest
    assert ">Thursday<" in table(client, f"{DECEMBER}&lang=en")
    assert "09:00" in guest
    assert "10:00" in table(client, f"{DECEMBER}&lang=es&zone=America/Panama")
    prefixed = table(client, environ_overrides={"SCRIPT_NAME": "/convoca"})
    assert 'href="/convoca/events/' in prefixed
    assert 'href="/events/' in guest
    sign_in(client, "organizer")
    organizer = table(client)
    assert "en preparación" in organizer
    assert "plan-here" in organizer
    assert "plan-here" not in guest


def test_a_change_shows_at_once(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    assert "Rutas de protección" in table(client)
    with app.app_context(), transaction() as db:
        event = db.get_one(Event, event_id)
        event.title = type(event.title)(es="Otro nombre", en="Another name")
    shown = table(client)
    assert "Otro nombre" in shown
    assert "Rutas" not in shown
    with time_machine.travel("2026-12-10T12:00+00:00", tick=False):
        assert 'aria-current="date"' in table(client)
