"""Which language and time zone a reader gets."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.platform import platform
from tests.planning.events.rows import an_event
from tests.support.actors import an_account, sign_in


def language_of(client: FlaskClient, query: str = "", accept: str = "") -> str:
    headers = {"Accept-Language": accept} if accept else {}
    return client.get(f"/sign-in/link-sent{query}", headers=headers).text.split('<html lang="')[1][
        :2
    ]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "es"),
        ("en-GB,en;q=0.8", "en"),
        ("es-HN", "es"),
        ("fr-CA,fr", "es"),
        ("fr,en;q=0.3,es;q=0.2", "en"),
        ("*", "es"),
        ("nonsense;;q", "es"),
    ],
)
def test_the_browser_is_heard_and_spanish_is_the_rest(
    client: FlaskClient, accept: str, language: str
) -> None:
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


def hours_read(client: FlaskClient, event_id: UUID, query: str = "") -> str:
    page = client.get(f"/events/{event_id}{query}").text
    found = re.search(r"(\d\d:\d\d–\d\d:\d\d) en su zona \(([^)]+)\)", page)
    return f"{found[1]} {found[2]}" if found else ""


def test_a_reader_without_a_profile_chooses_her_zone_and_it_is_remembered(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    assert hours_read(client, event_id) == "", "an event in Costa Rica's hours needs no second time"
    assert (
        hours_read(client, event_id, "?zone=America/Santo_Domingo")
        == "11:00–12:30 República Dominicana, UTC−4"
    )
    assert hours_read(client, event_id) == "11:00–12:30 República Dominicana, UTC−4"
    assert (
        hours_read(client, event_id, "?zone=Asia/Tokyo")
        == "11:00–12:30 República Dominicana, UTC−4"
    )


def test_the_zone_of_the_profile_is_not_chosen_at_the_foot_of_a_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    an_account(app, "reader@example.org")
    sign_in(client, "reader@example.org")
    page = client.get(f"/events/{event_id}?zone=America/Santo_Domingo")
    assert "en su zona" not in page.text
    assert 'name="zone"' not in page.text
    assert "timezone=" not in str(page.headers.getlist("Set-Cookie"))


def test_choosing_a_zone_keeps_the_rest_of_the_address(app: Flask, client: FlaskClient) -> None:
    page = client.get(
        "/programme?month=2026-12&group=protection&group=%22%3E%3Cscript%3E&zone=x&lang=es"
    ).text
    foot = page.partition('class="zone-choice"')[2].partition("</form>")[0]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', foot)
    assert kept == [
        ("month", "2026-12"),
        ("group", "protection"),
        ("group", "&#34;&gt;&lt;script&gt;"),
        ("lang", "es"),
    ]
    assert 'value="America/Costa_Rica" selected' in foot
    assert foot.count("<option") == len(platform(app).body.every_zone) > 60


def test_a_page_without_hours_offers_no_zone(client: FlaskClient) -> None:
    assert 'name="zone"' not in client.get("/sign-in?next=/account").text


@pytest.mark.parametrize(
    "name", ["endpoint", "_method", "_external", "_scheme", "_anchor", "self", "values", "lang"]
)
def test_no_name_in_a_query_turns_the_choice_of_language_into_something_else(
    client: FlaskClient, name: str
) -> None:
    page = client.get(f"/about?{name}=x")
    assert page.status_code == 200
    links = re.findall(r'<a href="([^"]+)" lang="en"', page.text)
    assert links
    assert set(links) == {f"/about?{name}=x&amp;lang=en" if name != "lang" else "/about?lang=en"}
