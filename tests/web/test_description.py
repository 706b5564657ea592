"""The description of the API says what the API does: every route is asked in every way that it
refuses.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.web.description import PARAMETER
from app.web.guards import anyone, policy_of
from tests.planning.events.rows import an_event
from tests.security.world import Objects, address, built, copied
from tests.support import described
from tests.support.actors import bearer
from tests.support.described import PROBLEM, Operations, description_of, operations_of, undescribed

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
JSON = "application/json"
UNKNOWN = {"uuid": str(uuid4()), "int": "999999999"}
BODIES: tuple[tuple[bytes, str], ...] = (
    (b"{}", JSON),
    (b"[]", JSON),
    (b"{", JSON),
    (b"x=1", "application/x-www-form-urlencoded"),
    (b'{"unknown": 1}', JSON),
    (b'{"x": "' + b"x" * 3_000_000 + b'"}', JSON),
)
QUERIES = (
    "",
    "?page=%00",
    "?country=XX",
    "?country=HN&on=2026-05-01",
    "?from=x",
    "?limit=-1",
    "?scope=x",
)
WHO = ("", "official-hn", "convenor-protection", "organizer")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Objects]]:
    file, objects = built()
    with copied(file, tmp_path_factory.mktemp("described")) as app:
        yield app, objects


def api_rules(app: Flask) -> list[Any]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]


def unknown(rule: Any) -> str:
    return re.sub(
        r"<(?:(\w+):)?\w+>",
        lambda found: UNKNOWN.get(found[1], "nothing-of-this-name"),
        str(rule.rule),
    )


def test_every_route_of_the_api_is_described_with_who_may(world: tuple[Flask, Objects]) -> None:
    app, _ = world
    operations = operations_of(app)
    rules = api_rules(app)
    wanted = {(rule.rule, method) for rule in rules for method in rule.methods & METHODS}
    assert wanted == operations.keys()
    for rule in rules:
        for method in rule.methods & METHODS:
            is_public = policy_of(app.view_functions[rule.endpoint]) is anyone
            assert operations[rule.rule, method]["security"] == (
                [] if is_public else [{"bearer": []}]
            )


def test_id_of_what_was_made_leads_to_all_that_is_done_with_it(
    world: tuple[Flask, Objects],
) -> None:
    paths = description_of(world[0])["paths"]
    made = {"events": "201", "calendars": "201", "seasons": "202"}
    for path, code in made.items():
        links = paths[f"/api/v1/{path}"]["post"]["responses"][code]["links"]
        name = f"{path.removesuffix('s')}_id"
        assert {link["operationId"] for link in links.values()} == {
            operation["operationId"]
            for there, operations in paths.items()
            if there.startswith(f"/api/v1/{path}/{{{name}}}")
            for operation in operations.values()
        }
        for key, link in links.items():
            assert re.fullmatch(r"[\w.-]+", key)
            assert link["parameters"] == {name: "$response.body#/id"}


def test_every_answer_of_every_route_is_described(world: tuple[Flask, Objects]) -> None:
    """Real and unknown things, four people and nobody, bodies and queries that cannot be used,
    other methods.
    """
    app, objects = world
    client, operations = app.test_client(), operations_of(app)
    tokens = {who: bearer(app, who) if who else {} for who in WHO}
    wrong, seen = set(), set()

    def ask(rule: Any, path: str, method: str, headers: dict[str, str], **sent: Any) -> None:
        answer = client.open(path, method=method, headers=headers, **sent)
        for one in METHODS & rule.methods if method not in rule.methods else {method}:
            wrong.add(undescribed(operations, rule.rule, one, answer))
        seen.add(answer.status_code)

    for rule in sorted(api_rules(app), key=lambda rule: ("DELETE" in rule.methods, rule.rule)):
        real = address(rule, objects)
        for method in sorted(rule.methods & METHODS):
            for who in WHO:
                ask(rule, real, method, tokens[who])
                ask(rule, unknown(rule), method, tokens[who])
            ask(rule, real, method, {"Authorization": "Bearer nothing"})
            if method == "PATCH":
                ask(
                    rule,
                    real,
                    method,
                    tokens["organizer"] | {"If-Match": '"other"'},
                    json={"place": "San José"},
                )
            for query in QUERIES:
                ask(rule, real + query, method, tokens["organizer"])
            for body, kind in BODIES if method != "GET" else ():
                ask(rule, real, method, tokens["organizer"], data=body, content_type=kind)
        ask(rule, unknown(rule), "PUT", tokens["organizer"])
    assert wrong == {""}
    assert {200, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422} <= seen


def test_a_status_that_is_missing_is_found(world: tuple[Flask, Objects]) -> None:
    """The comparison itself: it fails when one status is taken out, or stands there as another kind
    of document.
    """
    app, _ = world
    answer = app.test_client().get("/api/v1/me")
    operations: Operations = operations_of(app)
    assert undescribed(operations, "/api/v1/me", "GET", answer) == ""
    operations["/api/v1/me", "GET"]["responses"]["401"]["content"] = {JSON: {}}
    assert (
        undescribed(operations, "/api/v1/me", "GET", answer) == f"GET /api/v1/me: 401 as {PROBLEM}"
    )
    del operations["/api/v1/me", "GET"]["responses"]["401"]
    assert undescribed(operations, "/api/v1/me", "GET", answer) == "GET /api/v1/me: 401"


def test_whoever_asks_through_a_fixture_is_told_of_what_is_not_described(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every test whose `app` answers by API watches over the description."""
    app.test_client().get(
        "/api/v1/openapi.json"
    )  # the fixture itself knows the whole description by now
    operations = operations_of(app)
    del operations["/api/v1/me", "GET"]["responses"]["401"]
    monkeypatch.setattr(described, "known_operations", lambda _app: operations)
    with pytest.raises(AssertionError, match="GET /api/v1/me: 401"), described.watched(app):
        app.test_client().get("/api/v1/me")
    monkeypatch.undo()


