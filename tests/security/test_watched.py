"""The watcher of a database file reads again after every commit, and only then."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.security.watched import Watched


def test_every_commit_of_another_connection_is_seen(tmp_path: Path) -> None:
    readings: list[int] = []

    def read(connection: sqlite3.Connection) -> int:
        readings.append(connection.execute("SELECT count(*) FROM note").fetchone()[0])
        return readings[-1]

    file = tmp_path / "notes.sqlite3"
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE note (id INTEGER)")
        writer.commit()
        with closing(Watched(file, read)) as watched:
            assert watched.now() == watched.now() == 0
            for number in (1, 2):
                writer.execute("INSERT INTO note VALUES (1)")
                assert watched.now() == number - 1
                writer.commit()
                assert watched.now() == watched.now() == number
            writer.execute("DELETE FROM note")
            writer.rollback()
            assert watched.now() == 2
    assert readings == [0, 1, 2]
