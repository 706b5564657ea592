"""Signing in with a single sign-on: against a provider that runs beside, by Authlib."""

from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.openid import (
    Provider,
    ProviderFailed,
    ProviderQuestion,
    address_to_ask,
    identity_of,
    new_question,
    provider_of,
)
from app.kernel.actor import SYSTEM
from app.people.identity.models import Account, LinkedSignIn
from app.people.identity.services.accounts import close_account
from config import Settings
from tests.office.notifications.world import letters
from tests.people.factors.office import protect
from tests.people.identity.visitor import EMAIL, her_account, is_in, posting
from tests.support.actors import an_account, sign_in
from tests.support.databases import settings_for
from tests.support.provider import CLIENT, SECRET, OpenIdProvider, Person, serving

SITE = "http://localhost"
RETURN = f"{SITE}/sign-in/provider/return"


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with pytest.MonkeyPatch.context() as patch, serving(RETURN) as served:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # of the provider: it serves on loopback
        yield served


@pytest.fixture
def settings(provider: OpenIdProvider, database_url: str, tmp_path: Path) -> Settings:
    provider.person, provider.spoils, provider.foreign_key = Person(), {}, False
    secret = tmp_path / "sso-secret"
    secret.write_text(f"{SECRET}\n")
    return settings_for(
        database_url,
        tmp_path / "data",
        base_url=SITE,
        sso_issuer=provider.issuer,
        sso_client_id=CLIENT,
        sso_secret_file=secret,
        sso_name="Cuenta del Instituto",
        sso_second_factor=frozenset({"mfa"}),
        fetch_allow=frozenset({"127.0.0.1"}),
    )


def at_provider(asked: TestResponse) -> str:
    """Goes where the page leads, as the browser does; returns the address it comes back to."""
    assert asked.status_code == 303, asked.text
    return followed(asked.location)


def followed(address: str) -> str:
    with pytest.raises(HTTPError) as moved:
        build_opener(_Stays).open(address)
    location = moved.value.headers["Location"]
    moved.value.close()
    assert location.startswith(RETURN), location
    return str(location.removeprefix(SITE))


def come_back(client: FlaskClient, path: str = "/sign-in/provider") -> TestResponse:
    return client.get(at_provider(client.get(path)))


def known_by(provider: OpenIdProvider) -> Provider:
    return Provider(
        provider.issuer,
        CLIENT,
        secret=SECRET,
        name="",
        proofs=frozenset({"mfa"}),
        allow=frozenset({"127.0.0.1"}),
    )


def link(client: FlaskClient) -> None:
    assert come_back(client).location == "/account/security/provider"
    page = client.get("/account/security/provider?lang=en").text
    assert "Cuenta del Instituto says that you are:" in page
    assert posting(client)("/account/security/provider").location == "/account/security"


def test_a_linked_person_signs_in_and_nobody_else(app: Flask, client: FlaskClient) -> None:
    her_account(app)
    assert "Cuenta del Instituto" in client.get("/sign-in").text
    unlinked = come_back(client)  # the same address of e-mail is not enough
    assert "Aún sin vincular a una cuenta" in unlinked.text
    assert not is_in(client)
    sign_in(client, EMAIL)
    link(client)
    other = app.test_client()
    assert come_back(other, "/sign-in/provider?next=/programme").location == "/programme"
    assert is_in(other)
    assert posting(client)("/account/security/provider/end").status_code == 303
    come_back(fresh := app.test_client())
    assert not is_in(fresh)
    with app.app_context(), reading() as db:
        told = select(JournalEntry.fact).where(JournalEntry.fact.startswith("Provider"))
        assert list(db.scalars(told)) == ["ProviderLinked", "ProviderUnlinked"]


def test_one_person_there_is_one_account_here(app: Flask, client: FlaskClient) -> None:
    her_account(app)
    an_account(app, "otra@example.org")
    sign_in(client, EMAIL)
    link(client)
    sign_in(client, "otra@example.org")
    come_back(client)
    posting(client)("/account/security/provider")
    with app.app_context(), reading() as db:
        owner = select(Account.email).join(LinkedSignIn, LinkedSignIn.account_id == Account.id)
        assert db.scalars(owner).all() == [EMAIL]


def test_two_factors_there_are_the_second_step_here(
    app: Flask, client: FlaskClient, provider: OpenIdProvider
) -> None:
    her_account(app)
    sign_in(client, EMAIL)
    link(client)
    protect(app, EMAIL)
    one_factor, both = app.test_client(), app.test_client()
    assert come_back(one_factor).location == "/sign-in/second"
    assert not is_in(one_factor)
    provider.person.amr = ("pwd", "mfa")
    come_back(both)
    assert is_in(both)


