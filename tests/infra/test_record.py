"""The chain over the journal: what commits late, two sealers at once, one that is killed."""

import os
import signal
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.infra import clock, journal, record_keeping
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.infra.record import _SETTLED_ROW, JOURNAL, RecordLink, seal_next
from app.infra.record_keys import (
    RecordKeysUnfit,
    add_key,
    content_of,
    key_file,
    key_of,
    mark_with,
    record_keys,
)
from app.kernel.actor import SYSTEM
from app.people.directory.facts import ExportMade
from config import Settings


def written(count: int = 1) -> None:
    with transaction() as db:
        facts = [ExportMade("personal-data", str(number), 1) for number in range(count)]
        journal.record_all(db, facts, actor=SYSTEM, now=clock.now())


def linked() -> list[int]:
    with reading() as db:
        rows = select(RecordLink.row_id).where(RecordLink.kind == "journal")
        return list(db.scalars(rows.order_by(RecordLink.id)))


@pytest.fixture
def kept(app: Flask) -> Flask:
    with app.app_context():
        written(3)
        record_keeping.new_key()
    return app


@pytest.mark.both_databases
def test_entries_of_writers_at_once_are_linked_once_each_whatever_commits_first(
    kept: Flask,
) -> None:
    """Four writers and two sealers. On PostgreSQL one writer takes the first number and commits
    last, after others were linked.
    """
    took_number, goes_on = threading.Event(), threading.Event()

    def late() -> None:
        with kept.app_context(), transaction() as db:
            if db.get_bind().dialect.name == "sqlite":  # one writer at a time: nobody is late
                goes_on.wait(0)
            journal.record(db, ExportMade("late", "1", 1), actor=SYSTEM, now=clock.now())
            took_number.set()
            if db.get_bind().dialect.name != "sqlite":
                assert goes_on.wait(20)

    def write() -> None:
        with kept.app_context():
            for _ in range(10):
                written()

    def seal() -> None:
        with kept.app_context():
            for _ in range(10):
                record_keeping.seal()

    latecomer = threading.Thread(target=late)
    latecomer.start()
    assert took_number.wait(20)
    crowd = [threading.Thread(target=work) for work in (write, write, write, seal, seal)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    with kept.app_context():
        record_keeping.seal()
        before = linked()
        goes_on.set()
        latecomer.join()
        record_keeping.seal()
        with reading() as db:
            number = db.scalar(select(JournalEntry.id).where(JournalEntry.subject_id == "late:1"))
            every = db.scalar(select(func.count()).select_from(JournalEntry))
            if db.get_bind().dialect.name == "postgresql":
                assert before[-1] > (number or 0) not in before
        assert number in linked()
        assert len(linked()) == len(set(linked())) == every
        result = record_keeping.verify()
        assert (result.count, result.waiting) == (0, 0)


def test_entry_that_came_after_its_number_was_closed_is_linked_by_the_verification(
    kept: Flask,
) -> None:
    with kept.app_context():
        with transaction() as db:
            db.execute(text("UPDATE record_link SET at = '2020-01-01' WHERE id > 1"))
        with transaction() as db:
            journal.record(db, ExportMade("late", "1", 1), actor=SYSTEM, now=clock.now())
            db.execute(text("DROP TRIGGER journal_entry_no_update"))
            db.execute(text("UPDATE journal_entry SET id = 0 WHERE subject_id = 'late:1'"))
        record_keeping.seal()
        assert 0 not in linked()
        with transaction() as db:
            db.execute(text("UPDATE journal_entry SET id = -1 WHERE id = 0"))
            keys = record_keys(platform().settings)
            assert seal_next(db, [JOURNAL], keys=keys, now=clock.now(), below=True) == 1


def test_rows_that_are_not_ours_do_not_keep_ours_from_being_linked(
    kept: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.infra.record.BATCH", 2)
    with kept.app_context():
        written(6)
        with transaction() as db:
            for rule in ("no_update", "mark_append_only_0"):
                db.execute(text(f"DROP TRIGGER IF EXISTS journal_entry_{rule}"))
            db.execute(text("UPDATE journal_entry SET record_mark = :junk WHERE id > 3"), JUNK)
        written()
        record_keeping.seal()
        assert linked() == [1, 2, 3, 10]


JUNK = {"junk": "x" * 36}


def test_sealer_asks_for_no_more_than_the_last_hour_of_the_chain(kept: Flask) -> None:
    with kept.app_context(), reading() as db:
        asked = f"EXPLAIN QUERY PLAN {_SETTLED_ROW.compile(db.get_bind())}"
        plan = db.connection().exec_driver_sql(asked, ("journal", "2026-11-30", 1, 0))
        assert not [row for row in plan if "TEMP B-TREE" in row[-1]]


def test_sealer_that_is_killed_leaves_whole_batches(
    kept: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.infra.record.BATCH", 7)
    with kept.app_context():
        written(40)
    for moment in (1, 3):
        pid = os.fork()
        if pid == 0:  # the child dies in the middle of a batch
            with kept.app_context():
                die_at(moment)
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    with kept.app_context():
        assert record_keeping.seal() > 0
        assert linked() == sorted(set(linked()))
        assert record_keeping.verify().count == 0


def die_at(batch: int) -> None:
    """Seals, and dies before so many batches were committed."""
    keys, done = record_keys(platform().settings), 0
    while True:
        with transaction() as db:
            seal_next(db, [JOURNAL], keys=keys, now=clock.now())
            done += 1
            if done == batch:
                os.kill(os.getpid(), signal.SIGKILL)


def test_begin_that_was_killed_is_taken_up_and_enters_every_row(app: Flask) -> None:
    def dies(_kind: str, _rows: int) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        written(5)
        with pytest.raises(KeyboardInterrupt):
            record_keeping.new_key(on_step=dies)
        assert linked() == []
        own = key_file(platform().settings).read_text("ascii")
        record_keeping.new_key()
        assert key_file(platform().settings).read_text("ascii") == own
        assert linked() == [1, 2, 3, 4, 5]
        assert record_keeping.verify().count == 0


def test_marks_are_of_one_key_and_one_content(tmp_path: Path) -> None:
    settings = Settings(environment="test", convoca_data=tmp_path)
    assert record_keys(settings) == ()
    add_key(settings)
    add_key(settings)
    first, second = record_keys(settings)
    assert key_file(settings).stat().st_mode & 0o077 == 0
    content = content_of("a", 1, None)
    assert content != content_of("a", "1", None) != content_of("a1", None)
    assert mark_with(first, content) != mark_with(first, content)
    assert key_of((first, second), content, mark_with(first, content)) == 1
    assert key_of((first, second), content, mark_with(second, content)) == 2
    assert key_of((second,), content, mark_with(first, content)) == 0
    assert key_of((first,), content + " ", mark_with(first, content)) == 0
    for strange in (None, "", "x" * 36, "ñ" * 36):
        assert key_of((first,), content, strange) == 0
    key_file(settings).write_text("not a key\n", "ascii")
    with pytest.raises(RecordKeysUnfit):
        record_keys(settings)
