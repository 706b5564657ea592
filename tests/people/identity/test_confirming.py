"""What cannot be undone, or gives power, asks who it is that holds a session begun a while ago."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.platform import platform
from app.people.identity.values import SignInWay
from tests.people.identity.visitor import EMAIL, PASSWORD, Post, her_account, posting
from tests.support import apps
from tests.support.actors import sign_in
from tests.support.databases import settings_for
from tests.support.lifetime import close_app

Later = Callable[..., None]


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return her_account(app)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """`later(minutes=31)`: from now on it is so much later."""
    began = clock.now()

    def pass_by(**span: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(**span))

    return pass_by


@pytest.mark.parametrize(
    "path",
    [
        "/account/close",  # refused: the last organizer
        "/privacy/people/1/erase",
        "/presidency",
        "/presidency/1/people",
        "/presidency/1/people/1/end",
        "/delegations/HN/focal-point",
        "/delegations/HN/focal-point/end",
        "/audit.xlsx",
        "/account/data.json",
        "/privacy/people/1/data.json",
        "/status/backup",
    ],
)
def test_session_begun_a_while_ago_is_asked_who_it_is(
    client: FlaskClient, post: Post, later: Later, path: str
) -> None:
    sign_in(client, "organizer")
    later(minutes=29)
    assert not (post(path).location or "").startswith("/account/confirm")
    later(minutes=31)
    asked = post(path)
    assert (asked.status_code, asked.location) == (303, "/account/confirm")


def test_focal_point_confirms_before_the_roster_leaves(
    client: FlaskClient, post: Post, later: Later
) -> None:
    sign_in(client, "focal-point-hn")
    assert post("/countries/HN/roster.csv").status_code == 200
    later(minutes=31)
    assert post("/countries/HN/roster.csv").location == "/account/confirm"


def test_delegate_to_a_group_is_named_without_confirming(
    client: FlaskClient, post: Post, later: Later
) -> None:
    """No role goes with it."""
    sign_in(client, "organizer")
    later(minutes=31)
    assert post("/delegations/HN/protection").status_code == 422


def test_account_is_not_closed_before_its_owner_confirms(
    client: FlaskClient, post: Post, dunia: int, later: Later
) -> None:
    sign_in(client, EMAIL)
    later(minutes=31)
    shown = client.get("/account/close?lang=en").text
    token = re.search(r'name="form_token" value="([^"]+)"', shown)
    assert token is not None
    asked = post("/account/close", form_token=token[1])
    assert asked.location == "/account/confirm?next=/account/close"
    page = client.get(asked.location)
    assert "Confirm that it is you" in page.text
    assert 'value="/account/close"' in page.text
    wrong = post("/account/confirm", password="not mine", next="/account/close")
    assert (wrong.status_code, "This is not your current password" in wrong.text) == (422, True)
    assert post("/account/close").location == "/account/confirm"
    back = post("/account/confirm", password=PASSWORD, next="/account/close")
    assert (back.status_code, back.location) == (303, "/account/close")
    assert client.get("/account/confirm?next=/account/close").location == "/account/close"
    later(minutes=62)
    assert post("/account/close").location == "/account/confirm"
    post("/account/confirm", password=PASSWORD)
    assert post("/account/close").location == "/"
    assert client.get("/account").status_code == 302


def test_what_was_typed_comes_back_after_confirming(
    client: FlaskClient, post: Post, later: Later
) -> None:
    sign_in(client, "organizer")
    later(minutes=31)
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/presidency").text)
    assert token is not None
    typed = {"country": "GT", "valid_from": "2027-03-04", "valid_until": "2028-03-04"}
    asked = post("/presidency", form_token=token[1], **typed)
    assert asked.location.startswith("/account/confirm?next=/presidency?kept")
    page = client.get(asked.location).text
    target = re.search(r'name="next" value="([^"]+)"', page)
    assert target is not None
    assert 'value="2027-03-04"' in client.get(target[1]).text


def test_person_without_password_confirms_by_a_link_and_comes_back(
    app: Flask, client: FlaskClient, post: Post, later: Later
) -> None:
    sign_in(client, "official-hn", SignInWay.LINK)
    later(minutes=31)
    page = client.get("/account/confirm?next=/account/close&lang=en").text
    assert 'type="password"' not in page
    assert "official-hn@example.org" in page
    assert post("/account/confirm", password="anything at all").status_code == 422
    assert post("/account/confirm/link", next="/account/close").location == "/sign-in/link-sent"
    with app.app_context():
        platform(app).jobs.drain()
    [letter] = (platform(app).settings.data / "mail").glob("*.eml")
    token = re.search(
        r"/sign-in/link/([\w-]{43})", letter.read_text(encoding="utf-8").replace("=\n", "")
    )
    assert token is not None
    assert post(f"/sign-in/link/{token[1]}").location == "/account/close"
    assert post("/account/close").location == "/"


def test_password_cannot_be_guessed_while_confirming(
    client: FlaskClient, post: Post, dunia: int, later: Later
) -> None:
    sign_in(client, EMAIL)
    later(minutes=31)
    answers = [post("/account/confirm", password="guess").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_confirming_sends_unsafe_targets_to_the_front_page(
    client: FlaskClient, post: Post, dunia: int, later: Later, target: str
) -> None:
    sign_in(client, EMAIL)
    later(minutes=31)
    assert post("/account/confirm", password=PASSWORD, next=target).location == "/"


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = apps.made(settings_for(database_url, tmp_path / "var", demo=True))
    yield app
    close_app(app)


def test_persona_confirms_by_a_press_in_the_demonstration_only(
    demo: Flask, app: Flask, client: FlaskClient, post: Post, later: Later
) -> None:
    persona = demo.test_client()
    sign_in(persona, "organizer", SignInWay.DEMO)
    sign_in(client, "organizer", SignInWay.DEMO)
    later(minutes=31)
    assert (
        "En esta demostración basta con un clic"
        in persona.get("/account/confirm?next=/presidency").text
    )
    assert posting(persona)("/account/confirm/demo", next="/presidency").location == "/presidency"
    assert not (posting(persona)("/presidency").location or "").startswith("/account/confirm")
    assert post("/account/confirm/demo", next="/presidency").status_code == 403
