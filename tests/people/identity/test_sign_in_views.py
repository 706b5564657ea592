"""Signing in through the pages, in both languages: by password, by link, in the demo; and how often
it may be tried.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.people.identity.models import Account, SignInLink
from app.people.identity.services import accounts, sign_in
from app.people.identity.values import PERSONAS
from tests.people.identity.visitor import (
    EMAIL,
    PASSWORD,
    Post,
    her_account,
    is_in,
    posting,
    try_more,
)
from tests.support import apps
from tests.support.actors import account_id_of, csrf_token
from tests.support.databases import settings_for
from tests.support.lifetime import close_app


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return her_account(app)


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = apps.made(settings_for(database_url, tmp_path / "var", demo=True))
    yield app
    close_app(app)


def page(answer: TestResponse) -> str:
    return re.sub(r'(value|nonce)="[^"]{20,}"|nonce-[\w-]+|<code>\w+</code>', "", answer.text)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", ("Ingresar", "El correo o la contraseña no son correctos")),
        ("en", ("Sign in", "The e-mail address or the password is wrong")),
    ],
)
def test_a_password_opens_the_door_in_both_languages(
    client: FlaskClient, post: Post, dunia: int, lang: str, words: tuple[str, str]
) -> None:
    title, wrong = words
    assert f"<h1>{title}</h1>" in client.get(f"/sign-in?lang={lang}").text
    refused = post("/sign-in", email=EMAIL, password=PASSWORD + "x")
    assert (refused.status_code, is_in(client)) == (422, False)
    assert wrong in refused.text
    assert f'value="{EMAIL}"' in refused.text
    assert PASSWORD not in refused.text
    entered = post("/sign-in", email=f" {EMAIL.upper()} ", password=PASSWORD, next="/verify?code=1")
    assert (entered.status_code, entered.location) == (302, "/verify?code=1")
    assert is_in(client)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_link_survives_scanners_and_works_once(
    client: FlaskClient, post: Post, dunia: int, lang: str
) -> None:
    heading = {"es": "Falta un paso", "en": "One more step"}[lang]
    with client.application.app_context(), transaction() as db:
        token = sign_in.issue_sign_in_link(db, account_id=dunia, now=clock.now())
    for _ in range(3):
        shown = client.get(f"/sign-in/link/{token}?lang={lang}")
        assert shown.status_code == 200
        assert heading in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
    assert not is_in(client)
    assert post(f"/sign-in/link/{token}").location == "/"
    assert is_in(client)
    post("/sign-out")
    again = post(f"/sign-in/link/{token}")
    assert (again.status_code, is_in(client)) == (410, False)
    assert ("Este enlace ya se usó" if lang == "es" else "This link has been used") in again.text


def test_used_link_says_when_and_names_no_account(
    client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 15, 40, tzinfo=UTC))
    with client.application.app_context(), transaction() as db:
        token = sign_in.issue_sign_in_link(db, account_id=dunia, now=clock.now())
    post(f"/sign-in/link/{token}")
    opened_again = client.get(f"/sign-in/link/{token}?lang=en")
    assert opened_again.status_code == 410
    assert "09:40" in opened_again.text
    assert "You are signed in: go on" in opened_again.text
    post("/sign-out")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 16, 40, tzinfo=UTC))
    later = client.get(f"/sign-in/link/{token}?lang=en")
    assert "Somebody signed in with it at 09:40" in later.text
    assert "#with-link" in later.text
    assert EMAIL not in later.text


def test_unused_link_says_when_it_ended_and_unknown_link_says_nothing(
    client: FlaskClient, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 15, 40, tzinfo=UTC))
    with client.application.app_context(), transaction() as db:
        token = sign_in.issue_sign_in_link(db, account_id=dunia, now=clock.now())
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    lapsed = client.get(f"/sign-in/link/{token}?lang=en")
    assert (lapsed.status_code, "Nobody used it. It ended at 09:55" in lapsed.text) == (410, True)
    unknown = client.get("/sign-in/link/never-made?lang=en")
    assert (unknown.status_code, "It ended at" in unknown.text) == (410, False)


def test_a_wrong_or_expired_link_is_gone(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    with app.app_context(), transaction() as db:
        token = sign_in.issue_sign_in_link(
            db, account_id=dunia, now=clock.now() - timedelta(minutes=15)
        )
    for spent in (token, "x" * 43, "%ff%fe"):
        assert post(f"/sign-in/link/{spent}").status_code == 410
    assert not is_in(client)


def test_asking_for_a_link_leads_by_mail_to_a_session(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    assert post("/sign-in/link", link_email=EMAIL).location == "/sign-in/link-sent"
    with app.app_context():
        platform(app).jobs.drain()
    letters = [
        file.read_text(encoding="utf-8")
        for file in (platform(app).settings.data / "mail").iterdir()
    ]
    assert len(letters) == 1
    token = re.search(r"/sign-in/link/([\w-]{43})", letters[0].replace("=\n", ""))
    assert token is not None
    post(f"/sign-in/link/{token[1]}")
    assert is_in(client)


def test_nobody_learns_which_addresses_have_an_account(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    known, unknown = EMAIL, "nadia@example.org"
    bodies = {}
    for who in (known, unknown):
        sent = post("/sign-in/link", link_email=who)
        tried = post("/sign-in", email=who, password="not the password at all")
        bodies[who] = (
            sent.status_code,
            sent.location,
            page(sent),
            tried.status_code,
            page(tried).replace(who, "…"),
        )
    assert bodies[known] == bodies[unknown]


def test_an_unknown_address_costs_a_hash_too(
    client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = accounts.HASHER

    class Watched:
        def verify(self, stored: str, typed: str) -> bool:
            seen.append(stored)
            return real.verify(stored, typed)

    monkeypatch.setattr(accounts, "HASHER", Watched())
    post("/sign-in", email=EMAIL, password="not the password at all")
    post("/sign-in", email="nobody@example.org", password="not the password at all")
    assert len(seen) == 2
    assert {stored[: len("$argon2id$v=19$m=19456,t=2,p=1$")] for stored in seen} == {
        "$argon2id$v=19$m=19456,t=2,p=1$"
    }


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "x"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(
    client: FlaskClient, post: Post, dunia: int, target: str
) -> None:
    assert (
        "evil"
        not in client.get("/sign-in", query_string={"next": target})
        .text.split('class="langs"')[-1]
        .split("<main")[1]
    )
    assert post("/sign-in", email=EMAIL, password=PASSWORD, next=target).location == "/"
    assert client.get("/sign-in", query_string={"next": target}).location == "/"


def test_the_eleventh_wrong_password_waits_and_the_owner_elsewhere_does_not(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    assert post("/sign-in", email=EMAIL, password="wrong").status_code == 422
    try_more(client.application, "both", 8)
    assert post("/sign-in", email=EMAIL, password="wrong").status_code == 422
    for password in ("wrong", PASSWORD):
        stopped = post("/sign-in", email=EMAIL, password=password)
        assert stopped.status_code == 429
        assert "Intente de nuevo en 5 min" in stopped.text
        assert 280 < int(stopped.headers["Retry-After"]) <= 300
    assert post("/sign-in", "192.0.2.9", email=EMAIL, password=PASSWORD).status_code == 302
    assert is_in(client)


def test_one_address_cannot_try_many_accounts_and_many_addresses_not_one_account(
    client: FlaskClient, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "is_password", lambda typed, stored: False)
    answers = []
    for n, more in ((0, 58), (1, 0), (2, 0)):
        tried = post("/sign-in", email=f"a{n}@example.org", password="wrong")
        answers.append(tried.status_code)
        try_more(client.application, "address", more)
    assert answers == [422, 422, 429]
    assert guesses_elsewhere(client, post, EMAIL) == [422, 422, 429]


def guesses_elsewhere(client: FlaskClient, post: Post, email: str) -> list[int]:
    """Answers to the first, the fiftieth and the next try for an account, each from an address of
    its own.
    """
    answers = []
    for n, more in ((0, 48), (1, 0), (2, 0)):
        tried = post("/sign-in", f"192.0.2.{n}", email=email, password="wrong")
        answers.append(tried.status_code)
        try_more(client.application, "account", more)
    return answers


def test_ministry_behind_one_address_is_not_locked_out_by_its_own_typing_errors(
    client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody signed in from there; then colleagues mistype eighty times."""
    assert post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302
    post("/sign-out")
    client.delete_cookie("known-device")
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "is_password", lambda typed, stored: False)
        for n, more in ((0, 78), (1, 0)):
            tried = post("/sign-in", email=f"a{n}@example.org", password="wrong")
            assert tried.status_code == 422
            try_more(client.application, "address", more)
    assert post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302


