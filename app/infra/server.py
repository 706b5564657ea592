"""The single-process server: waitress with the job consumer as a thread beside it."""

import signal
import sys
from types import FrameType

import click
import waitress
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import Connection

from app.infra.database import writing_engine
from app.infra.schema import DeadRule
from config import Settings

THREADS = 8


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve on 127.0.0.1:$PORT. Refuses to start when a rule of the database is dead."""
    app = _application()
    settings: Settings = app.extensions["convoca_settings"]
    _prove()
    consumer = app.extensions["convoca_jobs"].start_inprocess() if settings.jobs == "inprocess" else None
    for line in app.extensions["convoca_greeting"]():
        click.echo(line)
    signal.signal(signal.SIGTERM, _leave)
    # Behind a proxy its headers must reach ProxyFix; without one nobody's word about the client is taken.
    waitress.serve(
        app, host="127.0.0.1", port=settings.port, threads=THREADS, ident=None,
        clear_untrusted_proxy_headers=not settings.trusted_proxies,
    )  # fmt: skip
    if consumer:
        consumer.stop(graceful=True)


@click.command("check")
@with_appcontext
def check() -> None:
    """Prove that the database has this version's tables and that its rules are alive; exit 1 if not."""
    _prove()


def _prove() -> None:
    try:
        check_rules(_application())
    except DeadRule as dead:
        sentence = f"Convoca will not start: {dead}\n`flask db upgrade` puts tables and rules in place again."
        raise click.ClickException(sentence) from dead


def check_rules(app: Flask) -> None:
    """Runs every tripwire on a connection whose work is undone. Raises DeadRule with a sentence for the operator."""
    with app.app_context(), writing_engine().connect() as connection:
        _require_this_version(app, connection)
        for tripwire in app.extensions["convoca_tripwires"]:
            tripwire(connection)
        connection.rollback()


def _require_this_version(app: Flask, connection: Connection) -> None:
    scripts = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    stands_at = MigrationContext.configure(connection).get_current_heads()
    if set(stands_at) != set(scripts.get_heads()):
        raise DeadRule(
            f"The database stands at version {', '.join(stands_at) or 'none'}, this program needs "
            f"{', '.join(scripts.get_heads())}."
        )


def _application() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's documented way
    return app


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Ends waitress's loop, which then lets requests in progress finish."""
    sys.exit(0)
