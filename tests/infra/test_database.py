"""Reading cannot write; writing is all or nothing and one at a time; what follows a commit follows
only a commit.
"""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from app import create_app
from app.infra.database import database, is_sqlite, reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from tests.support.databases import settings_for

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
pytestmark = pytest.mark.both_databases


def an_entry(subject: str = "1") -> JournalEntry:
    return JournalEntry(
        at=NOW, fact="Tried", subject_kind="trial", subject_id=subject, payload={"n": 1}
    )


def write_and_fail() -> None:
    with transaction() as db:
        db.add(an_entry())
        db.flush()
        raise ZeroDivisionError


def entries() -> int:
    with reading() as db:
        return db.scalar(select(func.count()).select_from(JournalEntry)) or 0


@pytest.mark.usefixtures("app_context")
def test_the_database_refuses_to_write_while_reading() -> None:
    values = {"at": NOW, "fact": "Tried", "subject_kind": "trial", "subject_id": "1", "payload": {}}
    with pytest.raises((OperationalError, InternalError), match=r"(?i)read.?only"), reading() as db:
        db.execute(insert(JournalEntry).values(**values))
    with pytest.raises((OperationalError, InternalError), match=r"(?i)read.?only"), reading() as db:
        db.execute(text("CREATE TABLE x (y integer)"))
    assert entries() == 0
    with transaction() as db:  # the same connections may write again afterwards
        db.add(an_entry())
    assert entries() == 1


@pytest.mark.usefixtures("app_context")
def test_a_statement_read_again_is_not_planned_again() -> None:
    """What was prepared is kept from one reading to the next: by PostgreSQL, and by SQLite, which
    would forget all of it at any PRAGMA that sets something.
    """
    for _ in range(3):
        entries()
    with reading() as db:
        raw: Any = db.connection().connection.driver_connection
        if not is_sqlite(db):
            prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :words"
            assert db.scalar(text(prepared), {"words": "SELECT count(*)%journal_entry%"}) == 1
            return
    sent: list[str] = []
    raw.set_trace_callback(sent.append)
    entries()
    raw.set_trace_callback(None)
    assert [statement.split()[0] for statement in sent] == ["BEGIN", "SELECT", "COMMIT"]


@pytest.mark.usefixtures("app_context")
def test_rows_changed_while_reading_are_a_programming_mistake() -> None:
    with pytest.raises(RuntimeError, match="open a transaction"), reading() as db:
        db.add(an_entry())


@pytest.mark.usefixtures("app_context")
def test_a_reader_sees_one_snapshot() -> None:
    with reading() as db:
        before = db.scalar(select(func.count()).select_from(JournalEntry))
        with transaction() as other:
            other.add(an_entry())
        assert db.scalar(select(func.count()).select_from(JournalEntry)) == before
    assert entries() == 1


@pytest.mark.usefixtures("app_context")
def test_all_of_a_transaction_is_written_or_none() -> None:
    with transaction() as db:
        db.add_all([an_entry("1"), an_entry("2")])
    assert entries() == 2
    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert entries() == 2


@pytest.mark.usefixtures("app_context")
def test_a_transaction_within_another_fails_at_once() -> None:
    with transaction() as db:
        db.add(an_entry())
        with pytest.raises(RuntimeError, match="hand the open session on"), transaction():
            pytest.fail("the inner block ran")
        db.add(an_entry())
    with (
        pytest.raises(RuntimeError, match="hand the open session on"),
        transaction(),
        transaction(),
    ):
        pytest.fail("the inner block ran")
    with transaction() as db:  # neither the refusal nor the failed outer one leaves the door shut
        db.add(an_entry())
    assert entries() == 3


def test_what_listens_hears_of_commits_only(own_app: Flask) -> None:
    heard: list[int] = []

    def listener(db: Session) -> None:
        with reading() as other:
            heard.append(other.scalar(select(func.count()).select_from(JournalEntry)) or 0)
        with transaction():
            pass  # the door is open again for whoever listens

    with own_app.app_context():
        platform(own_app).after_commit[:] = [
            listener,
            lambda db: platform(own_app).after_commit.clear(),
        ]
        with pytest.raises(ZeroDivisionError):
            write_and_fail()
        assert heard == []
        platform(own_app).after_commit[:] = [lambda db: heard.append(entries())]
        with transaction() as db:
            db.add(an_entry())
            db.flush()
            assert heard == []
        assert heard == [1]


