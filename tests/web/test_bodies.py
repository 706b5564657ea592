"""Whatever a body holds, the answer is a problem document that says what is wrong, and never a
500.
"""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict
from spectree import Response as Answers

from app.infra.shallow import DEEPEST, is_shallow_json
from app.kernel.text import storable
from app.web.bodies import MOST_NAMES, texts
from app.web.guards import anyone, requires
from app.web.openapi import spec
from tests.support.apps import Additions

JSON = "application/json"


class Trial(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    title: str
    seats: int = 1


def _add_routes(app: Flask) -> None:
    """Adds /api/v1/trial, which echoes what spectree made of the body, and a form."""

    @app.post("/api/v1/trial")
    @requires(anyone)
    @spec.validate(json=Trial, resp=Answers(HTTP_200=Trial))
    def trial(json: Trial) -> Trial:
        return json

    @app.post("/trial-form")
    @requires(anyone)
    def trial_form() -> str:
        return "ok"


@pytest.fixture
def additions() -> Additions:
    return _add_routes


@pytest.fixture
def client(own_app: Flask) -> FlaskClient:
    own_app.config["WTF_CSRF_ENABLED"] = False
    return own_app.test_client()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[]", JSON, 422),
        (b'"x"', JSON, 422),
        (b"null", JSON, 422),
        (b"1", JSON, 422),
        (b"{}", JSON, 422),
        (b"", JSON, 422),
        (b'{"title": 3}', JSON, 422),
        (b'{"title": "x"', JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b'{"title": "\\u0000"}', JSON, 400),
        (b'{"title": "\\ud800"}', JSON, 400),
        (b'{"\\u0000": "x", "title": "x"}', JSON, 400),
        (b"[" * 60_000, JSON, 400),
        (b'{"title": ' + b"[" * 60_000, JSON, 400),
        (b'{"title": "x", "seats": ' + b"9" * 5000 + b"}", JSON, 400),
        (b'{"title": "x", "seats": NaN}', JSON, 422),
        (b'{"title": "x"}', "text/plain", 415),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"title=x", "", 415),
        (b'{"title": "' + b"x" * 3_000_000 + b'"}', JSON, 413),
        (b'{"title": "' + b"x" * 64 * 1024 + b'"}', JSON, 413),
        (b'{"title": "x", "more": [' + b"1," * MOST_NAMES + b"1]}", JSON, 422),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_so(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    response = client.post(
        "/api/v1/trial", data=body, content_type=content_type, headers={"Accept-Language": "en"}
    )
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    assert response.json["sentence"]["es"] != response.json["sentence"]["en"]


def test_a_body_of_many_unknown_names_gets_a_short_answer(client: FlaskClient) -> None:
    """150,000 names took 6.5 seconds and were answered by 16.7 MB; now nothing of them is
    parsed.
    """
    many = {f"unknown{number}": 1 for number in range(150_000)}
    answer = client.post("/api/v1/trial", json=many, headers={"Accept-Language": "en"})
    assert answer.status_code == 413
    assert (
        answer.get_json()["detail"] == "What you sent is too large: at most 64 KB can be sent here."
    )
    assert len(answer.data) < 2_000


def test_at_most_fifty_errors_are_named_and_all_are_counted(client: FlaskClient) -> None:
    fits = {f"n{number}": 1 for number in range(MOST_NAMES - 1)} | {"x" * 2_000: 1}
    answer = client.post("/api/v1/trial", json=fits)
    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == 50
    assert answer.get_json()["error_count"] == MOST_NAMES + 1  # and the title is missing
    assert len(answer.data) < 20_000
    assert max(len(error["field"]) for error in answer.get_json()["errors"]) <= 101
    one_more = client.post("/api/v1/trial", json=fits | {"title": "x"})
    assert [error["field"] for error in one_more.get_json()["errors"]] == ["body"]


def test_a_body_that_fits_comes_through(client: FlaskClient) -> None:
    response = client.post("/api/v1/trial", json={"title": "Ñandú 🌎"})
    assert (response.status_code, response.json) == (200, {"title": "Ñandú 🌎", "seats": 1})


def test_an_array_is_named_as_the_body_in_both_languages(client: FlaskClient) -> None:
    answer = client.post("/api/v1/trial", data="[]", content_type=JSON).json
    assert answer is not None
    assert answer["errors"] == [
        {
            "field": "body",
            "sentence": {
                "es": "Envíe un solo objeto JSON, entre llaves.",
                "en": "Send one JSON object, in braces.",
            },
        }
    ]


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/verify/%00"])
def test_no_address_brings_a_nul_to_the_database(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_no_form_brings_a_nul_to_the_database(client: FlaskClient) -> None:
    assert client.post("/trial-form", data={"name": "a\x00b"}).status_code == 400
    assert client.post("/trial-form", data={"name": "ab"}).status_code == 200


def test_every_text_within_a_value_is_found() -> None:
    assert set(texts({"a": ["b", {"c": "d"}, 1, None]})) == {"a", "b", "c", "d"}
    assert storable("é🌎")
    assert not storable("\udfff")


@pytest.mark.parametrize(
    ("body", "is_shallow"),
    [
        (b"[" * DEEPEST + b"]" * DEEPEST, True),
        (b"[" * (DEEPEST + 1), False),
        (b"[{}]" * 10_000, True),
        (b'["' + b"[" * 500 + b'"]', True),
        (b'["\\"' + b"[" * 500 + b'"]', True),
        (b'["\\\\"' + b"," + b"[" * 500, False),
        (b"]" * 500, True),  # no JSON, which the parser says
        (b'"' + b"[" * 500, True),
        ("{}".encode("utf-16"), False),
    ],
)
def test_depth_of_json_is_counted_outside_of_its_texts(body: bytes, is_shallow: bool) -> None:
    assert is_shallow_json(body) is is_shallow


def test_every_json_body_is_read_by_the_one_reader() -> None:
    """`get_json` and `request.json` elsewhere would have no limit of depth."""
    outside = [
        path
        for path in Path("app").rglob("*.py")
        if re.search(r"\bget_json\(|\brequest\.json\b", path.read_text("utf-8"))
    ]
    assert outside == [Path("app/web/bodies.py")]
