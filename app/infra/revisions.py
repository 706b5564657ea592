"""Where the database stands, and which revisions this version's migrations know.

Reads the migrations as text. Alembic would import each of them, and a server would keep Alembic in
memory; a test compares the two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

_NAMED = re.compile(r"^(down_revision|revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Revisions:
    """The revisions in a folder of migrations."""

    known: frozenset[str]
    newest: frozenset[str]
    """Those that no other builds on: one, unless two were made side by side."""


def revisions(versions: Path) -> Revisions:
    """Returns the revisions in the folder `versions`; by default those of the program, in
    `migrations/versions`.
    """
    named = list(_read(versions))
    known = frozenset(word for name, word in named if name == "revision")
    return Revisions(known, known - {word for name, word in named if name == "down_revision"})


def stands_at(connection: Connection) -> frozenset[str]:
    """Returns the revisions the database stands at: one as a rule, none before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return frozenset()
    return frozenset(connection.scalars(text("SELECT version_num FROM alembic_version")))


def _read(versions: Path) -> Iterator[tuple[str, str]]:
    """Yields pairs of `revision` or `down_revision` and a revision that it names."""
    for path in versions.glob("*.py"):
        for name, value in _NAMED.findall(path.read_text(encoding="utf-8")):
            for word in _QUOTED.findall(value):
                yield name, word
