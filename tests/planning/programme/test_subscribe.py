"""Addresses of calendars: who gets one, when it stops working, who sees what of it, and the page
that gives it out.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import create_app
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.people.identity.models import FeedToken
from app.people.identity.rules import calendar_program
from app.people.identity.services.tokens import rotate_feed_token
from tests.planning.events.rows import NOW, an_event, personal_feed_path
from tests.support.actors import account_id_of, csrf_token, sign_in
from tests.support.browser import click
from tests.support.databases import settings_for
from tests.support.forms import tokens_of
from tests.support.lifetime import close_app

if TYPE_CHECKING:
    from tests.support.browser import OpenPage


@pytest.mark.at(NOW)
def test_an_unknown_address_is_404_and_a_replaced_one_410(app: Flask, client: FlaskClient) -> None:
    path = personal_feed_path(app, "official-hn")
    assert client.get("/calendar/no-such-token/me.ics").status_code == 404
    assert client.get(path).status_code == 200
    account_id = account_id_of(app, "official-hn")
    with app.app_context(), transaction() as db:
        rotate_feed_token(db, account_id=account_id, now=NOW)
    assert client.get(path).status_code == 410


@pytest.mark.at(NOW)
def test_the_owner_sees_when_and_by_what_an_address_was_used_last(
    app: Flask, client: FlaskClient
) -> None:
    path = personal_feed_path(app, "official-hn")
    sign_in(client, "official-hn")
    assert "Sin uso todavía." in client.get("/calendar").text
    program = {"User-Agent": "Google-Calendar-Importer/1.0 (build 4711)"}
    for _ in range(3):
        assert client.get(path, headers=program).status_code == 200
    etag = client.get(path, headers=program).headers["ETag"]
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        outlook = {
            "User-Agent": "Microsoft Office/16.0 (Microsoft Outlook 16.0)",
            "If-None-Match": etag,
        }
        assert client.get(path, headers=outlook).status_code == 304
        sign_in(client, "official-hn")
        page = client.get("/calendar").text
    assert "jueves, 26 de noviembre de 2026" in page
    assert "Outlook" in page
    with app.app_context(), reading() as db:
        told = db.scalars(
            select(JournalEntry.payload).where(JournalEntry.fact == "FeedTokenUsed")
        ).all()
    assert [entry["client"] for entry in told] == ["Google Calendar", "Outlook"]
    assert "4711" not in str(told)


@pytest.mark.at(NOW)
def test_others_learn_nothing_of_my_addresses(app: Flask, client: FlaskClient) -> None:
    client.get(personal_feed_path(app, "official-hn"))
    sign_in(client, "official-gt")
    assert "Último uso" not in client.get("/calendar").text


@pytest.mark.at(NOW)
def test_the_key_of_a_calendar_is_in_no_log(
    app: Flask, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = personal_feed_path(app, "official-hn")
    database = platform(app).settings.database
    loud = create_app(settings_for(database, tmp_path / "var", environment="development"))
    assert loud.test_client().get(path).status_code == 200
    close_app(loud)
    written = capfd.readouterr().err
    assert "/calendar/<token>/me.ics" in written
    assert path.split("/")[2] not in written


@pytest.mark.at(NOW)
def test_the_page_makes_an_address_once_and_replaces_it(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "official-hn")
    assert "me.ics" not in client.get("/calendar").text
    made = client.post("/calendar/addresses", data={"csrf_token": csrf_token(client)})
    path = address_in(made.text)
    assert "webcal://localhost/calendar/" in made.text
    assert client.get(path).status_code == 200
    replaced = client.post(
        "/calendar/addresses/replacement", data={"csrf_token": csrf_token(client)}
    )
    assert client.get(path).status_code == 410
    assert client.get(address_in(replaced.text)).status_code == 200


def address_in(html: str) -> str:
    start = html.index('value="http://localhost/calendar/') + len('value="http://localhost')
    return html[start : html.index('"', start)]


@pytest.mark.at(NOW)
def test_the_page_says_how_slow_each_calendar_is(client: FlaskClient, app: Flask) -> None:
    an_event(app)
    html = client.get("/calendar?lang=en").text
    for words in (
        "8 to 24 hours",
        "about 3 hours",
        "5 minutes to 1 week",
        "webcal://localhost/calendar/public.ics",
    ):
        assert words in html


@pytest.mark.at(NOW)
def test_the_page_gives_one_address_for_the_groups_that_are_ticked(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app)
    html = client.get("/calendar?group=protection&group=labour-migration&group=no-such").text
    assert html.count("readonly") == 1
    found = re.search(r'value="http://localhost(/calendar/groups/[^"]+)"', html)
    assert found
    assert client.get(found[1]).status_code == 200
    assert {"protection", "labour-migration"} == set(
        found[1].removesuffix(".ics").rpartition("/")[2].split(",")
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.4.0",
            "Thunderbird",
        ),
        ("macOS/15.6 (24G84) dataaccessd/1.0", "Apple"),
        ("iOS/18.1 (22B83) dataaccessd/1.0", "Apple"),
        ("Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0.18025)", "Outlook"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0", "a browser"),
        ("", "another program"),
        ("<script>", "another program"),
    ],
)
def test_of_a_program_only_its_kind_is_kept(said: str, kept: str) -> None:
    assert calendar_program(said) == kept


def test_the_address_is_copied_by_a_button_that_only_scripts_show(open_page: "OpenPage") -> None:
    page = open_page("/calendar")
    click(page.get_by_role("button", name="Copiar la dirección"))
    page.get_by_role("button", name="Copiada").wait_for()
    plain = open_page("/calendar?group=protection", javascript=False)
    assert plain.get_by_role("button", name="Copiar la dirección").count() == 0
    assert (
        plain.get_by_label("Dirección de los grupos elegidos")
        .input_value()
        .endswith("/calendar/groups/protection.ics")
    )


def test_second_press_makes_no_second_calendar_address(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "official-hn")
    tokens = tokens_of(client.get("/calendar").text)
    for path, count in (("/calendar/addresses", 1), ("/calendar/addresses/replacement", 2)):
        first, second = (client.post(path, data=tokens).text for _press in range(2))
        shown = re.findall(r"/calendar/[\w-]{43}/me\.ics", first)
        assert shown
        assert shown[0] in second, "the second answer is the one that is seen"
        assert client.get(shown[0]).status_code == 200
        with app.app_context(), reading() as db:
            assert db.scalar(select(func.count()).select_from(FeedToken)) == count
    withdrawn = client.post("/calendar/addresses", data=tokens).text
    assert re.findall(r"/calendar/[\w-]{43}/me\.ics", withdrawn), "and none that was withdrawn"
