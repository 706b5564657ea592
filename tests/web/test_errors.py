"""Refusals as pages and as RFC 9457 problem documents, in both languages."""

import json

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from app.kernel.refusal import InvalidInput, Kind, NotAllowed, NotFound, Refusal, Sentence
from app.web.errors import STATUS
from app.web.guards import anyone, requires
from tests.support.apps import Additions


class Waiting(Refusal):
    kind = Kind.TOO_MANY
    rule = "waiting"
    seconds = 90


def raising(error: Exception) -> object:
    def view() -> str:
        raise error

    return requires(anyone)(view)


def _add_routes(app: Flask) -> None:
    errors = {
        "missing": NotFound(),
        "closed": NotAllowed(),
        "waiting": Waiting(),
        "invalid": InvalidInput({"title": Sentence("This value is missing.")}),
        "bug": ZeroDivisionError("the secret is 42"),
    }
    for prefix in ("/trial", "/api/v1/trial"):
        bp = Blueprint(prefix.replace("/", "_"), __name__, url_prefix=prefix)
        for name, error in errors.items():
            bp.add_url_rule(f"/{name}", name, raising(error))  # type: ignore[arg-type]  # a view that only raises
        app.register_blueprint(bp)


@pytest.fixture
def additions() -> Additions:
    return _add_routes


@pytest.fixture
def trial(own_app: Flask) -> FlaskClient:
    own_app.testing = False
    return own_app.test_client()


CASES = [
    ("missing", 404, "no existe o usted no tiene acceso", "does not exist, or is not for you"),
    ("closed", 403, "Su función no permite", "Your role does not allow"),
    ("invalid", 422, "Hay respuestas que corregir", "Some answers need mending"),
    ("waiting", 429, "Esto no es posible", "This is not possible"),
    ("bug", 500, "Algo falló de nuestro lado", "Something went wrong on our side"),
]
BUG_PAGE = ("Algo falló de nuestro lado", "Something failed on our side")


@pytest.mark.parametrize(("name", "status", "es", "en"), CASES)
def test_pages_say_what_happened(
    trial: FlaskClient, name: str, status: int, es: str, en: str
) -> None:
    for lang, sentence in (("es", es), ("en", en)):
        answer = trial.get(f"/trial/{name}?lang={lang}")
        assert answer.status_code == status
        if (
            name == "bug"
        ):  # the last page needs neither session nor catalogue, so it speaks both languages
            assert all(words in answer.text for words in BUG_PAGE)
        else:
            assert sentence in answer.text
            assert f'<html lang="{lang}">' in answer.text
        assert answer.headers["X-Request-Id"] in answer.text
        assert "secret" not in answer.text


@pytest.mark.parametrize(("name", "status", "es", "en"), CASES)
def test_problems_say_it_in_both_languages(
    trial: FlaskClient, name: str, status: int, es: str, en: str
) -> None:
    answer = trial.get(f"/api/v1/trial/{name}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = json.loads(answer.data)
    assert body["status"] == status
    assert es in body["sentence"]["es"]
    assert en in body["sentence"]["en"] == body["detail"]
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert "secret" not in answer.text


def test_a_problem_names_each_field(trial: FlaskClient) -> None:
    assert trial.get("/api/v1/trial/invalid").get_json()["errors"] == [
        {"field": "title", "sentence": {"es": "Falta este valor.", "en": "This value is missing."}}
    ]


def test_a_refusal_that_knows_when_says_when(trial: FlaskClient) -> None:
    assert trial.get("/trial/waiting").headers["Retry-After"] == "90"
    assert "Retry-After" not in trial.get("/trial/closed").headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/healthz", 405), ("GET", "/sign-in/link", 405)],
)
def test_http_errors_look_the_same(trial: FlaskClient, method: str, path: str, status: int) -> None:
    page = trial.open(path, method=method)
    assert page.status_code == status
    assert "<h1>" in page.text
    problem = trial.open(f"/api/v1/nowhere{path}", method=method)
    assert (problem.status_code, problem.content_type) == (404, "application/problem+json")


def test_a_bug_in_what_every_page_needs_still_has_a_page(
    trial: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("the frame itself is broken")

    monkeypatch.setattr("app.web.render.menus", broken)
    answer = trial.get("/sign-in")
    assert answer.status_code == 500
    assert BUG_PAGE[0] in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_kind_of_refusal_has_a_status() -> None:
    assert set(STATUS) == set(Kind)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_a_bug_is_logged_with_its_request_and_without_the_path(
    trial: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = trial.get("/trial/bug?token=topsecret")
    logged = capsys.readouterr()
    assert logged.out == ""
    assert answer.headers["X-Request-Id"] in logged.err
    assert "ZeroDivisionError" in logged.err
    assert "topsecret" not in logged.err
