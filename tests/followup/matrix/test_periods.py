"""The office's page of periods, and where a focal point learns that a matrix waits."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.followup.matrix.queries import periods
from app.followup.matrix.services import confirm_unchanged, send_matrix
from app.followup.matrix.values import PeriodState
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.web.locale import LANGUAGE_COOKIE
from tests.followup.agreements.world import NOW
from tests.followup.matrix.test_country import rows_of, send
from tests.followup.matrix.test_matrix import OF_GUATEMALA, a_period, world
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
)
from tests.planning.events.rows import counted_statements

pytestmark = pytest.mark.at(NOW)
PAGE = "/matrix/periods"
DAYS = {"covers_from": "2026-07-01", "opens_on": "2026-11-20", "closes_on": "2026-12-15"}


@pytest.fixture
def client(app: Flask, client: FlaskClient) -> FlaskClient:
    client.set_cookie(LANGUAGE_COOKIE, "es")
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        world(db)
    return client


def states(app: Flask) -> list[PeriodState]:
    with app.app_context(), reading() as db:
        return [one.state for one in periods(db, today=clock.today())]


def test_without_an_edition_the_page_leads_to_the_editions(app: Flask) -> None:
    act_as(app, ORGANIZER)
    html = app.test_client().get(PAGE).text
    assert 'name="closes_on"' not in html
    assert 'href="/editions"' in html.split('id="open-one"')[1]


def test_the_office_opens_a_period_sets_its_days_and_closes_it(
    app: Flask, client: FlaskClient
) -> None:
    assert "Todavía no se ha abierto ningún periodo" in client.get(PAGE).text
    assert send(client, PAGE, edition="iii", **DAYS).status_code == 303
    assert len(rows_of(app)) == 2
    html = client.get(PAGE).text
    assert "Julio a diciembre de 2026" in html
    assert "Sin una palabra de: Guatemala, Honduras." in html
    moved = send(client, f"{PAGE}/1/days", **(DAYS | {"closes_on": "2026-12-20"}))
    assert moved.status_code == 303
    assert "20 de diciembre de 2026" in client.get(PAGE).text
    assert send(client, f"{PAGE}/1/closing").status_code == 303
    assert states(app) == [PeriodState.CLOSED]
    refused = send(client, f"{PAGE}/1/days", **DAYS)
    assert (refused.status_code, "Este periodo está cerrado" in refused.text) == (409, True)
    assert send(client, PAGE, edition="iii", **DAYS).status_code == 303


def test_who_has_sent_and_who_is_silent_stands_there_by_name(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        period = a_period(db)
        with_counts: dict[str, Any] = {"period_id": period, "country": "HN", "now": NOW}
        confirm_unchanged(db, actor=FOCAL_POINT, **with_counts)
        send_matrix(db, actor=FOCAL_POINT, **with_counts)
    html = client.get(PAGE).text
    assert "1 país envió su matriz." in html
    assert "Sin una palabra de: Guatemala." in html
    assert "sin enviar" not in html


def test_country_that_wrote_and_has_not_sent_stands_there_too(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        confirm_unchanged(db, actor=FOCAL_POINT, period_id=a_period(db), country="HN", now=NOW)
    html = client.get(PAGE).text
    assert "Comenzada y sin enviar: Honduras. <b>Sin una palabra de: Guatemala." in html


def test_odd_days_are_named_at_their_field_and_kept(app: Flask, client: FlaskClient) -> None:
    refused = send(client, PAGE, edition="iii", **(DAYS | {"closes_on": "2026-11-01"}))
    assert (refused.status_code, 'href="#closes_on"' in refused.text) == (422, True)
    refused = send(client, PAGE, edition="none", **(DAYS | {"opens_on": "mañana"}))
    assert (refused.status_code, 'value="mañana"' in refused.text) == (422, True)
    assert states(app) == []
    with app.app_context(), transaction() as db:
        period = a_period(db)
    refused = send(client, PAGE, edition="iii", **DAYS)
    assert (refused.status_code, "hay otro periodo abierto" in refused.text) == (409, True)
    refused = send(client, f"{PAGE}/{period}/days", **(DAYS | {"opens_on": ""}))
    assert f'href="#opens_on-{period}"' in refused.text
    assert send(client, f"{PAGE}/77/days", **DAYS).status_code == 404


def test_the_last_day_of_a_closed_period_is_not_taken_twice(
    app: Flask, client: FlaskClient
) -> None:
    send(client, PAGE, edition="iii", **DAYS)
    send(client, f"{PAGE}/1/closing")
    refused = send(client, PAGE, edition="iii", **DAYS)
    assert (refused.status_code, 'href="#closes_on"' in refused.text) == (422, True)
    assert "ya cerró con ese día" in refused.text
    assert send(client, PAGE, edition="iii", **(DAYS | {"closes_on": "2026-12-16"})).location
    refused = send(client, f"{PAGE}/2/days", **DAYS)
    assert (refused.status_code, 'href="#closes_on-2"' in refused.text) == (422, True)


def test_beside_one_that_comes_the_open_period_says_who_is_silent(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        a_period(db)
        a_period(db, closes_on=date(2027, 1, 31), days=20)
    html = client.get(PAGE).text
    assert states(app) == [PeriodState.COMING, PeriodState.OPEN]
    assert html.count("Sin una palabra de: Guatemala, Honduras.") == 1
    assert html.count("Ver lo enviado") == 1


@pytest.mark.parametrize("who", [FOCAL_POINT, OFFICIAL, CONVENOR, PRESIDENCY])
def test_the_page_is_the_offices(app: Flask, client: FlaskClient, who: Actor) -> None:
    act_as(app, who)
    assert client.get(PAGE).status_code == 403
    assert send(client, PAGE, edition="iii", **DAYS).status_code == 403


def test_the_page_asks_the_same_of_one_period_and_of_three(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        a_period(db)
    client.get(PAGE)
    with counted_statements(app) as few:
        client.get(PAGE)
    with app.app_context(), transaction() as db:
        for month in (1, 2):
            a_period(db, closes_on=NOW.date().replace(year=2025, month=month))
    with counted_statements(app) as many:
        client.get(PAGE)
    assert len(many) == len(few)


def test_home_and_country_page_lead_to_the_matrix_until_it_is_sent(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        period = a_period(db)
    act_as(app, FOCAL_POINT)
    for path, day in (("/", "lunes, 30 de noviembre de 2026"), ("/countries/HN", "30 nov 2026")):
        html = client.get(path).text
        assert f"0 de 2 respondidas, cierra el {day}" in html.replace("\u00a0", " ")
        assert 'href="/countries/HN/matrix"' in html
    with app.app_context(), transaction() as db:
        confirm_unchanged(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
        send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
    for path in ("/", "/countries/HN"):
        assert "2 de 2 respondidas" not in client.get(path).text
    act_as(app, OF_GUATEMALA)
    assert "0 de 1 respondidas" in client.get("/").text
