"""Ending an application, so that no connection outlives its test."""

from flask import Flask

from app.infra.database import database


def close_app(app: Flask) -> None:
    app.extensions["convoca_mailer"].close()
    app.extensions["convoca_jobs"].close()
    with app.app_context():
        for engine in database.engines.values():
            engine.dispose()
