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
