"""Whatever a body holds, the answer is a problem document that says what is wrong, and never a 500."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict
from spectree import Response as Answers

from app.web.bodies import storable, texts
from app.web.guards import anyone, requires
from app.web.openapi import spec

JSON = "application/json"


class Trial(BaseModel):
    model_config = ConfigDict(strict=True)

    title: str
    seats: int = 1


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """With one more address, /api/v1/trial, which echoes what spectree made of the body."""

    @app.post("/api/v1/trial")
    @requires(anyone)
    @spec.validate(json=Trial, resp=Answers(HTTP_200=Trial))
    def trial(json: Trial) -> Trial:
        return json

    @app.post("/trial-form")
    @requires(anyone)
    def trial_form() -> str:
        return "ok"

    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


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
        (b"[" * 100_000, JSON, 400),
        (b'{"title": ' + b"[" * 100_000, JSON, 400),
        (b'{"title": "x", "seats": ' + b"9" * 5000 + b"}", JSON, 400),
        (b'{"title": "x", "seats": NaN}', JSON, 422),
        (b'{"title": "x"}', "text/plain", 415),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"title=x", "", 415),
        (b'{"title": "' + b"x" * 3_000_000 + b'"}', JSON, 413),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_so(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    response = client.post("/api/v1/trial", data=body, content_type=content_type, headers={"Accept-Language": "en"})
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    assert response.json["sentence"]["es"] != response.json["sentence"]["en"]


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
