"""What a focal point reads when a nomination cannot be, or need not be, made."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Role
from app.participation.registrations.services.deciding import decline_registration
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import Origin, Way
from tests.participation.invitations.world import a_roster, an_invitation, named, standing
from tests.planning.events.rows import NOW, an_event, change_event_row
from tests.support.actors import an_account, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)


def send(client: FlaskClient, event_id: UUID, path: str = "", **form: str) -> TestResponse:
    return client.post(
        f"/events/{event_id}/nominations{path}", data={"csrf_token": csrf_token(client), **form}
    )


def test_a_second_click_and_a_deadline_that_has_passed_are_told_on_the_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id, people = an_event(app), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    sign_in(client, "focal-point-hn")
    for said in ("Se designó a una persona", "ya estaban designadas"):
        assert send(client, event_id, person=str(people[0])).status_code == 303
        assert said in client.get(f"/events/{event_id}/nominations").text
    change_event_row(app, event_id, registration_closes_at=NOW - timedelta(hours=1))
    late = send(client, event_id, person=str(people[1]))
    assert late.status_code == 409
    assert "La inscripción está cerrada." in late.text
    assert "Persona" in late.text, "the page itself, with the list"


def test_a_swap_brings_in_nobody_whom_the_organizers_declined(
    app: Flask, client: FlaskClient
) -> None:
    event_id, people = an_event(app, needs_approval=True), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    with app.app_context(), transaction() as db:
        register_person(
            db,
            actor=SYSTEM,
            event_id=event_id,
            person_id=people[1],
            origin=Origin.NOMINATION,
            consent_version="",
            now=NOW,
        )
        decline_registration(db, actor=SYSTEM, event_id=event_id, person_id=people[1], now=NOW)
    (mine,) = named(app, event_id, people[:1])
    sign_in(client, "focal-point-hn")
    refused = send(client, event_id, f"/{mine}/swap", successor=str(people[1]))
    assert refused.status_code == 409
    assert "no aceptó a" in refused.text.partition(f'id="successor-{mine}-error"')[2]
    assert f'href="#successor-{mine}"' in refused.text
    assert standing(app, event_id) == {people[0]: "pending", people[1]: "declined"}


def test_nobody_takes_a_place_of_an_event_that_was_called_off(
    app: Flask, client: FlaskClient
) -> None:
    event_id, people = an_event(app), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    (mine,) = named(app, event_id, people[:1])
    change_event_row(app, event_id, status="cancelled", cancelled_at=NOW)
    sign_in(client, "focal-point-hn")
    assert 'name="person"' not in client.get(f"/events/{event_id}/nominations").text
    assert send(client, event_id, f"/{mine}/swap", successor=str(people[1])).status_code == 410
    assert standing(app, event_id) == {people[0]: "registered"}


def test_the_pages_of_an_event_lead_to_nominations_for_who_was_asked_and_to_nobody_else(
    app: Flask, client: FlaskClient
) -> None:
    """Also once all names are given, when nothing on the front page leads there any more."""
    event_id, people = an_event(app), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY, places=1)
    named(app, event_id, people[:1])
    tab = f'href="/events/{event_id}/nominations"'
    for who, is_shown in (
        ("focal-point-hn", True),
        ("focal-point-gt", False),
        ("organizer", False),
    ):
        sign_in(client, who)
        assert (tab in client.get(f"/events/{event_id}").text) is is_shown, who


def test_who_answers_for_two_countries_acts_for_the_one_on_the_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id, ours = an_event(app), a_roster(app, "HN")
    an_invitation(app, event_id, Way.COUNTRY)
    both = [(Role.FOCAL_POINT, "GT"), (Role.FOCAL_POINT, "HN")]
    an_account(app, "both@example.org", roles=both, country="HN")
    sign_in(client, "both@example.org")
    page = client.get(f"/events/{event_id}/nominations")
    assert page.status_code == 200, (
        "the country that was asked, though another comes first by its code"
    )
    action = (
        page.text.partition('<form method="post" action="/events/')[2]
        .partition('"')[0]
        .replace("&amp;", "&")
    )
    sent = client.post(
        f"/events/{action}", data={"csrf_token": csrf_token(client), "person": str(ours[0])}
    )
    assert sent.status_code == 303
    assert standing(app, event_id) == {ours[0]: "registered"}
    home = client.get("/").text
    assert home.count("/nominations") == home.count("/nominations?country=HN")
