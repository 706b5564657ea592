"""The page of one's own account: who one is, preferences, the password, tokens."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.people.identity.models import ApiToken, FeedToken
from app.people.identity.services import accounts
from app.people.identity.services import tokens as services_tokens
from app.people.identity.services.providers import link_provider
from app.people.identity.values import SignInWay
from tests.people.identity.visitor import EMAIL, PASSWORD, Post, her_account, is_in, posting
from tests.support.actors import bearer, sign_in


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return her_account(app)


def test_a_link_to_single_sign_on_can_be_removed_where_it_was_switched_off(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    actor = sign_in(client, EMAIL)
    with app.app_context(), transaction() as db:
        link_provider(db, actor=actor, issuer="https://a.example", subject="1", now=clock.now())
    way = "/account/security/provider/end"
    assert way in client.get("/account/security").text
    assert post(way).location == "/account/security"
    assert way not in client.get("/account/security").text


@pytest.mark.parametrize(
    ("lang", "role"), [("es", "Punto focal, Honduras"), ("en", "Focal point, Honduras")]
)
def test_the_account_page_says_who_one_is_and_until_when(
    client: FlaskClient, lang: str, role: str
) -> None:
    sign_in(client, "focal-point-hn")
    shown = client.get(f"/account?lang={lang}")
    assert "Dunia Zúñiga Mejía" in shown.text
    assert role in shown.text
    assert ("1 de enero de 2020" if lang == "es" else "1 January 2020") in shown.text
    assert len(shown.data) < 30_000
    assert shown.headers["Cache-Control"] == "no-store"


def test_preferences_are_kept_and_beat_an_earlier_choice(client: FlaskClient, post: Post) -> None:
    sign_in(client, "official-hn")
    assert "<h1>My account</h1>" in client.get("/account?lang=en").text
    saved = post("/account/preferences", language="es", timezone="America/Toronto")
    assert saved.location == "/account"
    shown = client.get("/account").text
    assert "<h1>Mi cuenta</h1>" in shown
    assert "Sus preferencias quedaron guardadas." in shown
    assert re.search(r'<option selected value="America/Toronto">', shown)


@pytest.mark.parametrize(
    ("field", "value"), [("language", "fr"), ("timezone", "Mars/Base"), ("timezone", "")]
)
def test_preferences_that_do_not_exist_are_refused_at_the_field(
    client: FlaskClient, post: Post, field: str, value: str
) -> None:
    sign_in(client, "official-hn")
    answer = post(
        "/account/preferences", **{"language": "es", "timezone": "America/Panama", field: value}
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    other = client.application.test_client()
    sign_in(other, EMAIL)
    sign_in(client, EMAIL)
    new = "otra frase larga y nueva"
    wrong = post("/account/password", old_password="not mine", new_password=new)
    assert (wrong.status_code, "Esta no es su contraseña actual." in wrong.text) == (422, True)
    short = post("/account/password", old_password=PASSWORD, new_password="corta")
    assert (short.status_code, "Use al menos 15 caracteres." in short.text) == (422, True)
    own = post("/account/password", old_password=PASSWORD, new_password="Dunia Zúñiga 123456")
    assert (own.status_code, "se adivinan primero" in own.text) == (422, True)
    assert (
        post("/account/password", old_password=PASSWORD, new_password=new).location
        == "/account/security"
    )
    assert is_in(client)
    assert not is_in(other)
    post("/sign-out")
    assert post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 422
    assert post("/sign-in", email=EMAIL, password=new).status_code == 302


def test_a_forgotten_password_is_replaced_after_a_fresh_link_only(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    sign_in(client, EMAIL, SignInWay.PASSWORD)
    assert post("/account/password", new_password="otra frase larga y nueva").status_code == 422
    sign_in(client, EMAIL, SignInWay.LINK)
    assert 'name="old_password"' not in client.get("/account/security").text
    assert post("/account/password", new_password="otra frase larga y nueva").status_code == 303
    assert post("/account/password", new_password="una tercera frase distinta").status_code == 422


def test_the_old_password_cannot_be_guessed_from_inside(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    sign_in(client, EMAIL)
    answers = [
        post("/account/password", old_password="guess", new_password="x" * 20).status_code
        for _ in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_a_token_is_listed_and_revoked_by_its_owner_only(
    app: Flask, client: FlaskClient, post: Post
) -> None:
    mine, hers = bearer(app, "organizer"), bearer(app, "official-hn")
    with app.app_context(), reading() as db:
        tokens = {t.account_id: t.id for t in db.scalars(select(ApiToken))}
    me = sign_in(client, "organizer")
    others = next(
        token_id for account_id, token_id in tokens.items() if account_id != me.account_id
    )
    assert f"/account/tokens/{tokens[me.account_id]}/revoke" in client.get("/account").text
    assert post(f"/account/tokens/{others}/revoke").status_code == 404
    assert post(f"/account/tokens/{tokens[me.account_id]}/revoke").status_code == 302
    assert app.test_client().get("/api/v1/me", headers=mine).status_code == 401
    assert app.test_client().get("/api/v1/me", headers=hers).status_code == 200


def keys_of(app: Flask, account_id: int) -> tuple[str, str]:
    with app.app_context(), transaction() as db:
        now = clock.now()
        bearer_key = services_tokens.issue_api_token(
            db, account_id=account_id, label="panel", now=now
        )
        return bearer_key, services_tokens.issue_feed_token(db, account_id=account_id, now=now)


def keys_work(app: Flask, keys: tuple[str, str]) -> tuple[bool, bool]:
    stranger = app.test_client()
    me = stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {keys[0]}"})
    return me.status_code == 200, stranger.get(f"/calendar/{keys[1]}/me.ics").status_code == 200


@pytest.mark.parametrize("is_ticked", [True, False])
def test_new_password_ends_keys_unless_one_unticks_it(
    app: Flask, client: FlaskClient, post: Post, dunia: int, is_ticked: bool
) -> None:
    ticked = {"ends_keys": "y"} if is_ticked else {}
    keys = keys_of(app, dunia)
    assert keys_work(app, keys) == (True, True)
    sign_in(client, EMAIL)
    assert re.search(
        r'<input[^>]* checked [^>]*id="ends_keys"', client.get("/account/security").text
    )
    assert post(
        "/account/password",
        old_password=PASSWORD,
        new_password="otra frase larga y nueva",
        **ticked,
    ).location
    assert keys_work(app, keys) == (not is_ticked, not is_ticked)


def test_refused_new_password_keeps_the_box_as_it_was(
    client: FlaskClient, post: Post, app: Flask, dunia: int
) -> None:
    keys_of(app, dunia)
    sign_in(client, EMAIL)
    refused = post("/account/password", old_password=PASSWORD, new_password="corta")
    assert refused.status_code == 422
    assert not re.search(r'<input[^>]* checked [^>]*id="ends_keys"', refused.text)


def test_closing_ends_tokens_and_calendar_addresses(app: Flask, dunia: int) -> None:
    keys = keys_of(app, dunia)
    with app.app_context(), transaction() as db:
        accounts.close_account(db, actor=SYSTEM, account_id=dunia, now=clock.now())
    assert keys_work(app, keys) == (False, False)
    with app.app_context(), reading() as db:
        assert db.scalars(select(FeedToken.revoked_at)).one() is not None


def test_token_says_when_it_ends_and_ends_then(
    app: Flask, client: FlaskClient, dunia: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 15, 40, tzinfo=UTC))
    token, _ = keys_of(app, dunia)
    headers = {"Authorization": f"Bearer {token}"}
    sign_in(client, EMAIL)
    assert "vence el 24 de noviembre de 2027" in " ".join(
        client.get("/account?lang=es").text.split()
    )
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 11, 24, 15, 39, tzinfo=UTC))
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 11, 24, 15, 41, tzinfo=UTC))
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    sign_in(client, EMAIL)
    assert "venció el 24 de noviembre de 2027" in client.get("/account?lang=es").text


def test_token_made_before_tokens_had_an_end_lasts_a_year(app: Flask, dunia: int) -> None:
    headers = {"Authorization": f"Bearer {keys_of(app, dunia)[0]}"}
    for age, status in ((364, 200), (366, 401)):
        with app.app_context(), transaction() as db:
            made_at = clock.now() - timedelta(days=age)
            db.execute(update(ApiToken).values(expires_at=None, created_at=made_at))
        assert app.test_client().get("/api/v1/me", headers=headers).status_code == status
