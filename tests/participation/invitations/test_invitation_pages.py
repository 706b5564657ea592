"""The page behind an invitation's key says why nobody may register by it now, before a form is
filled in.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.participation.admission.values import Way
from tests.participation.invitations.world import an_invitation, key_of
from tests.planning.events.rows import NOW, STARTS, an_event, change_event_row


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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
