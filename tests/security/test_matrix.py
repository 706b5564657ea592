"""Every route × every actor, over the demo data: who is let in, and that nobody gets a server
error. Answers to writes keep to the headers and name nobody of another country.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web.guards import policy_of
from tests.people.factors.office import EMAIL, PASSWORD, an_organizer, protect
from tests.security import canaries
from tests.security.crawl import Door, is_of_the_other_origin, text_of, walked
from tests.security.headers import faults
from tests.security.matrix import ACTORS, ANONYMOUS, TRUTH
from tests.security.world import (
    Objects,
    address,
    built,
    certificates_of_canaries,
    copied,
    routes,
)
from tests.support.actors import csrf_token

CLOSED = {401, 403, 404}
AFTER_WRITING = {"learning.pretest"}
"""Pages that open by what a reader does on other pages, here by enrolling: they are read between
the writes, in the order of all routes.
"""
HIDDEN = {
    **dict.fromkeys(("official-hn", "official-gt", ANONYMOUS), canaries.CODES),
    "focal-point-hn": [code for code in canaries.CODES if code != "HN"],
    "focal-point-gt": [code for code in canaries.CODES if code != "GT"],
}
"""Whose people each reader meets nowhere."""
NAMES_ITS_OWN = ("focal-point-hn", "directory.export_roster")
"""Where a canary is met in an answer to a write, which shows that they would be found elsewhere."""


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


def ask(client: FlaskClient, headers: dict[str, str], method: str, path: str) -> TestResponse:
    """Pages with the cookie, the API with the bearer token."""
    if not path.startswith("/api/"):
        return client.open(path, method=method)
    return client.open(
        path,
        method=method,
        headers=headers,
        json={} if method in ("POST", "PATCH") else None,
    )


def is_open(status: int, location: str) -> bool:
    to_sign_in = status in (302, 303) and "/sign-in?" in location
    return status not in CLOSED and not to_sign_in


@pytest.mark.parametrize("who", ACTORS)
def test_every_route_lets_in_whom_it_should_and_nobody_else(
    who: str, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    file, objects = world
    with copied(file, tmp_path) as app:
        wrong = _asked_everywhere(app, who, objects)
    assert not wrong, f"as {who}:\n" + "\n".join(wrong)


def _asked_everywhere(app: Flask, who: str, objects: Objects) -> list[str]:
    """What is wrong: of reading first, as the walk found it, then of writing, in this database."""
    wrong = []
    read = (
        (visit.endpoint, "GET", visit.rule, visit.status, visit.location)
        for visit in walked(app, who, objects)
        if visit.endpoint and visit.endpoint not in AFTER_WRITING
    )
    for endpoint, method, rule, status, location in (*read, *_written(app, who, objects)):
        expected = who in TRUTH.get(endpoint, frozenset())
        if status >= 500 or is_open(status, location) is not expected or endpoint not in TRUTH:
            wrong.append(
                f"{method} {rule} ({endpoint}): {status}, expected {'open' if expected else 'closed'}"
            )
    return wrong


def _written(app: Flask, who: str, objects: Objects) -> Iterator[tuple[str, str, str, int, str]]:
    door, certificates = Door(app, who), certificates_of_canaries()
    for endpoint, method, rule in routes(app):
        if method == "GET" and endpoint not in AFTER_WRITING:
            continue
        path = address(rule, objects)
        answer = ask(door.client(endpoint), door.headers, method, path)
        what = f"{method} {path} as {who}: {answer.status_code}"
        if not is_of_the_other_origin(app, endpoint):
            wrong = faults(answer, is_personal=False)
            assert not wrong, f"{what}: {wrong}"
        text, hidden = text_of(answer), HIDDEN.get(who, [])
        assert not canaries.seen(endpoint, text, hidden), what
        assert not canaries.tells_code(path, text, certificates, hidden), what
        if (who, endpoint) == NAMES_ITS_OWN:
            assert canaries.seen(endpoint, text, ["HN"]), what
        yield (
            endpoint,
            method,
            rule.rule,
            answer.status_code,
            answer.headers.get("Location", ""),
        )


def test_password_alone_opens_what_a_visitor_may_open(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    """Somebody who knows the password of an organizer with a second factor, and has not the
    factor.
    """
    file, objects = world
    wrong = []
    with copied(file, tmp_path) as app:
        client = app.test_client()
        an_organizer(app)
        protect(app)
        data = {"email": EMAIL, "password": PASSWORD, "csrf_token": csrf_token(client)}
        assert client.post("/sign-in", data=data).location == "/sign-in/second"
        half = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert half is not None
        for endpoint, method, rule in routes(app):
            client.set_cookie(half.key, half.value)
            answer = ask(client, {}, method, address(rule, objects))
            location = answer.headers.get("Location", "")
            if is_open(answer.status_code, location) and ANONYMOUS not in TRUTH[endpoint]:
                wrong.append(f"{method} {rule.rule} ({endpoint}): {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_truth_names_no_route_that_is_gone(app: Flask) -> None:
    assert set(TRUTH) == {endpoint for endpoint, _, _ in routes(app)}


def test_every_route_declares_its_policy(app: Flask) -> None:
    assert [e for e, _, _ in routes(app) if policy_of(app.view_functions[e]) is None] == []
