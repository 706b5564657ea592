"""A text over the limit is refused at its field and never cut; a counter says how much is taken."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.planning.events.planning_builders import (
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    plan,
    typed,
)
from tests.support.actors import csrf_token, sign_in

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
LONG = "Título " * 40


def test_no_control_of_ours_cuts_what_is_pasted() -> None:
    cutting = [
        path.name
        for path in TEMPLATES.rglob("*.html")
        if re.search(r'maxlength="', path.read_text())
    ]
    assert cutting == []


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def test_a_title_over_the_limit_is_refused_whole_with_its_counter(page: FlaskClient) -> None:
    empty = page.get("/events/plan").text
    assert "maxlength" not in empty
    assert re.search(r'id="title_es-count">\s*0 de 200 caracteres', empty)
    control = re.search(r'<input[^>]* id="title_es"[^>]*>', empty)
    assert control
    assert 'aria-describedby="title_es-hint title_es-count"' in control[0]
    assert 'data-limit="200"' in control[0]
    sent = page.post(
        "/events/plan",
        data={**typed(action="publish", title_es=LONG), "csrf_token": csrf_token(page)},
    )
    assert sent.status_code == 422
    assert 'href="#title_es"' in sent.text
    assert f'value="{LONG.strip()}"' in sent.text
    assert "279 de 200 caracteres: sobran 79" in sent.text


def test_line_breaks_count_once_in_the_counter_and_at_the_server(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "official-hn")
    summary = "\r\n".join(["a" * 99] * 12)  # 1,188 letters and 11 line breaks
    fields = {
        "category": "good-practice",
        "title_es": "Ventanilla",
        "summary_es": summary,
        "organisation": "INM",
    }
    fields |= {
        "organisation_type": "ministry",
        "country_code": "HN",
        "csrf_token": csrf_token(client),
    }
    too_long = client.post("/good-practices/new", data=fields | {"summary_es": summary + "bb"})
    assert too_long.status_code == 422
    assert "1201 de 1200 caracteres: sobran 1" in too_long.text
    assert "bb</textarea>" in too_long.text
    assert client.post("/good-practices/new", data=fields).status_code == 303


def test_a_calendar_name_over_the_limit_comes_back_whole(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    name = "N" * 2500
    fields = {"whose": "process", "name_es": name, "url": "https://calendar.example.org/a.ics"}
    sent = client.post("/calendars/add", data=fields | {"csrf_token": csrf_token(client)})
    assert sent.status_code == 422
    assert f'value="{name}"' in sent.text


def test_a_list_of_guests_over_the_limit_invites_nobody_and_comes_back_whole(
    page: FlaskClient, app: Flask
) -> None:
    address = f"/events/{plan(app, a_draft())}/invitations/list"
    lines = "Ana;Red;ana@example.org;es\n" * 2300 + "la última"
    fields = {
        "list": lines,
        "class": "special-guest",
        "way": "guest",
        "csrf_token": csrf_token(page),
    }
    sent = page.post(address, data=fields)
    assert sent.status_code == 422
    assert "Todavía no se invitó a nadie" in sent.text
    assert "la última</textarea>" in sent.text
