"""All countries invited by one press: who is asked, what is refused and why, and the letters."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.participation.invitations.services.inviting import invite_countries
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import Way
from app.people.directory.models import FocalPoint
from tests.participation.invitations.test_inviting import letters
from tests.participation.invitations.world import TODAY, an_invitation
from tests.planning.events.rows import NOW, an_event, counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
TERMS = InvitationDraft(InvitationClass.MEMBER_COUNTRY, Way.COUNTRY, places=3, note="Bienvenidas.")


def test_each_country_is_invited_by_its_own_rules(app: Flask) -> None:
    event_id = an_event(app)
    an_invitation(app, event_id, Way.COUNTRY)
    with app.app_context(), transaction() as db:
        done = invite_countries(
            db,
            actor=SYSTEM,
            event_id=event_id,
            codes=("GT", "HN", "MX", "GT"),
            terms=replace(TERMS, keeps_open=True),
            now=NOW,
        )
    assert done.made == ("GT", "MX")
    assert [code for code, _why in done.refused] == ["HN"]
    assert "already exists" in done.refused[0][1].msgid
    with app.app_context(), reading() as db:
        rows = db.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert [(row.country_code, row.places, row.keeps_open) for row in rows[1:]] == [
        ("GT", 3, True),
        ("MX", 3, True),
    ]


def test_page_ticks_who_is_not_invited_and_one_press_invites_them(
    app: Flask, client: FlaskClient
) -> None:
    event_id, focal = an_event(app), actor_of(app, "focal-point-gt")
    with app.app_context(), transaction() as db:
        db.add(FocalPoint(person_id=focal.person_id or 0, country_code="GT", valid_from=TODAY))
    an_invitation(app, event_id, Way.COUNTRY)
    sign_in(client, "organizer")
    path = f"/events/{event_id}/invitations/countries"
    with counted_statements(app) as before:
        page = client.get(path).text
    assert len(re.findall(r'<input checked [^>]*name="country"', page)) == 10
    assert "Ya invitados: Honduras." in page
    assert "Invitar a 10 países" in page
    assert "1 persona recibirá esta carta" in page
    sent = {"csrf_token": csrf_token(client), "open_to": "besides", "country": ["GT", "HN"]}
    refused = client.post(path, data={**sent, "country": []})
    assert refused.status_code == 422
    assert "Marque al menos un país." in refused.text
    shown = client.post(path, data={**sent, "note": "Traigan su agenda.", "preview": "1"})
    assert "Traigan su agenda." in shown.text
    assert "Indique quién asiste" in shown.text
    assert not letters(app)
    done = client.post(path, data=sent, follow_redirects=True).text
    assert "Se invitó a 1 país." in done
    assert "Honduras: " in done
    assert len(letters(app)) == 1
    with counted_statements(app) as after:
        client.get(path)
    assert len(after) <= len(before)
