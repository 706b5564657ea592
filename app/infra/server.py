"""The single-process server: waitress with the job consumer as a thread beside it."""

import click
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.infra.database import writing_engine
from config import Settings

THREADS = 8


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve on 127.0.0.1:$PORT. Refuses to start when a rule of the database is dead."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's documented way
    settings: Settings = app.extensions["convoca_settings"]
    check_rules(app)
    if settings.jobs == "inprocess":
        app.extensions["convoca_jobs"].start_inprocess()
    for line in app.extensions["convoca_greeting"]():
        click.echo(line)
    waitress.serve(app, host="127.0.0.1", port=settings.port, threads=THREADS, ident=None, clear_untrusted_proxy_headers=True)


def check_rules(app: Flask) -> None:
    """Runs every tripwire on a connection whose work is undone."""
    with app.app_context(), writing_engine().connect() as connection:
        for tripwire in app.extensions["convoca_tripwires"]:
            tripwire(connection)
        connection.rollback()


@click.group("jobs")
def jobs() -> None:
    """Background work: what is pending, and a consumer of its own."""


@jobs.command("drain")
@with_appcontext
def drain() -> None:
    """Do everything that is due, now."""
    click.echo(current_app.extensions["convoca_jobs"].drain())


@jobs.command("work")
@with_appcontext
def work() -> None:
    """A consumer of its own, for several web workers (JOBS=external)."""
    current_app.extensions["convoca_jobs"].consumer(workers=2).run()
