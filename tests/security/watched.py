"""What a database file holds, read again only when somebody has written to it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

Held = TypeVar("Held")


class Watched(Generic[Held]):
    """Answers what `read` finds in `file`.

    SQLite's `data_version` changes for a connection whenever another one commits (including one of
    another process), so that as long as it stays, what was read before still holds.
    """

    def __init__(self, file: Path, read: Callable[[sqlite3.Connection], Held]) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._read = read
        self._version, self._held = self._version_now(), read(self._connection)

    def now(self) -> Held:
        version = self._version_now()
        if version != self._version:
            self._version, self._held = version, self._read(self._connection)
        return self._held

    def close(self) -> None:
        self._connection.close()

    def _version_now(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version