def test_another_method_is_refused_with_those_that_there_are(client: FlaskClient) -> None:
    answer = client.put("/api/v1/events")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert answer.mimetype == PROBLEM


def test_refusals_are_described_as_problem_documents(app: Flask) -> None:
    description = description_of(app)
    answers = description["paths"]["/api/v1/events/{event_id}"]["patch"]["responses"]
    assert {
        "200",
        "400",
        "401",
        "403",
        "404",
        "405",
        "409",
        "410",
        "412",
        "413",
        "415",
        "422",
    } <= answers.keys()
    for status, answer in answers.items():
        assert list(answer["content"]) == [PROBLEM if status >= "400" else JSON]
    assert "Allow" in answers["405"]["headers"]
    problem = description["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == {
        "type",
        "title",
        "status",
        "detail",
        "sentence",
        "request_id",
    }
    references = set(re.findall(r"#/components/schemas/([^\"']+)", str(description)))
    assert references <= description["components"]["schemas"].keys()


def test_answers_are_described_with_their_formats_and_all_their_members(app: Flask) -> None:
    schemas = description_of(app)["components"]["schemas"]
    by_name = {
        re.sub(r"^.*\.(?=[A-Z])|\.[0-9a-f]{7}$", "", name): schema
        for name, schema in schemas.items()
    }
    for name in ("EventOut", "SeasonOut", "CoverageOut", "RuleOut", "CalendarOut", "ConsentOut"):
        assert set(by_name[name]["required"]) == set(by_name[name]["properties"]), name
    event = by_name["EventOut"]["properties"]
    assert event["id"]["format"] == "uuid"
    assert event["starts_at"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    assert event["changed_at"]["format"] == "date-time"
    assert by_name["SeasonIn"]["properties"]["starts_on"]["format"] == "date"


def test_what_is_sent_is_described_with_what_it_needs(app: Flask) -> None:
    schemas = description_of(app)["components"]["schemas"]
    by_name = {
        name.partition(".")[0]: schema for name, schema in schemas.items() if name.count(".") == 1
    }
    assert set(by_name["EventIn"]["required"]) == {"kind", "title", "starts_at", "ends_at"}
    assert by_name["RegistrationIn"]["required"] == ["consent_version"]
    assert by_name["SwapIn"]["required"] == ["other"]
    assert by_name["SwapIn"]["properties"]["other"]["format"] == "uuid"
    change = by_name["EventChange"]
    assert "required" not in change
    assert not any("default" in member for member in change["properties"].values())
    assert by_name["EventIn"]["properties"]["mode"]["default"] == "online"


def test_the_current_consent_can_be_read_and_sent_back(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/api/v1/consent").get_json()
    required = [one["purpose"] for one in answer["purposes"] if one["is_required"]]
    assert required == ["attendance-list"]
    assert all(one["sentence"]["es"] != one["sentence"]["en"] for one in answer["purposes"])
    address = (
        f"/api/v1/events/{an_event(app, starts_at=clock.now() + timedelta(days=30))}/registrations"
    )
    body = {"consent_version": "2020-1", "purposes": required}
    old = client.post(address, json=body, headers=bearer(app, "official-hn"))
    assert [error["field"] for error in old.get_json()["errors"]] == ["consent"]
    body["consent_version"] = answer["consent_version"]
    assert client.post(address, json=body, headers=bearer(app, "official-hn")).status_code == 201


def test_paths_are_written_as_openapi_has_them() -> None:
    assert PARAMETER.sub(r"{\1}", "/a/<uuid:event_id>/b/<slug>") == "/a/{event_id}/b/{slug}"
