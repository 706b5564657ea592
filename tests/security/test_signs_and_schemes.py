"""What makes a text look like another one, and addresses that run instead of leading somewhere:
refused when they are stored, and again when they are shown.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading
from app.infra.orm import Base
from app.kernel.text import is_printable, openable
from app.office.writing.models import WrittenLetter
from app.planning.calendars.models import CalendarSource
from app.planning.events.models import Event
from tests.planning.events.planning_builders import typed
from tests.security.matrix import TRUTH
from tests.security.world import address, built, copied, copy_in, routes
from tests.support.actors import csrf_token, sign_in

TURNED = "Acta\u202efdp.exe"
RUNS = "javascript:alert(1)//https://example.org/"
OURS = {"unsubscribe_url"}
"""Columns whose addresses are written by us and shown to nobody."""
LINKS = re.compile(rb"""(?:href|src|action)\s*=\s*["']?\s*javascript:""", re.IGNORECASE)


@pytest.mark.parametrize(
    "sign", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2069"]
)
def test_signs_that_turn_the_line_are_not_printable(sign: str) -> None:
    assert not is_printable(f"Acta{sign}fdp.exe")
    assert is_printable("Niñez y migración · 2ª sesión\n“Ñandú”")


@pytest.mark.parametrize(
    ("path", "fields", "table"),
    [
        ("/events/plan", typed(title_es=TURNED, action="publish"), Event),
        (
            "/letters/new",
            {
                "to": "organizers",
                "subject_es": TURNED,
                "subject_en": "x",
                "text_es": "Hola",
                "text_en": "Hi",
            },
            WrittenLetter,
        ),
        (
            "/calendars/add",
            {"whose": "process", "name_es": TURNED, "url": "https://calendar.example.org/a.ics"},
            CalendarSource,
        ),
    ],
)
def test_title_or_subject_that_turns_the_line_is_refused_at_its_field(
    app: Flask, client: FlaskClient, path: str, fields: dict[str, Any], table: type[Base]
) -> None:
    sign_in(client, "organizer")
    answer = client.post(f"{path}?lang=en", data={**fields, "csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert "invisible signs that turn the line around" in answer.text
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        (RUNS, False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_page_links_to_the_web_only(url: str | None, shown: bool) -> None:
    assert openable(url) == (url if shown else "")


def addresses_that_run(file: Path) -> int:
    """Writes an address that runs into every column of addresses, past all forms and all rules of
    the database; returns how many columns there are.
    """
    columns = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("url") and column.name not in OURS
    ]
    with closing(sqlite3.connect(file)) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for table, column in columns:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} != ''", [RUNS])
    return len(columns)


@pytest.mark.parametrize("who", ["organizer", "official-hn"])
def test_address_that_runs_is_a_link_on_no_page(who: str, tmp_path: Path) -> None:
    file, objects = built()
    with copied(file, tmp_path) as app:
        assert addresses_that_run(copy_in(tmp_path)) >= 9
        client = app.test_client()
        sign_in(client, who)
        found, shown = [], 0
        for endpoint, method, rule in routes(app):
            if method != "GET" or rule.rule.startswith(("/api", "/content")) or "pdf" in rule.rule:
                continue
            if who not in TRUTH[endpoint]:
                continue  # a refusal shows nothing of what the page holds
            answer = client.get(address(rule, objects))
            page = answer.get_data()
            shown += b"javascript:alert(1)" in page
            if LINKS.search(page):
                found.append(rule.rule)
        assert found == []
        assert shown or who == "official-hn", "some page shows such an address as its words"
