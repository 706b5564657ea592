"""SQLite: what is deleted is in no file any more, neither in a freed page nor in the log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app.infra.database import SQLITE_PRAGMAS, database, forget_after, reading, transaction
from app.infra.journal import JournalEntry

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def write(app: Flask, subject: str, *, forgets: bool) -> None:
    with app.app_context(), transaction() as db:
        db.add(
            JournalEntry(
                at=NOW, fact="Tried", subject_kind="trial", subject_id=subject, payload={"n": 1}
            )
        )
        if forgets:
            forget_after(db)


def test_what_is_deleted_is_overwritten_by_our_setting(app: Flask) -> None:
    """Not by how this SQLite happens to be built."""
    with app.app_context(), database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    assert "secure_delete=ON" in SQLITE_PRAGMAS


def test_log_is_emptied_after_a_transaction_that_forgets(app: Flask) -> None:
    with app.app_context():
        log = Path(f"{database.engine.url.database}-wal")
    write(app, "1", forgets=False)
    assert log.stat().st_size > 0
    write(app, "2", forgets=True)
    assert log.stat().st_size == 0


def test_reader_on_a_snapshot_is_not_thrown_out_and_the_next_forgetting_empties_the_log(
    app: Flask,
) -> None:
    count = select(func.count()).select_from(JournalEntry)
    write(app, "1", forgets=False)
    with app.app_context():
        log = Path(f"{database.engine.url.database}-wal")
        with reading() as db, ThreadPoolExecutor(1) as thread:
            before = db.scalar(count)
            thread.submit(write, app, "2", forgets=True).result(timeout=30)
            assert db.scalar(count) == before
        assert log.stat().st_size > 0
    write(app, "3", forgets=True)
    assert log.stat().st_size == 0
