"""The single-process server: waitress with the job consumer as a thread beside it. It refuses to work
on a damaged database file, before anything reads or migrates it.
"""

import os
import resource
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import Connection

from app.infra.database import writing_engine
from app.infra.platform import platform
from app.infra.revisions import revisions, stands_at
from app.infra.schema import DeadRule
from config import LARGEST_BODY, Settings


class DamagedDatabase(click.ClickException):
    """The command ends with exit code 1 and a sentence for the operator."""

    def __init__(self, path: Path, said: str) -> None:
        super().__init__(
            f"Convoca will not start: the database {path} is damaged ({said}).\n"
            "Put it aside, do not delete it, and restore the newest backup: docs/deploy.md, “Backup”."
        )


def require_sound_database(url: str) -> None:
    """Checks the pages of a SQLite file, where there is one. Raises DamagedDatabase with SQLite's
    first complaint.
    """
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite") or not path.is_file():
        return
    try:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            [first] = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise click.ClickException(
            f"Convoca will not start: the database {path} cannot be read ({error})."
        ) from None
    except sqlite3.DatabaseError as error:
        raise DamagedDatabase(path, str(error)) from None
    if first != "ok":
        raise DamagedDatabase(path, " ".join(str(first).split()))


MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
THREADS = 8
CONNECTIONS = 2000
FILES_PER_CONNECTION = 2
"""The socket, and a temporary file for a body over 512 KB that arrives slowly."""
FILES_FOR_THE_REST = 256
SILENT_SECONDS = 30
SWEEP_SECONDS = 5
SWITCH_SECONDS = 0.0005
"""After how long a thread lets another run that waits for Python. With the usual five milliseconds
whoever holds the lock of the database waits for those who only read, after each of some 16 statements
(docs/decisions/0109).
"""
ANSWERED_WITHIN = 1.0
"""Seconds that the answer to the press which ends the server has to leave."""


class AnotherVersion(DeadRule):
    """No migration leads on from where the database stands."""


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve on 127.0.0.1:$PORT. Refuses to start when a rule of the database is dead."""
    app = _application()
    settings = platform(app).settings
    _prove()
    consumer = platform(app).jobs.start_inprocess() if settings.jobs == "inprocess" else None
    for line in platform(app).greeting():
        click.echo(line)
    signal.signal(signal.SIGTERM, _leave)
    platform(app).serves = True
    sys.setswitchinterval(SWITCH_SECONDS)
    waitress.serve(
        app, host="127.0.0.1", port=settings.port, threads=THREADS, **listening(settings)
    )
    if consumer:
        consumer.stop(graceful=True)
    if afterwards := platform(app).afterwards:
        afterwards()


def can_start_anew() -> bool:
    """Returns True in the process of `flask serve`, which can end itself and do something
    afterwards.
    """
    return platform().serves


def end_serving(afterwards: Callable[[], object]) -> None:
    """Ends the server once the present request is answered, then calls `afterwards`. A second call
    changes nothing.
    """
    held = platform()
    if held.afterwards is None:
        held.afterwards = afterwards
        threading.Timer(ANSWERED_WITHIN, os.kill, (os.getpid(), signal.SIGTERM)).start()


def listening(settings: Settings) -> dict[str, Any]:
    """Returns the options of waitress for both ways of serving.

    Waitress reads requests in one thread and hands over what is complete, so a slow client costs a
    connection and never a worker thread. With its default of 100 connections (and select(), which
    ends at 1,024 descriptors) a hundred slow clients would still take the site down.
    """
    return {
        "connection_limit": _connection_limit(),
        "asyncore_use_poll": True,
        "channel_timeout": SILENT_SECONDS,
        "cleanup_interval": SWEEP_SECONDS,
        # Twice, so that Flask still answers what is a little too large with a page in the reader's
        # language.
        "max_request_body_size": 2 * max(LARGEST_BODY, settings.largest_package),
        "ident": None,
        # What a proxy says of the client reaches ProxyFix, which is there only where one is declared,
        # and the check that tells of one that is not. Nothing else believes it.
        "clear_untrusted_proxy_headers": False,
    }


def _connection_limit() -> int:
    """Returns CONNECTIONS, or fewer where the machine lets the process open too few files.

    Raises the soft limit first.
    """
    wanted = CONNECTIONS * FILES_PER_CONNECTION + FILES_FOR_THE_REST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(100, min(CONNECTIONS, (soft - FILES_FOR_THE_REST) // FILES_PER_CONNECTION))


@click.command("check")
@with_appcontext
def check() -> None:
    """Prove that the database has this version's tables and that its rules are alive; exit 1 if
    not.
    """
    _prove()


def _prove() -> None:
    require_sound_database(platform(_application()).settings.database)
    try:
        check_rules(_application())
    except AnotherVersion as other:
        raise click.ClickException(f"Convoca will not start: {other}") from other
    except DeadRule as dead:
        sentence = f"Convoca will not start: {dead}\n`flask db upgrade` puts tables and rules in place again."
        raise click.ClickException(sentence) from dead


def check_rules(app: Flask) -> None:
    """Runs every tripwire on a connection whose work is undone. Raises DeadRule with a sentence for
    the operator.
    """
    with app.app_context(), writing_engine().connect() as connection:
        _require_this_version(connection)
        for tripwire in platform(app).tripwires:
            tripwire(connection)
        connection.rollback()


def _require_this_version(connection: Connection) -> None:
    ours, found = revisions(MIGRATIONS), stands_at(connection)
    if unknown := found - ours.known:
        raise AnotherVersion(
            f"The database was made by another version of Convoca ({', '.join(sorted(unknown))}). "
            "Name another folder in CONVOCA_DATA, or an empty database in DATABASE_URL."
        )
    if found != ours.newest:
        raise DeadRule(
            f"The database stands at version {', '.join(sorted(found)) or 'none'}, this program "
            f"needs {', '.join(sorted(ours.newest))}."
        )


def _application() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's documented way
    return app


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Ends waitress's loop, which then lets requests in progress finish."""
    sys.exit(0)