def test_whoever_reads_in_order_to_write_shuts_other_programs_out_at_once(app: Flask) -> None:
    """The gate stands between our own processes only; on SQLite the lock itself is taken with the
    first statement.
    """
    with app.app_context(), transaction() as db:
        db.scalar(select(func.count()).select_from(JournalEntry))
        if is_sqlite(db):
            other = sqlite3.connect(
                database.engine.url.database or "", timeout=0, isolation_level=None
            )
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()


def test_writers_take_turns(app: Flask) -> None:
    """Six threads raise one number twenty times each, reading before they write: no step is lost
    and none fails.
    """
    with app.app_context(), transaction() as db:
        db.execute(text("CREATE TABLE tally (id integer PRIMARY KEY, n integer NOT NULL)"))
        db.execute(text("INSERT INTO tally VALUES (1, 0)"))
    failures: Queue[BaseException] = Queue()

    def raise_it() -> None:
        try:
            with app.app_context():
                for _ in range(20):
                    with transaction() as db:
                        lock = "" if is_sqlite(db) else " FOR UPDATE"
                        n = db.scalar(text(f"SELECT n FROM tally WHERE id = 1{lock}")) or 0
                        db.execute(text("UPDATE tally SET n = :n WHERE id = 1"), {"n": n + 1})
        except BaseException as error:  # told to the main thread
            failures.put(error)

    threads = [threading.Thread(target=raise_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures.empty(), failures.get()
    with app.app_context(), reading() as db:
        assert db.scalar(text("SELECT n FROM tally")) == 120


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize(
    "statement", ["UPDATE journal_entry SET fact = 'x'", "DELETE FROM journal_entry"]
)
def test_the_journal_is_append_only_whoever_asks(statement: str) -> None:
    with transaction() as db:
        db.add(an_entry())
    with pytest.raises(DBAPIError, match="journal_entry_append_only"), transaction() as db:
        db.execute(text(statement))
    with pytest.raises(DBAPIError, match="journal_entry_append_only"), transaction() as db:
        db.execute(update(JournalEntry).values(fact="Changed"))
    with reading() as db:
        assert list(db.scalars(select(JournalEntry.fact))) == ["Tried"]


def test_no_connection_is_open_before_a_fork(database_url: str, tmp_path: Path) -> None:
    """gunicorn may load the application before it forks: nothing that a child must not share may be
    open then.
    """
    app = create_app(settings_for(database_url, tmp_path / "var", jobs="external"))
    with app.app_context():
        assert database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # QueuePool's
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert platform(app).jobs.huey.storage._conn is None


def test_connections_that_rested_are_asked_and_replaced_when_the_server_let_them_go(
    app: Flask, app_context: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.engine
    with transaction() as db:
        if is_sqlite(db):
            return  # a file lets nobody go
    pings: list[object] = []
    ping = engine.dialect.do_ping

    def noted(connection: object) -> bool:
        pings.append(connection)
        return ping(connection)  # type: ignore[arg-type]  # the driver's own

    monkeypatch.setattr(engine.dialect, "do_ping", noted)
    monkeypatch.setattr("app.infra.database.REST_SECONDS", 3600)
    assert entries() == entries() == 0
    assert pings == []
    with engine.connect() as one, engine.connect() as other:
        numbers = [each.scalar(text("SELECT pg_backend_pid()")) for each in (one, other)]
        other.rollback()
    with psycopg.connect(platform(app).settings.database.replace("+psycopg", "")) as by:
        by.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [numbers])
    monkeypatch.setattr("app.infra.database.REST_SECONDS", 0)
    assert entries() == 0
    with engine.connect() as one, engine.connect() as other:
        again = [each.scalar(text("SELECT pg_backend_pid()")) for each in (one, other)]
    assert set(again).isdisjoint(numbers)
    assert pings
