"""Holidays on their pages and by program: read by everybody, changed by who keeps them."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.planning.holidays.models import CountryHoliday
from tests.planning.events.planning_builders import CONVENOR, FOCAL_POINT, act_as, furnish
from tests.planning.holidays.holidays import DAY, NAME, meet
from tests.support.actors import csrf_token

LIST = "/countries/HN/holidays"


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    with app.app_context(), transaction() as db:
        furnish(db)
        db.add(CountryHoliday(country_code="HN", on=DAY, name=NAME))
    act_as(app, FOCAL_POINT)
    return client


def send(client: FlaskClient, path: str = LIST, **typed: str) -> Any:
    return client.post(path, data={**typed, "csrf_token": csrf_token(client)})


def test_everybody_reads_the_year_and_only_keepers_see_where_to_change_it(
    page: FlaskClient, app: Flask
) -> None:
    text = page.get("/holidays?year=2027&lang=es").text
    assert "Día de las Américas" in text
    assert f'href="{LIST}?year=2027"' in text
    assert "/countries/GT/holidays" not in text
    act_as(app, CONVENOR)
    assert "/countries/" not in page.get("/holidays?year=2027").text
    assert page.get(LIST).status_code in (403, 404)


@pytest.mark.parametrize(
    "address", ["?year=abc", "?year=99999", "?year=2027&country=XX", "?year=²027", "?year=2055"]
)
def test_no_address_is_an_error(page: FlaskClient, address: str) -> None:
    assert page.get(f"/holidays{address}").status_code == 200
    assert page.get(f"{LIST}{address}").status_code == 200


def test_the_buttons_do_what_they_say(page: FlaskClient) -> None:
    for button, then in (
        ("bind", "Solo avisar"),
        ("unbind", "Cerrar el calendario"),
        ("strike-out", "Recuperar"),
        ("bring-back", "Tachar"),
    ):
        assert send(page, **{button: "2027-04-14"}).status_code == 303
        assert f">{then}<" in page.get(f"{LIST}?year=2027&lang=es").text


@pytest.mark.parametrize(
    "typed", [{}, {"bind": "soon"}, {"bind": "20270414"}, {"fly": "2027-04-14"}]
)
def test_a_button_that_is_none_changes_nothing(page: FlaskClient, typed: dict[str, str]) -> None:
    assert send(page, **typed).status_code == 303
    assert ">Cerrar el calendario<" in page.get(f"{LIST}?year=2027&lang=es").text


def test_an_unknown_day_is_missing(page: FlaskClient) -> None:
    assert send(page, bind="2027-04-15").status_code == 404
    for on in ("2027-04-15", "soon", "2027-4-14"):
        assert page.get(f"{LIST}/{on}").status_code == 404


def test_what_stands_on_the_day_is_said_on_the_page(page: FlaskClient, app: Flask) -> None:
    with app.app_context(), transaction() as db:
        meet(db)
    answer = send(page, bind="2027-04-14")
    assert answer.status_code == 409
    assert "Seminario de protección" in answer.text


def test_a_holiday_is_added_and_renamed_by_form_and_what_was_typed_is_kept(
    page: FlaskClient,
) -> None:
    typed = {"on": "2027-10-21", "name_es": "Día nuevo", "name_en": "", "scope": "national"}
    wrong = send(page, f"{LIST}/new", **(typed | {"on": "octubre"}))
    assert wrong.status_code == 422
    assert 'value="octubre"' in wrong.text
    assert 'value="Día nuevo"' in wrong.text
    assert send(page, f"{LIST}/new", **(typed | {"name_es": ""})).status_code == 422
    assert send(page, f"{LIST}/new", **(typed | {"scope": "moon"})).status_code == 422
    assert send(page, f"{LIST}/new", **typed).status_code == 303
    taken = send(page, f"{LIST}/new", **(typed | {"name_es": "Otro"}))
    assert taken.status_code == 409
    assert "«Día nuevo»" in taken.text
    assert send(page, f"{LIST}/2027-10-21", name_es="", name_en="").status_code == 422
    assert send(page, f"{LIST}/2027-10-21", name_es="Día renovado", name_en="").status_code == 303
    assert "Día renovado" in page.get(f"{LIST}?year=2027").text


def test_api_lists_holidays_of_country_and_year(page: FlaskClient) -> None:
    answer = page.get("/api/v1/holidays?country=HN&year=2027").get_json()
    assert answer == {
        "year": 2027,
        "holidays": [
            {
                "country": "HN",
                "on": "2027-04-14",
                "name": NAME.as_dict(),
                "scope": "national",
                "is_binding": False,
                "source": "",
            }
        ],
    }
    assert [
        h["country"] for h in page.get("/api/v1/holidays?year=2027").get_json()["holidays"]
    ] == ["GT", "HN"]
    assert page.get("/api/v1/holidays?country=XX").status_code == 404
    assert page.get("/api/v1/holidays?year=tomorrow").status_code == 422