def test_a_second_factor_said_in_an_odd_way_proves_none(
    app: Flask, client: FlaskClient, provider: OpenIdProvider
) -> None:
    her_account(app)
    sign_in(client, EMAIL)
    link(client)
    protect(app, EMAIL)
    for spoils in ({"acr": ["mfa"]}, {"acr": {"mfa": 1}}, {"amr": [["mfa"]]}):
        provider.spoils = spoils
        assert come_back(app.test_client()).location == "/sign-in/second", spoils


def test_owner_is_told_by_letter_that_the_account_was_linked(
    app: Flask, client: FlaskClient
) -> None:
    her_account(app)
    sign_in(client, EMAIL)
    link(client)
    [letter] = letters(app, "dunia")
    for words in ("quedó vinculada a Cuenta del Instituto", "/account/security"):
        assert words in letter.text


def test_a_closed_account_stays_closed(app: Flask, client: FlaskClient) -> None:
    dunia = her_account(app)
    sign_in(client, EMAIL)
    link(client)
    with app.app_context(), transaction() as db:
        close_account(db, actor=SYSTEM, account_id=dunia, now=clock.now())
    come_back(fresh := app.test_client())
    assert not is_in(fresh)


def test_an_answer_works_once_and_in_its_own_browser_only(app: Flask, client: FlaskClient) -> None:
    her_account(app)
    sign_in(client, EMAIL)
    link(client)
    mine, thief = app.test_client(), app.test_client()
    back = at_provider(mine.get("/sign-in/provider"))
    assert thief.get(back).status_code == 502
    thief.get("/sign-in/provider")
    assert thief.get(back).status_code == 502  # another state
    assert mine.get(f"{back}&iss=https://elsewhere.example").status_code == 502
    back = at_provider(mine.get("/sign-in/provider"))
    assert mine.get(back).status_code == 303
    posting(mine)("/sign-out")
    assert mine.get(back).status_code == 502
    assert not is_in(mine)


@pytest.mark.parametrize(
    "spoils",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": ["somebody-else"]},
        {"azp": "somebody-else"},
        {"nonce": "of another question"},
        {"exp": 1_000_000},
        {"iat": 9_000_000_000},
        {"email_verified": False},
        {"at_hash": "x" * 22},
    ],
)
def test_a_token_that_is_not_as_it_must_be_opens_nothing(
    app: Flask, client: FlaskClient, provider: OpenIdProvider, spoils: dict[str, object]
) -> None:
    her_account(app)
    sign_in(client, EMAIL)
    link(client)
    provider.person.email_verified = spoils.pop("email_verified", True) is True
    provider.spoils = spoils
    assert come_back(fresh := app.test_client()).status_code == 502
    assert not is_in(fresh)


def test_a_key_that_is_not_published_is_refused(
    client: FlaskClient, provider: OpenIdProvider
) -> None:
    provider.foreign_key = True
    assert come_back(client).status_code == 502


def test_an_issuer_that_is_nearly_the_same_is_another() -> None:
    with serving(RETURN) as other:
        other.calls_itself = f"{other.issuer}/"
        with pytest.raises(ProviderFailed, match="another issuer"):
            address_to_ask(known_by(other), new_question(), comes_back_to=RETURN)


def test_the_code_is_worth_nothing_without_its_verifier(provider: OpenIdProvider) -> None:
    known = known_by(provider)
    provider.person, provider.spoils = Person(amr=("pwd", "mfa")), {}
    provider.foreign_key = False

    def proven(verifier: str) -> bool:
        asked = new_question()
        back = followed(address_to_ask(known, asked, comes_back_to=RETURN))
        code = parse_qs(urlsplit(back).query)["code"][0]
        told = ProviderQuestion(asked.state, asked.nonce, verifier or asked.verifier)
        found = identity_of(known, told, code=code, comes_back_to=RETURN, now=clock.now())
        return found.is_two_factor

    assert proven("")
    with pytest.raises(ProviderFailed):
        proven("v" * 43)
    provider.person = Person()
    assert not proven("")


def test_without_settings_it_is_off_and_production_wants_https(tmp_path: Path) -> None:
    given = {
        "sso_issuer": "http://127.0.0.1:9",
        "sso_client_id": "c",
        "sso_secret_file": tmp_path / "secret",
        "sso_name": "N",
    }
    assert provider_of(Settings.model_validate({})) is None
    assert Settings.model_validate(given).sso_name == "N"
    with pytest.raises(ValueError, match="must be an https:// address in production"):
        Settings.model_validate({"environment": "production", **given})
    with pytest.raises(ValueError, match="all four or none"):
        Settings.model_validate({"sso_issuer": "https://login.example.org"})


def test_another_sites_link_begins_nothing(client: FlaskClient) -> None:
    for site, status in (
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 303),
        ("none", 303),
    ):
        asked = client.get("/sign-in/provider", headers={"Sec-Fetch-Site": site})
        assert asked.status_code == status
