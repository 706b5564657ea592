"""R61: somebody is invited by letter; the link in it survives scanners, works once and lapses."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.refusal import NotAllowed
from app.people.identity import queries
from app.people.identity.models import Account, RoleGrant
from app.people.identity.rules import AddressTaken, InvitationSettled
from app.people.identity.services import inviting
from tests.office.notifications.world import letters
from tests.people.identity.visitor import is_in, posting
from tests.support.actors import actor_of

NEW = "nueva@example.org"
LINK = re.compile(r"/invited/[\w-]+")


def invited(app: Flask, role: Role | None = Role.CONVENOR, scope: str = "protection") -> int:
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return inviting.invite(db, actor=actor, email=NEW, role=role, scope=scope, now=clock.now())


def link_to(app: Flask) -> str:
    found = LINK.search(letters(app, "nueva")[-1].text)
    assert found is not None
    return found[0]


def test_r61_invitation_survives_scanners_and_works_once(app: Flask, client: FlaskClient) -> None:
    invited(app)
    link = link_to(app)
    for _ in range(2):
        shown = client.get(f"{link}?lang=en")
        assert (shown.status_code, "You are invited" in shown.text) == (200, True)
    assert "Convenor, Protection" in shown.text
    assert (posting(client)(link).status_code, is_in(client)) == (303, True)
    again = app.test_client()
    assert posting(again)(link).status_code == 410
    assert not is_in(again)
    with app.app_context(), reading() as db:
        grant = db.scalars(select(RoleGrant).join(Account).where(Account.email == NEW)).one()
    assert (grant.role, grant.scope) == (Role.CONVENOR, "protection")


def test_r61_invitation_lapses_after_fourteen_days(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited(app)
    link, began = link_to(app), clock.now()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(days=13, hours=23))
    assert client.get(link).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(days=14, minutes=1))
    gone = client.get(f"{link}?lang=es")
    assert (gone.status_code, "ya no sirve" in gone.text) == (410, True)
    assert posting(client)(link).status_code == 410


def test_r61_invitation_sent_again_has_a_new_link_and_the_old_one_is_dead(
    app: Flask, client: FlaskClient
) -> None:
    number = invited(app)
    old = link_to(app)
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        inviting.resend_invitation(db, actor=actor, invitation_id=number, now=clock.now())
    new = link_to(app)
    assert (client.get(old).status_code, client.get(new).status_code) == (410, 200)
    with app.app_context(), transaction() as db:
        inviting.use_invitation(db, token=new.rpartition("/")[2], now=clock.now())
    assert client.get(new).status_code == 410
    with app.app_context(), transaction() as db, pytest.raises(InvitationSettled):
        inviting.resend_invitation(db, actor=actor, invitation_id=number, now=clock.now())


def test_r61_invitation_handed_over_opens_without_a_letter(app: Flask, client: FlaskClient) -> None:
    number = invited(app, None, "")
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        token = inviting.hand_over_invitation(
            db, actor=actor, invitation_id=number, now=clock.now()
        )
    assert client.get(f"/invited/{token}").status_code == 200


def test_only_the_secretariat_invites_and_an_address_only_once(app: Flask) -> None:
    invited(app)
    with pytest.raises(AddressTaken):
        invited(app)
    for who in ("focal-point-hn", "official-hn"):
        actor = actor_of(app, who)
        with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
            inviting.invite(db, actor=actor, email="x@example.org", now=clock.now())
        with app.app_context(), reading() as db, pytest.raises(NotAllowed):
            queries.invitations_of(db, actor=actor)
