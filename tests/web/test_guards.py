"""Closed unless declared, and never on behalf of another site."""

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from app.kernel.actor import Actor, Role
from app.web.guards import anyone, requires, signed_in
from tests.support.actors import csrf_token, sign_in
from tests.support.apps import Additions


def only_organizers(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER)


def _add_routes(app: Flask) -> None:
    bp = Blueprint("trial", __name__, url_prefix="/trial")
    bp.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    bp.add_url_rule("/open", "open", requires(anyone)(lambda: "open"), methods=["GET", "POST"])
    bp.add_url_rule(
        "/inside", "inside", requires(signed_in)(lambda: "inside"), methods=["GET", "POST"]
    )
    bp.add_url_rule("/organizers", "organizers", requires(only_organizers)(lambda: "organizers"))
    app.register_blueprint(bp)


@pytest.fixture
def additions() -> Additions:
    return _add_routes


@pytest.fixture
def trial(own_app: Flask) -> FlaskClient:
    return own_app.test_client()


def test_a_route_without_policy_is_closed_to_all(trial: FlaskClient) -> None:
    assert trial.get("/trial/forgotten").status_code == 403
    sign_in(trial, "organizer")
    refused = trial.get("/trial/forgotten")
    assert (refused.status_code, "secret" in refused.text) == (403, False)


def test_route_lets_in_only_whom_its_policy_lets_in(trial: FlaskClient) -> None:
    assert trial.get("/trial/open").text == "open"
    asked = trial.get("/trial/inside?a=1&b=%2F")
    assert (asked.status_code, asked.location) == (
        302,
        "/sign-in?next=/trial/inside?a%3D1%26b%3D%252F",
    )
    assert trial.post("/trial/inside", data={"csrf_token": csrf_token(trial)}).status_code == 401
    sign_in(trial, "official-hn")
    assert trial.get("/trial/inside").text == "inside"
    assert trial.get("/trial/organizers").status_code == 403
    sign_in(trial, "organizer")
    assert trial.get("/trial/organizers").text == "organizers"


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8080"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_cannot_send_our_forms(trial: FlaskClient, headers: dict[str, str]) -> None:
    form = {"csrf_token": csrf_token(trial)}
    assert trial.post("/trial/open", data=form, headers=headers).status_code == 403
    assert trial.get("/trial/open", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_our_own_pages_can(trial: FlaskClient, headers: dict[str, str]) -> None:
    assert (
        trial.post(
            "/trial/open", data={"csrf_token": csrf_token(trial)}, headers=headers
        ).status_code
        == 200
    )


def test_a_form_needs_the_token_of_its_own_session(trial: FlaskClient) -> None:
    stranger = trial.application.test_client()
    for form in (
        {},
        {"csrf_token": ""},
        {"csrf_token": "nonsense"},
        {"csrf_token": csrf_token(stranger) + "x"},
    ):
        refused = trial.post("/trial/open", data=form)
        assert refused.status_code == 400
        assert "El formulario había vencido" in refused.text
    trial.get("/sign-in")  # a session with a token of its own
    assert trial.post("/trial/open", data={"csrf_token": csrf_token(stranger)}).status_code == 400


ONE_PRESS = {"notifications.stop_reminders", "refreshers.one_press"}
"""A mail program posts it for its reader, without a page before (RFC 8058): the key in the address
is the right.
"""


def test_every_form_route_of_the_application_wants_the_token(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    asked = 0
    for rule in client.application.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith("/api/"):
            continue
        if rule.endpoint in ONE_PRESS:
            continue
        values = {name: _sample(rule, name) for name in rule.arguments}
        with client.application.test_request_context():
            path = rule.build(values)
        assert path is not None, rule.rule
        status = client.post(path[1]).status_code
        assert status in (400, 403), rule.rule
        asked += 1
    assert asked >= 8


def _sample(rule: object, name: str) -> object:
    converter = type(rule._converters[name]).__name__  # type: ignore[attr-defined]  # werkzeug tells it nowhere else
    return {"UUIDConverter": "00000000-0000-0000-0000-000000000001", "RowNumber": 1}.get(
        converter, "x"
    )
