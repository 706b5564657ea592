"""Answers of the API against its own description: every test that asks the API watches over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, request, request_finished
from werkzeug.wrappers import Response

from app.web.description import PARAMETER, described
from app.web.openapi import spec

PROBLEM = "application/problem+json"
Operations = dict[tuple[str, str], dict[str, Any]]
_known: WeakKeyDictionary[Flask, tuple[int, Operations]] = WeakKeyDictionary()
"""With the number of routes: an application is lent to many tests, and describing it costs more than
most of them.
"""


def description_of(app: Flask) -> dict[str, Any]:
    with app.app_context():
        spec.app = app
        return described(app, spec.spec)


def operations_of(app: Flask) -> Operations:
    """By path as Flask writes it, and method."""
    paths = description_of(app)["paths"]
    found = {}
    for rule in app.url_map.iter_rules():
        for method, operation in paths.get(PARAMETER.sub(r"{\1}", rule.rule), {}).items():
            if method.upper() in (rule.methods or ()):
                found[rule.rule, method.upper()] = operation
    return found


def known_operations(app: Flask) -> Operations:
    routes = sum(1 for _rule in app.url_map.iter_rules())
    known = _known.get(app)
    if known is None or known[0] != routes:
        known = _known[app] = (routes, operations_of(app))
    return known[1]


def undescribed(operations: Operations, rule: str, method: str, response: Response) -> str:
    """What the description does not say of this answer; "" when it says all of it."""
    operation = operations.get((rule, "GET" if method == "HEAD" else method))
    if operation is None:
        return ""
    answer = operation["responses"].get(str(response.status_code))
    what = f"{method} {rule}: {response.status_code}"
    if answer is None:
        return what
    missing = [
        name
        for name in answer.get("headers", {})
        if name == "Allow" and name not in response.headers
    ]
    if missing:
        return f"{what} without {', '.join(missing)}"
    kinds = answer.get("content", {})
    if method != "HEAD" and kinds and response.mimetype not in kinds:
        return f"{what} as {response.mimetype}"
    return ""


@contextmanager
def watched(app: Flask) -> Iterator[None]:
    """Fails at the end when the API answered something that its description does not say."""
    found: list[str] = []
    operations: Operations = {}

    def compare(_sender: Flask, response: Response, **_more: Any) -> None:
        if request.url_rule is not None and request.url_rule.rule.startswith("/api/"):
            if not operations:
                operations.update(known_operations(app))
            rule = request.url_rule.rule
            if problem := undescribed(operations, rule, request.method, response):
                found.append(problem)

    with request_finished.connected_to(compare, sender=app):
        yield
    assert not found, f"answered, but not described: {sorted(set(found))}"
