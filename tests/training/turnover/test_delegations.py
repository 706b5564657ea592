"""The page of an office: what cannot be read is said at its field, and what was typed stays."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from tests.support.actors import csrf_token, sign_in
from tests.training.turnover.builders import an_institution, an_official

PAGE = "/delegations/HN/protection"
A_DAY = "Escriba la fecha como año-mes-día"


def test_mistakes_stand_at_the_fields_of_the_form_that_was_sent(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        _appointment, person = an_official(db, an_institution(db), name="Ana Núñez")
    sign_in(client, "organizer")

    def post(path: str, **fields: str) -> Any:
        return client.post(path, data={**fields, "csrf_token": csrf_token(client)})

    refused = post(PAGE, words="nunez", seen="mark", valid_from="15/03/2027")
    assert refused.status_code == 422
    for shown in (
        '<a href="#person-0">Elija a una persona de la lista.</a>',
        f'<a href="#valid_from">{A_DAY}',
        'id="valid_from-error"',
        'value="15/03/2027"',
        'value="mark"',
        'name="words" type="hidden" value="nunez"',
        "Ana Núñez",
    ):
        assert shown in refused.text
    assert 'id="valid_until-error"' not in refused.text
    other = post(PAGE, words="nunez", person="99999999", valid_from="2027-03-15")
    assert (other.status_code, 'href="#person-0">Elija a una persona' in other.text) == (422, True)
    assert post(PAGE, person=str(person), valid_from="2027-03-15").status_code == 303
    ending = post(f"{PAGE}/end", valid_until="mañana")
    assert ending.status_code == 422
    assert f'<a href="#valid_until">{A_DAY}' in ending.text
    assert 'value="mañana"' in ending.text
    early = post(f"{PAGE}/end", valid_until="2027-03-13")
    assert (early.status_code, "15 de marzo de 2027" in early.text) == (422, True)
    nobody = post("/delegations/HN/labour-migration/end", valid_until="2027-03-14")
    assert nobody.status_code == 409


def test_home_leads_an_organizer_to_invite_a_focal_point_where_there_is_nobody(
    app: Flask, client: FlaskClient
) -> None:
    """One way through: the home page, the countries without one, the form; nothing refuses her."""
    sign_in(client, "organizer")
    home = client.get("/").text
    assert 'href="/delegations?vacant=1"' in home
    countries = client.get("/delegations?vacant=1").text
    assert 'href="/setup/people"' in countries
    assert 'href="/delegations/BZ/focal-point"' in countries
    office = client.get("/delegations/BZ/focal-point").text
    assert 'href="/setup/people#name-BZ"' in office
    assert office.count("btn-primary") == 1
    form = client.get("/setup/people")
    assert form.status_code == 200
    assert 'id="name-BZ"' in form.text


def test_page_of_an_office_says_to_each_reader_how_somebody_new_comes_in(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "focal-point-hn")
    page = client.get("/delegations/HN/protection").text
    assert 'href="/countries/HN/officials/new"' in page
    assert "/setup/people" not in page
    sign_in(client, "organizer")
    page = client.get("/delegations/HN/protection").text
    assert 'href="/people-and-access/invite"' in page
    assert "/officials/new" not in page


def test_first_home_of_a_focal_point_leads_to_the_roster_that_the_letter_asks_for(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "focal-point-hn")
    home = client.get("/").text
    assert "Agregar al personal de su país" in home
    assert 'href="/countries/HN/officials/paste"' in home
    with app.app_context(), transaction() as db:
        an_official(db, an_institution(db), name="Ana Núñez")
    assert "Agregar al personal de su país" not in client.get("/").text
