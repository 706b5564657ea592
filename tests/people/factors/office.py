"""For tests: an account with a password, and with a second factor, as its owner would set it up."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.people.factors import services
from app.people.factors.rules import step_of
from tests.support.actors import actor_of, an_account

EMAIL, PASSWORD = "dunia@example.org", "mango lluvia tren sello"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EARLIER = timedelta(minutes=10)


def an_organizer(app: Flask, email: str = EMAIL) -> int:
    return an_account(app, email, password=PASSWORD, roles=[(Role.ORGANIZER, "")])


def protect(app: Flask, who: str = EMAIL) -> tuple[str, ...]:
    """Sets an application up whose secret is SECRET, ten minutes ago; returns the recovery codes."""
    actor, now = actor_of(app, who), clock.now() - EARLIER
    with app.app_context(), transaction() as db:
        return services.set_up_app(db, actor=actor, secret=SECRET, code=code(now=now), now=now)


def code(later: int = 0, *, now: Any = None) -> str:
    """The code that the application shows now, or so many half minutes later."""
    return pyotp.TOTP(SECRET).generate_otp(step_of(now or clock.now()) + later)


def facts(app: Flask, account_id: int) -> list[str]:
    """The facts about an account, in order, without those about devices."""
    wanted = (
        select(JournalEntry.fact)
        .where(JournalEntry.subject_kind == "account", JournalEntry.subject_id == str(account_id))
        .where(JournalEntry.fact != "NewDeviceUsed")
        .order_by(JournalEntry.id)
    )
    with app.app_context(), reading() as db:
        return list(db.scalars(wanted))


def asked(client: FlaskClient, path: str) -> dict[str, Any]:
    """What a page asks a passkey."""
    found = re.search(r'data-asked="([^"]+)"', client.get(path).text)
    assert found is not None
    question: dict[str, Any] = json.loads(html.unescape(found[1]))
    return question
