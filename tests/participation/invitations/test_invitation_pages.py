"""The page behind an invitation's key says why nobody may register by it now, before a form is
filled in.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.participation.registrations.values import Way
from tests.participation.invitations.world import an_invitation, key_of
from tests.planning.events.rows import NOW, STARTS, an_event, change_event_row
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)


@pytest.mark.parametrize(
    ("changes", "later", "said"),
    [
        ({"status": "cancelled", "cancelled_at": NOW}, timedelta(), "Este evento se canceló."),
        (
            {"registration_closes_at": NOW - timedelta(hours=1)},
            timedelta(),
            "La inscripción está cerrada.",
        ),
        ({}, STARTS - NOW, "Este evento ya comenzó."),
        ({"starts_at": None, "ends_at": None}, timedelta(), "no tiene fecha exacta"),
    ],
)
def test_what_stands_in_the_way_is_said_instead_of_the_form(
    app: Flask, client: FlaskClient, changes: dict[str, Any], later: timedelta, said: str
) -> None:
    event_id = an_event(app)
    path = f"/invitation/{key_of(app, an_invitation(app, event_id, Way.GUEST))}"
    assert 'name="form_key"' in client.get(path).text
    change_event_row(app, event_id, **changes)
    with time_machine.travel(NOW + later, tick=False):
        page = client.get(path)
    assert page.status_code == 200
    assert said in page.text
    assert 'name="form_key"' not in page.text


@pytest.mark.parametrize(
    ("way", "typed", "linked"),
    [
        ("person", {"person": "7"}, ["person"]),
        ("institution", {"institution": ""}, ["institution"]),
        ("group", {"group": "no-group"}, ["group"]),
        (
            "country",
            {"country": "ZZ", "places": "unas", "respond_by": "2020-01-01"},
            ["country", "places", "respond_by"],
        ),
        ("guest", {"name": " ", "email": "nada"}, ["name", "email"]),
        (
            "link",
            {"name": "Red Ñ", "places": "1,5", "closes_on": "mañana"},
            ["places", "closes_on"],
        ),
    ],
)
def test_each_mistake_of_an_invitation_stands_at_its_field(
    app: Flask, client: FlaskClient, way: str, typed: dict[str, str], linked: list[str]
) -> None:
    sign_in(client, "organizer")
    path = f"/events/{an_event(app)}/invitations/new"
    sent = {"way": way, "open_to": "besides", "class": "observer", "note": "Con «cariño»", **typed}
    answer = client.post(path, data={**sent, "csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == linked
    assert set(linked) <= set(re.findall(r' id="([^"]+)"', answer.text))
    assert answer.text.count('class="field-error"') == len(linked)
    kept = [text for name, text in typed.items() if name in ("places", "closes_on", "email")]
    for text in ("Con «cariño»</textarea>", *(f'value="{text}"' for text in kept)):
        assert text in answer.text
    assert re.search(r'<input checked [^>]*name="class"[^>]*value="observer"', answer.text)


def test_list_of_guests_without_a_class_is_kept_with_the_sentence_at_its_own_field(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "organizer")
    path = f"/events/{an_event(app)}/invitations/list"
    answer = client.post(path, data={"list": "Ana; ; a@x", "csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == ["class-of-list"]
    assert "\nAna; ; a@x</textarea>" in answer.text
