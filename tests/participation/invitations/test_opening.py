"""Inviting never shuts an open event silently: the form asks, and says whom it would shut out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.participation.registrations.rules import NotInvited
from app.participation.registrations.values import Way
from tests.participation.invitations.world import an_invitation, standing
from tests.participation.registrations.builders import asks, people_of
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)


def invites(client: FlaskClient, path: str, country: str, **more: str) -> TestResponse:
    fields = {"way": "country", "class": "member-country", "country": country, **more}
    return client.post(path, data={**fields, "csrf_token": csrf_token(client)})


def test_two_countries_are_invited_besides_and_the_event_stays_open(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    other, ours = people_of(app, ["GT", "HN"])
    sign_in(client, "organizer")
    path = f"/events/{event_id}/invitations/new"
    for country in ("HN", "SV"):
        asked = invites(client, path, country)
        assert asked.status_code == 422
        assert "Diga si el evento sigue abierto" in asked.text
        assert f'<option selected value="{country}">' in asked.text
        assert invites(client, path, country, open_to="besides").status_code == 303
    assert asks(app, event_id, other) == "registered"
    assert asks(app, event_id, ours) == "registered"  # besides: their country is not the only door


def test_only_those_invited_shuts_out_the_others_and_says_so_before(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    early, late = people_of(app, ["GT", "GT"])
    assert asks(app, event_id, early) == "registered"
    sign_in(client, "organizer")
    path = f"/events/{event_id}/invitations/new"
    shown = client.get(f"{path}?way=country").text
    assert "nadie más de estos países podrá inscribirse: Belice, Canadá, Costa Rica" in shown
    assert "Ya hay una persona inscrita a la que hasta ahora no nombra ninguna invitación" in shown
    assert invites(client, path, "HN", open_to="only").status_code == 303
    with pytest.raises(NotInvited):
        asks(app, event_id, late)
    assert standing(app, event_id) == {early: "registered"}
    assert 'name="open_to"' not in client.get(f"{path}?way=country").text  # it is settled
    assert invites(client, path, "SV").status_code == 303


def test_a_guest_and_an_open_link_shut_nobody_out_and_ask_nothing(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    sign_in(client, "organizer")
    for way in (Way.GUEST, Way.LINK):
        assert (
            'name="open_to"' not in client.get(f"/events/{event_id}/invitations/new?way={way}").text
        )


@pytest.mark.both_databases
def test_a_letter_besides_lets_somebody_in_where_an_event_is_for_those_invited(app: Flask) -> None:
    event_id = an_event(app)
    one, other, third = people_of(app, ["GT", "HN", "HN"])
    an_invitation(app, event_id, Way.PERSON, person_id=one, keeps_open=True)
    assert asks(app, event_id, third) == "registered"
    an_invitation(app, event_id, Way.PERSON, person_id=third)
    assert asks(app, event_id, one) == "registered"
    with pytest.raises(NotInvited):
        asks(app, event_id, other)
