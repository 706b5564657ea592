"""Whose registrations a focal point sees, and whose registration who may cancel until when; asked of
pages and of the API.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.people.directory.models import Person
from tests.participation.registrations.builders import people_of, statuses
from tests.planning.events.rows import NOW, STARTS, add_registration, an_event
from tests.support.actors import actor_of, bearer, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
GUEST = "Invitada de Honduras"


def a_guest_of_honduras(app: Flask) -> int:
    (person_id,) = people_of(app, ["HN"])
    with app.app_context(), transaction() as db:
        person = db.get_one(Person, person_id)
        person.is_guest, person.full_name = True, GUEST
    return person_id


def test_r50_focal_point_sees_no_guest_of_their_own_country(
    app: Flask, client: FlaskClient
) -> None:
    """Guests come to one event for themselves; the country does not answer for them."""
    event_id, official = an_event(app, groups=["protection"]), actor_of(app, "official-hn")
    abroad = actor_of(app, "official-gt")
    for person_id in (official.person_id, abroad.person_id, a_guest_of_honduras(app)):
        assert person_id is not None
        add_registration(app, event_id, person_id)
    page = f"/events/{event_id}/registrations"
    sign_in(client, "focal-point-hn")
    own = client.get(page).text
    assert official.name in own
    assert GUEST not in own
    assert abroad.name not in own
    sheet = client.post(f"{page}.csv", data={"csrf_token": csrf_token(client)})
    assert GUEST not in sheet.text
    sign_in(client, "organizer")
    assert GUEST in client.get(page).text


def cancel(client: FlaskClient, app: Flask, event_id: UUID, at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        headers = bearer(app, "official-hn")
        return client.delete(f"/api/v1/events/{event_id}/registrations", headers=headers)


def test_registration_is_cancelled_until_the_event_starts_and_not_at_that_moment(
    app: Flask, client: FlaskClient
) -> None:
    late, early = an_event(app), an_event(app, title="Otra")
    official = actor_of(app, "official-hn").person_id or 0
    for event_id in (late, early):
        add_registration(app, event_id, official)
    assert cancel(client, app, late, STARTS).status_code == 409
    assert statuses(app, late) == {official: "registered"}
    assert cancel(client, app, early, STARTS - timedelta(seconds=1)).status_code == 200
    assert statuses(app, early) == {official: "cancelled"}


@pytest.mark.parametrize("status", ["cancelled", "declined"])
def test_registration_that_is_over_is_not_cancelled_again(
    app: Flask, client: FlaskClient, status: str
) -> None:
    event_id, official = an_event(app), actor_of(app, "official-hn").person_id or 0
    add_registration(app, event_id, official, status=status)
    answer = cancel(client, app, event_id, NOW)
    assert (answer.status_code, answer.json["was_registered"]) == (200, False)
    assert statuses(app, event_id) == {official: status}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("organizer", "cancelled"),
        ("convenor-protection", "cancelled"),
        ("convenor-labour", "registered"),
        ("focal-point-hn", "registered"),
        ("official-gt", "registered"),
    ],
)
def test_only_who_runs_the_event_removes_a_registration_that_somebody_made_for_themselves(
    app: Flask, client: FlaskClient, who: str, status: str
) -> None:
    event_id = an_event(app, groups=["protection"])
    official = actor_of(app, "official-hn").person_id or 0
    add_registration(app, event_id, official)
    sign_in(client, who)
    client.post(
        f"/events/{event_id}/registrations/{official}/removal",
        data={"csrf_token": csrf_token(client)},
    )
    assert statuses(app, event_id) == {official: status}
