"""Which letters somebody wants: on a page of their own, or by the key in a letter's foot, also with
one press.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.infra.database import reading
from app.infra.secret_keys import SecretKeys
from app.office.notifications.queries import own_wishes
from app.office.notifications.values import Wishes
from app.office.outbox.rules import person_of_key, wish_key
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.databases import KEYS

HER = "official-hn"


def wishes(app: Flask) -> tuple[bool, ...]:
    person = actor_of(app, HER).person_id
    assert person is not None
    with app.app_context(), reading() as db:
        w = own_wishes(db, person)
    return w.week, w.day, w.hour, w.calendar, w.attachment, w.letters


@pytest.fixture
def link(app: Flask) -> str:
    person = actor_of(app, HER).person_id
    assert person is not None
    return f"/wishes/{wish_key(KEYS, person)}"


def test_who_never_said_anything_gets_everything_but_files() -> None:
    assert Wishes() == Wishes(
        week=True, day=True, hour=True, calendar=True, attachment=False, letters=True
    )


def test_signed_in_one_chooses_on_a_page_that_the_account_leads_to(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, HER)
    assert 'href="/messages/wishes"' in client.get("/account").text
    assert client.get("/messages/wishes").text.count(" checked") == 5
    sent = {"day": "1", "attachment": "1", "csrf_token": csrf_token(client)}
    assert client.post("/messages/wishes", data=sent).status_code == 303
    assert wishes(app) == (False, True, False, False, True, False)
    page = client.get("/messages/wishes").text
    assert page.count(" checked") == 2


def test_opening_the_link_changes_nothing_and_its_button_does(
    app: Flask, client: FlaskClient, link: str
) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert wishes(app) == (True, True, True, True, False, True)
    sent = {"hour": "1", "csrf_token": csrf_token(client)}
    assert client.post(f"{link}/choice", data=sent).status_code == 303
    assert wishes(app) == (False, False, True, False, False, False)


def test_one_press_in_a_mail_program_stops_reminders_without_session_token_or_redirect(
    app: Flask, client: FlaskClient, link: str
) -> None:
    """RFC 8058: no cookie, no token of a form, no context; what is not a reminder still comes."""
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert wishes(app) == (False, False, False, True, False, False)
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_only_the_one_press_goes_without_a_token(
    app: Flask, client: FlaskClient, link: str
) -> None:
    assert client.post(f"{link}/choice", data={"day": "1"}).status_code == 400
    sign_in(client, HER)
    assert client.post("/messages/wishes", data={"day": "1"}).status_code == 400
    assert wishes(app) == (True, True, True, True, False, True)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_key_we_did_not_sign_opens_nothing(
    app: Flask, client: FlaskClient, link: str, method: str
) -> None:
    for forged in (
        f"{link}x",
        f"/wishes/{wish_key(SecretKeys('another secret'), 1)}",
        "/wishes/1",
        f"/wishes/{wish_key(KEYS, 10**6)}",
    ):
        assert getattr(client, method)(forged).status_code == 404


@given(st.integers(1, 2**62), st.text(max_size=40))
def test_a_key_is_one_person_s_and_no_words_are_a_key(person: int, words: str) -> None:
    assert person_of_key(KEYS, wish_key(KEYS, person)) == person
    assert person_of_key(KEYS, words) is None
