"""Which language and time zone a reader gets."""

import pytest
from flask.testing import FlaskClient

from tests.support.actors import an_account, sign_in


def language_of(client: FlaskClient, query: str = "", accept: str = "") -> str:
    headers = {"Accept-Language": accept} if accept else {}
    return client.get(f"/sign-in/link-sent{query}", headers=headers).text.split('<html lang="')[1][:2]


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "es"), ("en-GB,en;q=0.8", "en"), ("es-HN", "es"), ("fr-CA,fr", "es"), ("fr,en;q=0.3,es;q=0.2", "en"),
     ("*", "es"), ("nonsense;;q", "es")],
)  # fmt: skip
def test_the_browser_is_heard_and_spanish_is_the_rest(client: FlaskClient, accept: str, language: str) -> None:
    assert language_of(client, accept=accept) == language


def test_the_profile_beats_the_browser_and_a_choice_beats_the_profile(client: FlaskClient) -> None:
    an_account(client.application, "reader@example.org", language="en")
    assert language_of(client, accept="es") == "es"
    sign_in(client, "reader@example.org")
    assert language_of(client, accept="es") == "en"
    assert language_of(client, "?lang=es", accept="en") == "es"
    assert language_of(client, accept="en") == "es"  # the choice is remembered
    assert language_of(client, "?lang=en") == "en"


def test_an_unknown_choice_is_no_choice(client: FlaskClient) -> None:
    answer = client.get("/sign-in/link-sent?lang=%3Cscript%3E")
    assert '<html lang="es">' in answer.text
    assert "language=" not in str(answer.headers.getlist("Set-Cookie"))
    client.set_cookie("language", "klingon")
    assert language_of(client) == "es"


def test_the_choice_is_remembered_for_a_year(client: FlaskClient) -> None:
    cookie = client.get("/sign-in/link-sent?lang=en").headers["Set-Cookie"]
    assert "language=en" in cookie
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
