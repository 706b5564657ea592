"""Decision 13: an outgoing focal point reads what there was on the last day, not what came after."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.infra import clock
from app.infra.database import transaction
from app.kernel.actor import Actor, Role
from app.kernel.reference import reference_start
from app.people.access.services import ask_for_access
from app.people.access.values import AccessWish
from app.people.directory.services.roster import hold_newcomer
from app.people.directory.values import Newcomer
from app.people.identity.models import Account, RoleGrant
from app.training.turnover.rules.pasted import PastedLine
from app.training.turnover.services import import_newcomers
from tests.support.actors import actor_of, an_account, sign_in
from tests.training.turnover.builders import an_institution, focal_point

BEFORE, AFTER = "Antes", "Después"


def came(app: Flask, word: str, at: datetime) -> None:
    """An official, a held newcomer, a request and an account of Honduras, all of that moment."""
    day = at.date()
    with app.app_context(), transaction() as db:
        institution = an_institution(db)
        new = Newcomer(
            f"{word} Oficial", f"{word}.o@example.org".lower(), institution, "Cónsul", day
        )
        hold = Newcomer(
            f"{word} Espera", f"{word}.e@example.org".lower(), institution, "Cónsul", day
        )
        focal: Actor = focal_point("HN")
        given: dict[str, Any] = {"actor": focal, "country_code": "HN", "today": day, "now": at}
        assert import_newcomers(db, lines=[PastedLine(1, "x", new)], **given).created == 1
        assert hold_newcomer(db, newcomer=hold, **given)
        wish = AccessWish(f"{word} Pide", f"{word}.p@example.org".lower(), "HN", "I", "R", "es")
        ask_for_access(db, wish=wish, now=at)
    number = an_account(app, f"{word}.c@example.org".lower(), name=f"{word} Cuenta", country="HN")
    with app.app_context(), transaction() as db:
        db.execute(update(Account).where(Account.id == number).values(created_at=at))


@pytest.fixture
def outgoing(app: Flask, client: FlaskClient) -> FlaskClient:
    """The focal point of Honduras handed over ten days ago."""
    actor_of(app, "focal-point-hn")
    last = clock.today() - timedelta(days=10)
    came(app, BEFORE, reference_start(last) - timedelta(days=3))
    came(app, AFTER, reference_start(last) + timedelta(days=3))
    sign_in(client, "focal-point-hn")
    with app.app_context(), transaction() as db:
        ended = update(RoleGrant).where(RoleGrant.role == Role.FOCAL_POINT.value)
        db.execute(ended.values(valid_until=last))
    return client


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/countries/HN/roster", ("Oficial", "Espera")),
        ("/people-and-access", ("Oficial", "Cuenta")),
        ("/people-and-access/requests", ("Pide",)),
        ("/merges?search=oficial", ("Oficial",)),
        ("/search?q=oficial", ("Oficial",)),
        ("/countries/HN", ("Oficial",)),
    ],
)
def test_outgoing_focal_point_reads_what_there_was_on_the_last_day(
    outgoing: FlaskClient, path: str, shown: tuple[str, ...]
) -> None:
    page = outgoing.get(path).text
    assert [f"{BEFORE} {word}" in page for word in shown] == [True] * len(shown)
    assert AFTER not in page


def test_focal_point_in_office_reads_all(app: Flask, client: FlaskClient) -> None:
    came(app, AFTER, clock.now() - timedelta(days=3))
    sign_in(client, "focal-point-hn")
    for path, word in (
        ("/countries/HN/roster", "Oficial"),
        ("/people-and-access", "Cuenta"),
        ("/people-and-access/requests", "Pide"),
        ("/search?q=oficial", "Oficial"),
    ):
        assert f"{AFTER} {word}" in client.get(path).text, path