def test_owner_signs_in_with_a_known_browser_whoever_guesses(
    app: Flask, client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302
    post("/sign-out")
    stranger = posting(app.test_client())
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "is_password", lambda typed, stored: False)
        assert guesses_elsewhere(client, stranger, EMAIL) == [422, 422, 429]
    assert stranger("/sign-in", email=EMAIL, password=PASSWORD).status_code == 429
    assert post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302


def test_known_browser_has_ten_tries_and_only_for_its_own_account(
    app: Flask, client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    post("/sign-in", email=EMAIL, password=PASSWORD)
    post("/sign-out")
    monkeypatch.setattr(accounts, "is_password", lambda typed, stored: False)
    answers = [
        post("/sign-in", f"192.0.2.{n}", email=EMAIL, password="wrong").status_code
        for n in range(11)
    ]
    assert answers == [422] * 10 + [429]
    assert guesses_elsewhere(client, post, "b@example.org") == [422, 422, 429]


@pytest.mark.parametrize("cookie", ["nonsense", "e30.aaaa.bbbb", "é"])
def test_device_cookie_that_we_did_not_write_gains_nothing(
    client: FlaskClient, post: Post, cookie: str
) -> None:
    client.set_cookie("known-device", cookie)
    answers = []
    for more in (8, 0, 0):
        answers.append(post("/sign-in", email=EMAIL, password="wrong").status_code)
        try_more(client.application, "both", more)
    assert answers == [422, 422, 429]


def test_refused_owner_is_shown_the_way_by_link(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    post("/sign-in", email=EMAIL, password="wrong")
    try_more(client.application, "both", 9)
    refused = post("/sign-in?lang=en", email=EMAIL, password=PASSWORD)
    assert refused.status_code == 429
    assert "You can still sign in with a link by e-mail" in refused.text
    assert refused.text.count(f'value="{EMAIL}"') == 2
    assert PASSWORD not in refused.text


def test_nobody_is_kept_out_by_links_that_others_ask_for(
    app: Flask, client: FlaskClient, post: Post, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody asks in Dunia's name every other minute for 80 minutes; at each moment one of the
    letters lets Dunia in.
    """
    began = clock.now()
    for minute in range(0, 80, 2):
        now = began + timedelta(minutes=minute)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert post("/sign-in/link", f"192.0.2.{minute}", link_email=EMAIL).status_code == 302
        with app.app_context():
            platform(app).jobs.drain()
            with reading() as db:
                works = select(SignInLink.id).where(
                    SignInLink.expires_at > now + timedelta(minutes=4)
                )
                assert db.scalars(works).first() is not None, minute
    assert len(list((platform(app).settings.data / "mail").glob("*.eml"))) <= 14


def test_known_and_unknown_addresses_are_answered_alike_when_links_are_asked_for(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    for who in (EMAIL, "nobody@example.org"):
        answers = [
            post("/sign-in/link", f"192.0.2.{n}", link_email=who).status_code for n in range(7)
        ]
        assert answers == [302] * 7


@pytest.mark.parametrize(
    "email", ["", "nonsense", "a@b@c", "a\t@example.org", "a@x.org, b@x.org", "é" * 300 + "@x.org"]
)
def test_bad_addresses_get_a_sentence_and_keep_what_was_typed(
    client: FlaskClient, post: Post, email: str
) -> None:
    for path, name in (("/sign-in", "email"), ("/sign-in/link", "link_email")):
        answer = post(path, **{name: email, "password": "x"})
        assert answer.status_code == 422
        assert "Escriba un correo, por ejemplo nombre@example.org." in answer.text
        assert f'href="#{name}"' in answer.text
        if email.isascii() and email and "\t" not in email:
            assert f'value="{email}"' in answer.text


def test_without_demo_there_are_no_personas(client: FlaskClient, post: Post) -> None:
    account_id_of(client.application, "organizer")
    assert "/sign-in/demo/" not in client.get("/sign-in").text
    assert post("/sign-in/demo/organizer").status_code == 404
    assert not is_in(client)


def test_in_the_demo_one_click_is_enough(demo: Flask) -> None:
    client = demo.test_client()
    account_id_of(demo, "organizer")
    shown = client.get("/sign-in?next=/verify").text
    assert re.findall(r"/sign-in/demo/([\w-]+)", shown) == ["organizer"]  # the only one loaded
    for persona in PERSONAS[:5]:
        account_id_of(demo, persona.slug)
    shown = client.get("/sign-in?next=/verify").text
    assert re.findall(r"/sign-in/demo/([\w-]+)", shown) == [
        persona.slug for persona in PERSONAS[:5]
    ]
    assert "María José Ñáñez Güell" in shown
    form = {"csrf_token": csrf_token(client), "next": "/verify"}
    assert client.post("/sign-in/demo/stranger", data=form).status_code == 404
    assert client.post("/sign-in/demo/official-gt", data=form).status_code == 404  # not loaded
    assert client.post("/sign-in/demo/organizer").status_code == 400
    assert client.post("/sign-in/demo/organizer", data=form).location == "/verify"
    assert is_in(client)


def test_a_password_of_the_lists_asks_for_another(
    app: Flask, client: FlaskClient, post: Post
) -> None:
    her_account(app)
    with app.app_context(), transaction() as db:  # chosen before the lists were asked
        account = db.scalars(select(Account).where(Account.email == EMAIL)).one()
        account.password = accounts.hash_password("qwerty123456789")
    answer = post("/sign-in", email=EMAIL, password="qwerty123456789", next="/programme")
    assert answer.location == "/account/security?change=1"
    page = client.get(f"{answer.location}").text
    assert re.search("<details[^>]* open>", page)
    assert "en las listas de contraseñas robadas" in page
