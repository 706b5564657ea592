"""Refuses to work on a damaged database file, before anything reads or migrates it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click


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
