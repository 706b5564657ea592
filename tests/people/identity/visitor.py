"""A visitor for tests: Dunia, who has an account, and forms sent as her browser sends them."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra.database import transaction
from app.kernel.actor import Role
from app.people.identity.models import SignInAttempt
from tests.support.actors import an_account, csrf_token

EMAIL, PASSWORD = "dunia@example.org", "mango lluvia tren sello"
Post = Callable[..., TestResponse]


def posting(client: FlaskClient) -> Post:
    """`post(path, field=...)` sends a form with its token; the second argument is the address it
    comes from.
    """

    def send(path: str, _from: str = "127.0.0.1", **fields: str) -> TestResponse:
        return client.post(
            path,
            data={**fields, "csrf_token": csrf_token(client)},
            environ_base={"REMOTE_ADDR": _from},
        )

    return send


def her_account(app: Flask) -> int:
    return an_account(
        app,
        EMAIL,
        name="Dunia Zúñiga",
        country="HN",
        password=PASSWORD,
        roles=[(Role.OFFICIAL, "HN")],
    )


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def try_more(app: Flask, door: str, count: int) -> None:
    """Counts the latest try at a kind of door so many times more, as if it had been repeated: the
    limits are those of the office, and only the tries around them need a page.
    """
    a = SignInAttempt
    with app.app_context(), transaction() as db:
        latest = db.scalars(
            select(a).where(a.key.startswith(f"{door}:")).order_by(a.id.desc()).limit(1)
        ).one()
        db.add_all([SignInAttempt(key=latest.key, at=latest.at) for _ in range(count)])
