"""Somebody who was written down by mistake is taken out again while nothing hangs on the record."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.office.outbox.models import Message
from app.office.outbox.queries import message_to_send
from app.participation.registrations.models import Registration
from app.people.directory.models import Appointment, FocalPoint, Person, Post
from app.people.identity.models import Account
from app.people.identity.services.sign_in import open_sign_in
from app.people.identity.values import SignInWay
from tests.planning.events.rows import an_event
from tests.support.actors import csrf_token, sign_in
from tests.support.following import let_follow
from tests.training.turnover.builders import an_institution
from tests.training.turnover.pressing import press_twice

OFFICE = "Dirección de Migración"


@pytest.fixture
def wrong(app: Flask, client: FlaskClient) -> int:
    """Somebody whom the focal point of Honduras has just added, with a letter that waits."""
    with app.app_context(), transaction() as db:
        an_institution(db)
    sign_in(client, "focal-point-hn")
    line = f"Persona Equivocada;otra@example.org;{OFFICE};Cónsul;2026-01-05"
    data = {"people": line, "csrf_token": csrf_token(client)}
    assert press_twice(client, "/countries/HN/officials/paste", data).status_code == 303
    let_follow(app, "notifications.on_account_invited")
    with app.app_context(), reading() as db:
        return db.scalars(select(Person.id).where(Person.full_name == "Persona Equivocada")).one()


def take_back(client: FlaskClient, person: int) -> int:
    data = {"csrf_token": csrf_token(client)}
    return client.post(f"/people/{person}/removal", data=data).status_code


def test_wrong_person_is_taken_out_with_post_letter_and_account(
    app: Flask, client: FlaskClient, wrong: int
) -> None:
    with app.app_context(), reading() as db:
        queued = db.scalars(select(Message)).one()
        letter = message_to_send(db, queued.id, entry_id=queued.entry_id or 0)
    assert letter is not None
    token = re.search(r"/invited/([\w-]+)", letter.body)
    assert token is not None
    assert f'href="/people/{wrong}/removal"' in client.get(f"/people/{wrong}").text
    assert "No ha salido ninguna carta" in client.get(f"/people/{wrong}/removal").text
    assert take_back(client, wrong) == 303
    assert "Se retiró a Persona Equivocada" in client.get("/countries/HN/roster").text
    for path in ("/countries/HN/roster?search=equivocada", "/search?q=equivocada"):
        assert f"/people/{wrong}" not in client.get(path).text
    with app.app_context(), reading() as db:
        assert db.scalars(select(Appointment.id)).all() == []
        assert db.scalars(select(Post.id)).all() == []
        assert db.scalars(select(Message.id)).all() == []
        assert (
            db.scalar(select(func.count(Account.id)).where(Account.email == "otra@example.org"))
            == 0
        )
    assert client.get(f"/invited/{token[1]}").status_code == 410
    assert client.get(f"/people/{wrong}").status_code == 404
    assert take_back(client, wrong) == 404


@pytest.mark.parametrize("what", ["registration", "office", "sign-in"])
def test_what_hangs_on_the_record_keeps_it_and_is_said(
    app: Flask, client: FlaskClient, wrong: int, what: str
) -> None:
    event = an_event(app)
    with app.app_context(), transaction() as db:
        now = clock.now()
        if what == "registration":
            db.add(
                Registration(
                    event_id=event,
                    person_id=wrong,
                    status="registered",
                    created_at=now,
                    changed_at=now,
                )
            )
        elif what == "office":
            db.add(FocalPoint(person_id=wrong, country_code="HN", valid_from=now.date()))
        else:
            account = db.scalars(select(Account.id).where(Account.person_id == wrong)).one()
            open_sign_in(db, account_id=account, way=SignInWay.LINK, now=now)
    page = client.get(f"/people/{wrong}/removal").text
    assert "Ya hay algo registrado sobre esta persona" in page
    assert f'action="/people/{wrong}/removal"' not in page
    assert take_back(client, wrong) == 409
    assert client.get(f"/people/{wrong}").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("focal-point-gt", 404), ("official-hn", 403)])
def test_nobody_of_another_country_takes_somebody_out(
    client: FlaskClient, wrong: int, who: str, status: int
) -> None:
    sign_in(client, who)
    assert client.get(f"/people/{wrong}/removal").status_code == status
    assert take_back(client, wrong) == status
    sign_in(client, "focal-point-hn")
    assert client.get(f"/people/{wrong}").status_code == 200
