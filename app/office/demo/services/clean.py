"""Begins clean after the demonstration: what it left in the data folder is put aside, whole, and
nothing is deleted.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

from app.infra.record_check import ANCHORS
from app.infra.record_keys import OWN_FILE as RECORD_KEY
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from config import Settings

OWN = ("jobs.sqlite3", "jobs.sqlite3-wal", "jobs.sqlite3-shm", "files", "mail", "certificates")
OWN_TOO = ("secret.key", "uid-domain", RECORD_KEY, ANCHORS, "backups", "archives")
"""What Convoca writes into its data folder beside the database. Nothing else is touched."""
SQLITE = "sqlite:///"


class StillInUse(Refusal):
    kind = Kind.CONFLICT
    rule = "demo-still-in-use"
    msgid = N_("Convoca is running on this database. Stop it (Ctrl+C), then do this again.")


class OnAServer(Refusal):
    rule = "demo-on-a-server"
    msgid = N_(
        "The database is on a PostgreSQL server, where Convoca puts nothing aside. Make an empty "
        "database there, name it in DATABASE_URL and start Convoca again; this one stays as it is."
    )


def put_aside(settings: Settings, *, on: date) -> Path:
    """Moves the demonstration into a new folder `demo-<day>` within the data folder; returns it.
    With that folder as CONVOCA_DATA the demonstration can be opened again.

    Raises OnAServer, and StillInUse when another process has the database open.
    """
    if not settings.database.startswith(SQLITE):
        raise OnAServer
    path = Path(settings.database.removeprefix(SQLITE))
    _close(path)
    folder = _new_folder(settings.data, on)
    path.rename(folder / "convoca.sqlite3")
    for name in (*OWN, *OWN_TOO):
        if (settings.data / name).exists():
            (settings.data / name).rename(folder / name)
    return folder


def _close(path: Path) -> None:
    """Brings everything into the one file. SQLite refuses while anybody else has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=2)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise StillInUse from error


def _new_folder(data: Path, on: date) -> Path:
    for number in count(1):
        folder = data / f"demo-{on:%Y-%m-%d}{f'-{number}' if number > 1 else ''}"
        if not folder.exists():
            folder.mkdir(parents=True)
            return folder
    raise AssertionError


def start_anew() -> None:
    """Replaces this process by a server on an empty database. The setting DEMO is left out, because
    it would let anybody in. Does not return.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != "DEMO"}
    flask = [sys.executable, "-m", "flask"]
    for step in (["db", "upgrade"], ["reference", "load"], ["journal", "new-key"]):
        subprocess.run([*flask, *step], env=surroundings, check=True)
    os.execve(sys.executable, [*flask, "serve"], surroundings)  # noqa: S606 - the same
