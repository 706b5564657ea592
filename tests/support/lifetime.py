"""Ending an application, so that no connection outlives its test."""

from flask import Flask

from app.infra.database import database
from app.infra.platform import platform


def close_app(app: Flask) -> None:
    platform(app).mailer.close()
    platform(app).jobs.close()
    with app.app_context():
        for engine in database.engines.values():
            engine.dispose()
