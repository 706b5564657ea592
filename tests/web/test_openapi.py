"""What the API refuses is said in our own words, in both languages, at the field."""

import pytest
from flask import Flask

from app.planning.arranging.api import edge_in
from tests.support.actors import bearer

FORM = {
    "kind": "webinar",
    "title": {"es": "Prueba"},
    "starts_at": "2031-03-09T15:00:00Z",
    "ends_at": "2031-03-09T17:00:00Z",
    "timezone": "America/Costa_Rica",
    "working_groups": [],
    "people": [],
    "links": [],
    "publish": False,
}


@pytest.mark.parametrize(
    ("member", "value", "spanish"),
    [
        (
            "kind",
            "concert",
            "Elija uno de estos: webinar, workshop, meeting, congress, governance, training, external.",
        ),
        ("starts_at", 1_700_000_000, "Debe ser texto."),
        ("people", ["Ana"], "Debe ser un número entero."),
        ("publish", "yes", "Debe ser verdadero o falso (true o false)."),
        ("links", {}, "Debe ser una lista."),
        ("title", "Prueba", "Debe ser un objeto con valores nombrados."),
        ("colour", "red", "Este nombre no se conoce aquí."),
    ],
)
def test_each_kind_of_mistake_has_its_sentence(
    app: Flask, member: str, value: object, spanish: str
) -> None:
    answer = app.test_client().post(
        "/api/v1/events", json={**FORM, member: value}, headers=bearer(app, "organizer")
    )
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error["field"].split(".")[0] == member
    assert error["sentence"]["es"] == spanish
    assert "Input should" not in answer.text


@pytest.mark.parametrize(
    ("field", "text", "instant"),
    [
        ("from", "2026-12-01", "2026-12-01T00:00:00-06:00"),
        ("to", "2026-12-01", "2026-12-02T00:00:00-06:00"),
        ("from", "2026-12-01T09:00:00-06:00", "2026-12-01T09:00:00-06:00"),
        ("from", "2026-12-01T09:00:00 02:00", "2026-12-01T09:00:00+02:00"),
    ],
)
def test_a_list_may_be_asked_for_by_day_or_by_instant(field: str, text: str, instant: str) -> None:
    assert edge_in(field, text).isoformat() == instant


def test_the_description_is_openapi_3_1_and_names_the_contract(app: Flask) -> None:
    description = app.test_client().get("/api/v1/openapi.json").get_json()
    assert description["openapi"].startswith("3.1")
    assert {
        "events",
        "events/{event_id}",
        "events/{event_id}/registrations",
        "coverage",
        "certificates/{code}",
    } <= {path.removeprefix("/api/v1/") for path in description["paths"]}
