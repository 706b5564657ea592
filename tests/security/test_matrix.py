"""Every route × every actor, over the demo data: who is let in, and that nobody gets a server error."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from app.certificates.services import issue_certificate
from app.directory.models import WorkingGroup
from app.events.models import Event, EventGroup
from app.identity.services import issue_feed_token
from app.infra import clock
from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Actor
from app.learning.models import Attempt, AttemptItem, Completion, Enrolment, Item, Module, Unit
from app.learning.services import start_enrolment
from app.web.guards import policy_of
from tests.security.matrix import ACTORS, ANONYMOUS, TRUTH
from tests.support import databases
from tests.support.actors import actor_of, bearer, sign_in
from tests.support.lifetime import close_app

CLOSED = {401, 403, 404}
LAST = ("events.cancel_confirmed", "events_api.cancel_by_program")
"""Routes that end what other questions need are asked last."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A demo database in which official-hn also has an open quiz and a certificate; and what stands in addresses."""
    file = tmp_path_factory.mktemp("matrix") / "world.sqlite3"
    shutil.copy(databases.demo_sqlite(), file)
    app = create_app(databases.settings_for(databases.sqlite_url(file), file.parent / "var", demo=True))
    her = actor_of(app, "official-hn")
    with app.app_context():
        objects = _belongings(her)
    close_app(app)
    return file, objects


def _belongings(her: Actor) -> dict[str, str]:
    now = clock.now()
    with transaction() as db:
        enrolment = start_enrolment(db, actor=her, course_slug="guidelines", language="es", now=now)
        edition_id = db.get_one(Enrolment, enrolment).edition_id
        db.add(Completion(enrolment_id=enrolment, module_id=None, rule_version="1", decided_at=now))
        quiz = db.scalars(
            select(Unit).join(Module).where(Module.edition_id == edition_id, Unit.kind == "quiz").order_by(Unit.id)
        ).first()
        assert quiz is not None
        assert quiz.pass_mark is not None
        assert her.person_id is not None
        attempt = Attempt(enrolment_id=enrolment, unit_id=quiz.id, number=1, language="es", started_at=now,
                          pass_mark=quiz.pass_mark)  # fmt: skip
        db.add(attempt)
        db.flush()
        items = db.scalars(
            select(Item).where(Item.module_id == quiz.module_id).options(selectinload(Item.options)).limit(1)
        )
        for position, item in enumerate(items, start=1):
            db.add(AttemptItem(attempt_id=attempt.id, item_id=item.id, position=position,
                               option_order=[option.id for option in item.options], response=[]))  # fmt: skip
        code = issue_certificate(db, actor=SYSTEM, now=now, person_id=her.person_id, course_edition_id=edition_id,
                                 address="http://localhost")  # fmt: skip
        event = db.scalars(
            select(Event)
            .join(EventGroup)
            .join(WorkingGroup)
            .where(WorkingGroup.slug == "protection", Event.starts_at > now, Event.status == "published")
            .order_by(Event.starts_at)
        ).first()
        assert event is not None
        return {
            "event_id": str(event.id), "code": code, "country_code": "HN", "attempt_id": str(attempt.id),
            "slug": "guidelines", "module_slug": "01-framework", "unit_code": "M1-L1", "screen": "1", "position": "1",
            "token": issue_feed_token(db, account_id=her.account_id, now=now), "token_id": "987654",
            "persona": "official-hn",
        }  # fmt: skip


def routes(app: Flask) -> list[tuple[str, str, Rule]]:
    found = [
        (rule.endpoint, method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if rule.endpoint != "static" and method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    ]
    return sorted(found, key=lambda route: (route[0].startswith("identity"), route[0] in LAST, route[0], route[1]))


def address(rule: Rule, objects: dict[str, str]) -> str:
    values = {name: objects[name] for name in rule.arguments}
    if rule.endpoint.startswith(("turnover", "directory")):
        values = dict.fromkeys(rule.arguments, "HN")
    if rule.endpoint.startswith("events.group_feed"):
        values = {"slug": "protection"}
    if "attempt" in rule.endpoint and "unit_code" in rule.arguments:
        values["unit_code"] = "M1-Q"
    path = rule.rule
    for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", path):
        path = path.replace(f"<{converter}:{name}>" if converter else f"<{name}>", values[name])
    return path


def ask(client: FlaskClient, headers: dict[str, str], endpoint: str, method: str, path: str) -> TestResponse:
    """Pages with the cookie, the API with the bearer token."""
    query = "?country=HN&on=2026-11-24" if endpoint == "turnover_api.coverage" else ""
    if not path.startswith("/api/"):
        return client.open(path, method=method)
    return client.open(path + query, method=method, headers=headers, json={} if method in ("POST", "PATCH") else None)


def is_open(answer: TestResponse) -> bool:
    to_sign_in = answer.status_code in (302, 303) and "/sign-in?" in answer.headers.get("Location", "")
    return answer.status_code not in CLOSED and not to_sign_in


@pytest.mark.parametrize("who", ACTORS)
def test_every_route_lets_in_whom_it_should_and_nobody_else(
    who: str, world: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    file, objects = world
    shutil.copy(file, tmp_path / "mine.sqlite3")
    app = create_app(
        databases.settings_for(databases.sqlite_url(tmp_path / "mine.sqlite3"), tmp_path / "var", demo=True)
    )
    app.config["WTF_CSRF_ENABLED"] = False  # what is asked is who may, not whether the form is fresh
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
    close_app(app)
    assert not wrong, f"as {who}:\n" + "\n".join(wrong)


def test_the_truth_names_no_route_that_is_gone(app: Flask) -> None:
    assert set(TRUTH) == {endpoint for endpoint, _, _ in routes(app)}


def test_every_route_declares_its_policy(app: Flask) -> None:
    assert [e for e, _, _ in routes(app) if policy_of(app.view_functions[e]) is None] == []
