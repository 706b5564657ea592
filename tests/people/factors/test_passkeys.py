"""Passkeys: made and used by a device without a browser, and once in Chromium with its virtual
authenticator.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading
from app.people.factors.models import Passkey
from tests.people.factors.office import EMAIL, PASSWORD, an_organizer, asked, facts, protect
from tests.people.identity.visitor import Post, is_in, posting
from tests.support.actors import sign_in
from tests.support.authenticator import Authenticator

NEW, ALONE, SECOND = "/account/security/passkeys/new", "/sign-in/passkey", "/sign-in/second"


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return an_organizer(app)


@pytest.fixture
def device(client: FlaskClient, post: Post, dunia: int) -> Authenticator:
    """A device whose passkey Dunia has added."""
    made = Authenticator()
    sign_in(client, EMAIL)
    answer = made.made(asked(client, NEW))
    done = post(NEW, name="My telephone", secret_answer=answer)
    assert done.text.count('class="code-groups"') == 10
    return made


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


def test_passkey_alone_signs_in(
    app: Flask, stranger: FlaskClient, dunia: int, device: Authenticator
) -> None:
    answer = device.used(asked(stranger, f"{ALONE}?next=/desk"))
    entered = posting(stranger)(ALONE, secret_answer=answer, next="/desk")
    assert (entered.status_code, entered.location, is_in(stranger)) == (303, "/desk", True)
    assert facts(app, dunia)[-1] == "SignedIn"


def test_answer_that_is_sent_again_is_refused(
    stranger: FlaskClient, app: Flask, device: Authenticator
) -> None:
    device.counts = False  # as those that are synchronised: nothing else tells the second time
    answer = device.used(asked(stranger, ALONE))
    assert posting(stranger)(ALONE, secret_answer=answer).status_code == 303
    again = app.test_client()
    assert posting(again)(ALONE, secret_answer=answer).status_code == 422
    assert not is_in(again)


def test_what_no_device_of_the_account_answered_is_refused(
    stranger: FlaskClient, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, send = asked(stranger, ALONE), posting(stranger)
    copied = replace(device, key=Authenticator().key)
    backwards = replace(device, count=0)
    device.count = 5
    ours = device.used(asked(stranger, ALONE))
    assert send(ALONE, secret_answer=ours).status_code == 303
    send("/sign-out")
    wrong = {
        "another site": replace(device, origin="https://convoca.example.net"),
        "another name": replace(device, rp_id="example.net"),
        "no finger, face or PIN": replace(device, is_verified=False),
        "another key": copied,
        "a count that went back": backwards,
        "a passkey that nobody added": Authenticator(),
    }
    for why, pretender in wrong.items():
        answer = pretender.used(asked(stranger, ALONE))
        assert send(ALONE, secret_answer=answer).status_code == 422, why
    for challenge in ("", "AAAA", asked(stranger, ALONE)["challenge"][:-4] + "AAAA"):
        answer = device.used({"challenge": challenge})
        assert send(ALONE, secret_answer=answer).status_code == 422
    for nonsense in ("", "{}", "[]", "null", '{"response": 1}', "x" * 30_000):
        assert send(ALONE, secret_answer=nonsense).status_code == 422
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send(ALONE, secret_answer=device.used(question)).status_code == 422
    assert not is_in(stranger)


def test_passkey_is_the_second_step_of_its_owner_only(
    app: Flask, stranger: FlaskClient, device: Authenticator
) -> None:
    send = posting(stranger)
    other = "other@example.org"
    an_organizer(app, other)
    protect(app, other)
    assert send("/sign-in", email=other, password=PASSWORD).location == SECOND
    answer = device.used(asked(stranger, ALONE))
    assert send(SECOND, secret_answer=answer).status_code == 422
    assert not is_in(stranger)
    send("/sign-out")
    assert send("/sign-in", email=EMAIL, password=PASSWORD).location == SECOND
    answer = device.used(asked(stranger, SECOND))
    assert send(SECOND, secret_answer=answer).status_code == 303
    assert is_in(stranger)


def test_passkey_that_one_account_has_is_no_other_accounts(
    app: Flask, client: FlaskClient, post: Post, device: Authenticator
) -> None:
    other = "other@example.org"
    an_organizer(app, other)
    sign_in(client, other)
    answer = device.made(asked(client, NEW))
    assert post(NEW, name="Mine now", secret_answer=answer).status_code == 422
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(Passkey)).all()) == 1


def test_at_another_address_than_the_public_one_codes_are_offered(client: FlaskClient) -> None:
    page = client.get(f"{ALONE}?lang=en", base_url="http://127.0.0.1").text
    assert "data-asked" not in page
    assert "Passkeys work at the public address" in page


def test_passkey_in_a_browser(browser: Browser, tmp_path: Path, database_url: str) -> None:
    """Made, used alone and used as the second step, by keyboard."""
    from tests.support.browser import Pages
    from tests.support.server import serving

    with serving(database_url, tmp_path / "var") as server:
        address = server.url.replace("127.0.0.1", "localhost")
        server.app.extensions["convoca"].settings = server.app.extensions[
            "convoca"
        ].settings.model_copy(update={"base_url": address})
        an_organizer(server.app)
        pages = Pages(browser, address)
        page = pages.open("/sign-in?next=/account/security/passkeys/new", width=390, lang="es")
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.get_by_label("Correo electrónico").first.fill(EMAIL)
        page.get_by_role("textbox", name="Contraseña").fill(PASSWORD)
        page.get_by_role("textbox", name="Contraseña").press("Enter")
        page.get_by_label("Nombre de la llave de acceso").fill("Mi teléfono")
        page.get_by_label("Nombre de la llave de acceso").press("Enter")
        expect(page.get_by_role("heading", name="Sus códigos de respaldo")).to_be_visible()
        page.get_by_role("link", name="Ya los guardé").press("Enter")
        expect(page.get_by_role("heading", name="Mi teléfono")).to_be_visible()
        page.goto(f"{address}/account/security")
        page.context.clear_cookies()
        page.goto(f"{address}/sign-in?next=/account/security")
        page.get_by_role("link", name="Ingresar con una llave de acceso").press("Enter")
        page.get_by_role("button", name="Usar mi llave de acceso").press("Enter")
        expect(page.get_by_role("heading", name="Llaves de acceso")).to_be_visible()
        page.context.clear_cookies()
        page.goto(f"{address}/sign-in?next=/account/security")
        page.get_by_label("Correo electrónico").first.fill(EMAIL)
        page.get_by_role("textbox", name="Contraseña").fill(PASSWORD)
        page.get_by_role("textbox", name="Contraseña").press("Enter")
        page.get_by_role("button", name="Usar mi llave de acceso").press("Enter")
        expect(page.get_by_role("heading", name="Llaves de acceso")).to_be_visible()
        pages.close()
