"""The same application with an address whose document is held up by a test (`drawers.held`)."""

from flask import Flask

from app import create_app as real_app
from app.infra.pdf import drawn_by
from app.web.guards import anyone, requires


def create_app() -> Flask:
    app = real_app()
    app.add_url_rule("/held/<int:number>", "held", requires(anyone)(held))
    return app


def held(number: int) -> bytes:
    return drawn_by("tests.support.drawers:held", str(number).encode())
