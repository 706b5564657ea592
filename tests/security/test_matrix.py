"""Every route × every actor, over the demo data: who is let in, and that nobody gets a server
error.
"""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web.guards import policy_of
from tests.security.matrix import ACTORS, ANONYMOUS, TRUTH
from tests.security.world import Objects, address, built, copied, routes
from tests.support.actors import bearer, sign_in

CLOSED = {401, 403, 404}


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


def ask(
    client: FlaskClient, headers: dict[str, str], endpoint: str, method: str, path: str
) -> TestResponse:
    """Pages with the cookie, the API with the bearer token."""
    query = "?country=HN&on=2026-11-24" if endpoint == "turnover_api.coverage" else ""
    if not path.startswith("/api/"):
        return client.open(path, method=method)
    return client.open(
        path + query,
        method=method,
        headers=headers,
        json={} if method in ("POST", "PATCH") else None,
    )


def is_open(answer: TestResponse) -> bool:
    to_sign_in = answer.status_code in (302, 303) and "/sign-in?" in answer.headers.get(
        "Location", ""
    )
    return answer.status_code not in CLOSED and not to_sign_in


@pytest.mark.parametrize("who", ACTORS)
def test_every_route_lets_in_whom_it_should_and_nobody_else(
    who: str, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    file, objects = world
    with copied(file, tmp_path) as app:
        wrong = _asked_everywhere(app, who, objects)
    assert not wrong, f"as {who}:\n" + "\n".join(wrong)


def _asked_everywhere(app: Flask, who: str, objects: Objects) -> list[str]:
    client, headers, wrong = app.test_client(), {}, []
    if who != ANONYMOUS:
        headers = bearer(app, who)
        sign_in(client, who)
    for endpoint, method, rule in routes(app):
        if who == ANONYMOUS:
            client = app.test_client()  # the one before may have signed somebody in
        elif endpoint.startswith("identity"):
            sign_in(client, who)  # the one before may have signed her out
        answer = ask(client, headers, endpoint, method, address(rule, objects))
        expected = who in TRUTH.get(endpoint, frozenset())
        if answer.status_code >= 500 or is_open(answer) is not expected or endpoint not in TRUTH:
            wrong.append(
                f"{method} {rule.rule} ({endpoint}): {answer.status_code}, expected {'open' if expected else 'closed'}"
            )
    return wrong


def test_the_truth_names_no_route_that_is_gone(app: Flask) -> None:
    assert set(TRUTH) == {endpoint for endpoint, _, _ in routes(app)}


def test_every_route_declares_its_policy(app: Flask) -> None:
    assert [e for e, _, _ in routes(app) if policy_of(app.view_functions[e]) is None] == []
