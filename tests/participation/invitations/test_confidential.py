"""Confidential meetings: who is invited can open what she was invited to, and nobody else sees
it.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.participation.invitations.rules import ClosedMeeting
from app.participation.registrations.services.registering import (
    cancel_registration,
    register_person,
)
from app.participation.registrations.values import Origin, Way
from tests.participation.invitations.world import a_roster, an_invitation, come, key_of
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)


def test_who_is_written_into_a_confidential_meeting_can_open_it_while_she_is_in(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, is_confidential=True, capacity=1)
    people = {who: actor_of(app, who).person_id or 0 for who in ("official-hn", "official-gt")}
    for person in people.values():
        with app.app_context(), transaction() as db:
            register_person(
                db,
                actor=SYSTEM,
                event_id=event_id,
                person_id=person,
                origin=Origin.ORGANIZER,
                consent_version="",
                now=NOW,
            )
    for who in people:
        sign_in(client, who)
        assert "Rutas de protección" in client.get(f"/events/{event_id}").text
    sign_in(client, "focal-point-hn")
    assert client.get(f"/events/{event_id}").status_code == 404
    with app.app_context(), transaction() as db:
        cancel_registration(
            db, actor=SYSTEM, event_id=event_id, person_id=people["official-gt"], now=NOW
        )
    sign_in(client, "official-gt")
    assert client.get(f"/events/{event_id}").status_code == 404
    sign_in(client, "official-hn")
    sent = {"csrf_token": csrf_token(client)}
    left = client.post(
        f"/events/{event_id}/registrations/cancellation", data=sent, follow_redirects=True
    )
    assert (left.status_code, left.request.path) == (200, "/my-webinars")


@pytest.mark.parametrize("way", [Way.COUNTRY, Way.GROUP, Way.INSTITUTION, Way.PERSON])
def test_nobody_is_invited_to_what_she_could_not_open(app: Flask, way: Way) -> None:
    person = a_roster(app)[0]
    event_id = an_event(app, is_confidential=True)
    with pytest.raises(ClosedMeeting):
        an_invitation(app, event_id, way, person_id=person, group="protection", institution_id=1)


def test_who_is_needed_at_a_confidential_meeting_and_who_has_a_key_are_invited(app: Flask) -> None:
    person = a_roster(app)[0]
    event_id = an_event(app, is_confidential=True, people=[person])
    assert an_invitation(app, event_id, Way.PERSON, person_id=person)
    assert come(app, key_of(app, an_invitation(app, event_id, Way.GUEST))).status == "registered"
