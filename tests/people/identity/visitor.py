"""A visitor for tests: Dunia, who has an account, and forms sent as her browser sends them."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.kernel.actor import Role
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
