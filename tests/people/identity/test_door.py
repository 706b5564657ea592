"""A session from door to door: what its cookie opens, what ends it, what stands in the journal."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.people.identity.services import accounts
from tests.people.identity.visitor import EMAIL, PASSWORD, Post, her_account, is_in, posting
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token, sign_in


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return her_account(app)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    post("/sign-in", email=EMAIL, password=PASSWORD)
    stolen = client.get_cookie("session")
    assert stolen is not None
    thief = client.application.test_client()
    thief.set_cookie("session", stolen.value)
    assert is_in(thief)
    assert post("/sign-out").status_code == 302
    assert not is_in(client)
    thief.set_cookie("session", stolen.value)
    assert not is_in(thief)


def test_signing_in_replaces_the_cookie_that_was_there(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    token = csrf_token(client)
    post("/sign-in", email=EMAIL, password=PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert "csrf_token" not in session
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 400
    assert is_in(client)


def test_confirming_and_signing_in_again_end_the_key_of_before(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    """What was copied from the cookie opens nothing any more; what was under way still arrives."""
    began = datetime(2026, 11, 30, 15, tzinfo=UTC)
    thief, tab = app.test_client(), app.test_client()

    def copied_to(other: FlaskClient) -> None:
        cookie = client.get_cookie("session")
        assert cookie
        other.set_cookie("session", cookie.value)

    with time_machine.travel(began, tick=False) as moment:
        post("/sign-in", email=EMAIL, password=PASSWORD)
        copied_to(thief)
        copied_to(tab)
        moment.shift(timedelta(minutes=40))
        assert post("/account/confirm", password=PASSWORD).status_code == 303
        moment.shift(timedelta(seconds=9))
        assert [is_in(one) for one in (client, tab)] == [True, True]
        assert client.get("/account/security?lang=es").text.count('<li class="task') == 1
        twice = posting(tab)("/account/confirm", password=PASSWORD)
        assert twice.status_code == 303
        moment.shift(timedelta(seconds=1))
        assert [is_in(one) for one in (client, tab, thief)] == [True, True, False]
        copied_to(thief)
        posting(client)("/sign-in", email=EMAIL, password=PASSWORD)
        assert [is_in(one) for one in (client, thief)] == [True, False]


def test_a_cookie_of_a_session_that_never_was_opens_nothing(
    client: FlaskClient, dunia: int
) -> None:
    sign_in(client, EMAIL)
    with client.session_transaction() as session:
        session["sign_in_key"] = "x" * 43
    assert not is_in(client)
    with client.session_transaction() as session:
        session.pop("sign_in_key")
    assert not is_in(client)


def test_who_came_and_went_stands_in_the_journal(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    post("/sign-in", email=EMAIL, password=PASSWORD)
    post("/sign-out")
    with app.app_context(), reading() as db:
        entries = (
            select(JournalEntry)
            .where(JournalEntry.fact.in_(["SignedIn", "SignedOut"]))
            .order_by(JournalEntry.id)
        )
        seen = [(e.fact, e.actor_account_id, e.payload.get("way")) for e in db.scalars(entries)]
    assert seen == [("SignedIn", dunia, "password"), ("SignedOut", dunia, None)]


def test_a_closed_account_is_out_at_once(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    from app.kernel.actor import SYSTEM

    sign_in(client, EMAIL)
    assert is_in(client)
    with app.app_context(), transaction() as db:
        accounts.close_account(db, actor=SYSTEM, account_id=dunia, now=clock.now())
    assert not is_in(client)
    assert post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 422


def test_a_page_costs_few_queries_for_knowing_who_asks(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "organizer")
    with counted_statements(app) as statements:
        client.get("/healthz")
    assert len(statements) <= 2
