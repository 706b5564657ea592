"""Background work: huey is the alarm clock, the deliveries in the database are the truth.

huey loses a job whose worker is killed (at most once, by design), so a job carries only a
delivery's id and a sweep every minute, and at each start, wakes whatever is still pending. Storage:
a SQLite file beside the database by default, PostgreSQL or Redis/Valkey by configuration.
"""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import structlog
from flask import Flask
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import Serializer, SignedSerializer
from huey.storage import BaseSqlStorage
from redis.exceptions import RedisError
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import (
    FRESH,
    CannotSucceed,
    Delivery,
    Handler,
    JournalEntry,
    Registry,
)
from app.infra.platform import platform
from app.infra.secret_keys import SecretKeys
from config import Settings

log = structlog.get_logger()
MAX_ATTEMPTS = 12
"""With the pauses below a delivery is given up after some fifteen hours."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
LEASE = timedelta(minutes=10)
"""How long a worker may take outside a transaction before another one starts the work again."""
SKEW = timedelta(minutes=5)
"""By how much the clocks of two machines may differ."""
BATCH = 200
BEAT = "convoca.beat"
QUEUE_FAILURES = (OSError, sqlite3.Error, psycopg.Error, RedisError)


def pause_after(attempts: int) -> timedelta:
    """Returns how long to wait after the n-th failure: doubles from 30 seconds, at most 6 hours."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 12)
    return min(doubled, LONGEST_PAUSE)


@dataclass(frozen=True)
class Beat:
    """A sign of life of a consumer: when, and when the mail server last took a letter or failed
    (UTC).
    """

    at: datetime
    mail_answered_at: datetime | None = None
    mail_failed_at: datetime | None = None

    def written(self) -> bytes:
        return json.dumps([moment and moment.isoformat() for moment in astuple(self)]).encode()

    @classmethod
    def read(cls, written: object) -> "Beat | None":
        """Reads a beat; returns None for what is no beat, such as huey's mark for an empty place."""
        if not isinstance(written, bytes | memoryview):
            return None
        at, answered, failed = (
            moment and datetime.fromisoformat(moment) for moment in json.loads(bytes(written))
        )
        return cls(at, answered, failed)


def rests(delivery: Delivery, now: datetime) -> bool:
    """Returns True while a delivery waits for its next try.

    A time that no pause and no lease can have set means that the clock was ahead when it was
    written: that delivery is due at once, because it would otherwise wait as many days as the clock
    was wrong.
    """
    return now < delivery.next_at <= now + _longest_rest(delivery.attempts)


def _longest_rest(attempts: int) -> timedelta:
    return SKEW + (LONGEST_PAUSE if attempts else LEASE)


class Jobs:
    """The queue of one application."""

    def __init__(
        self, app: Flask, settings: Settings, registry: Registry, *, keys: SecretKeys
    ) -> None:
        self.app = app
        self.handlers: dict[str, Handler] = {
            h.name: h for handlers in registry.values() for h in handlers
        }
        self.mode = settings.jobs
        self.huey = _queue(settings, keys)
        self._task = self.huey.task(name="deliver")(self._deliver_in_context)
        self._sweep = self.huey.periodic_task(crontab(minute="*"), name="sweep")(
            self._sweep_in_context
        )

    def wake(self, db: Session) -> None:
        """Queues one job for each fresh delivery, after the commit.

        A queue that is down delays them by a minute, until the sweep; it never fails the request.
        """
        fresh = db.info.pop(FRESH, [])
        if self.mode == "off":
            return
        try:
            for delivery_id in fresh:
                self._task(delivery_id)
        except QUEUE_FAILURES as error:
            log.warning(
                "the job queue cannot be reached; the sweep will find these",
                fresh=fresh,
                error=str(error),
            )

    def periodic(self, name: str, schedule: Callable[..., bool], run: Callable[[], object]) -> None:
        def in_context() -> None:
            with self.app.app_context():
                run()

        self.huey.periodic_task(schedule, name=name)(in_context)

    def _deliver_in_context(self, delivery_id: int) -> None:
        with self.app.app_context():
            self.deliver(delivery_id)

    def _sweep_in_context(self) -> None:
        with self.app.app_context():
            self._beat()
            self.sweep()

    def _beat(self) -> None:
        """Leaves in the queue's storage that this consumer is alive and when it last reached the
        mail server.
        """
        mailer = platform(self.app).mailer
        told = self.last_beat() or Beat(clock.now())
        beat = Beat(
            clock.now(),
            mailer.answered_at or told.mail_answered_at,
            mailer.failed_at or told.mail_failed_at,
        )
        with suppress(*QUEUE_FAILURES):
            self.huey.storage.put_data(BEAT, beat.written())

    def last_beat(self) -> "Beat | None":
        """Returns the newest sign of life of a consumer; None when there was none or the queue
        cannot be reached.
        """
        with suppress(*QUEUE_FAILURES, ValueError, TypeError):
            return Beat.read(self.huey.storage.peek_data(BEAT))
        return None

    def sweep(self) -> int:
        """Runs everything pending whose time has come; returns how many were tried."""
        due = pending_deliveries()
        for delivery_id in due:
            self.deliver(delivery_id)
        return len(due)

    def drain(self) -> int:
        """Sweeps until nothing is due: for tests and for `flask jobs drain`."""
        total = 0
        while done := self.sweep():
            total += done
        return total

    def deliver(self, delivery_id: int) -> None:
        """Does one listener's work for one fact; a failure is noted and tried again later, never
        lost.
        """
        try:
            self._run(delivery_id)
        # the one place that catches everything: a listener's bug must not stop the queue
        except Exception as error:
            # What the world does to us (a mail server, a disk) needs no traceback, and its text may
            # hold addresses.
            expected = isinstance(error, OSError | CannotSucceed)
            (log.warning if expected else log.exception)(
                "delivery failed", delivery=delivery_id, error=type(error).__name__
            )
            _note_failure(delivery_id, error)

    def _run(self, delivery_id: int) -> None:
        with transaction() as db:
            now = clock.now()  # after any waiting for other writers
            delivery = _free(db, delivery_id)
            if delivery is None or rests(
                delivery, now
            ):  # done, taken or leased by another, or resting
                return
            entry = db.get_one(JournalEntry, delivery.entry_id)
            handler = self.handlers[delivery.handler]
            if handler.inside:
                handler.run(db, entry, now=now)
                delivery.state, delivery.done_at = "done", now
                return
            delivery.next_at = now + LEASE  # the lease of a worker that is killed simply runs out
            db.flush()
            db.expunge(entry)
        handler.run(entry, now=now)
        with transaction() as db:
            # Waits for whoever looks at the row just now: a mark left out would repeat the work
            # when the lease ends.
            delivery = db.get(Delivery, delivery_id, with_for_update=True)
            if delivery is not None and delivery.state == "pending":
                delivery.state, delivery.done_at = "done", clock.now()

    def close(self) -> None:
        """Lets go of the queue's connection; it opens again when it is needed."""
        if isinstance(self.huey.storage, BaseSqlStorage):
            self.huey.storage.close()

    def consumer(self, *, workers: int) -> Consumer:
        """Returns a consumer of the queue, not yet started.

        SIGTERM lets it finish what it has begun. A queue that is down now is asked again every
        second.
        """
        with suppress(*QUEUE_FAILURES):
            self._sweep()
        return Consumer(
            self.huey, workers=workers, worker_type="thread", max_delay=1.0, graceful_signal="TERM"
        )

    def start_inprocess(self) -> Consumer:
        """Starts the consumer as a thread of a single-process server; `stop(graceful=True)` waits
        for what it has begun.
        """
        consumer = self.consumer(workers=1)
        # huey installs signal handlers, which only the main thread may do; the server owns the
        # signals here.
        consumer._set_signal_handlers = lambda: None
        threading.Thread(target=consumer.run, name="jobs", daemon=True).start()
        return consumer


class ListedKeysSerializer(Serializer):
    """Signs a job with the current key, and reads one that a listed key signed: a worker that was
    started anew finds what was queued before.
    """

    def __init__(self, keys: SecretKeys) -> None:
        super().__init__()
        self._signed = [SignedSerializer(secret=key) for key in keys.listed]

    def serialize(self, data: Any) -> bytes:
        written: bytes = self._signed[0].serialize(data)
        return written

    def deserialize(self, data: bytes) -> Any:
        """Raises ValueError for what no listed key signed."""
        for signed in self._signed[:-1]:
            with suppress(ValueError):
                return signed.deserialize(data)
        return self._signed[-1].deserialize(data)


def _queue(settings: Settings, keys: SecretKeys) -> Huey:
    """Opens no connection that a fork could inherit: huey closes the one that makes its tables."""
    options: dict[str, Any] = {
        "serializer": ListedKeysSerializer(keys),
        "results": False,
    }
    if settings.jobs == "off":
        return MemoryHuey("convoca", **options)
    if settings.redis_url:
        return RedisHuey("convoca", url=settings.redis_url, **options)
    if settings.database.startswith("postgresql"):
        return PostgresHuey(
            "convoca", dsn=settings.database.replace("postgresql+psycopg", "postgresql"), **options
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("convoca", filename=str(settings.data / "jobs.sqlite3"), **options)


# The first condition is the rule; the other two are `rests` for a delivery whose time lies farther
# ahead than any lease or pause could have set it, because the clock was wrong when it was written.
DUE = (
    select(Delivery.id)
    .where(
        Delivery.state == "pending",
        or_(
            Delivery.next_at <= bindparam("now"),
            and_(Delivery.attempts == 0, Delivery.next_at > bindparam("lease")),
            Delivery.next_at > bindparam("pause"),
        ),
    )
    .order_by(Delivery.id)
    .limit(BATCH)
)
OLDEST_DUE = select(func.min(Delivery.next_at)).where(
    Delivery.state == "pending", Delivery.next_at <= bindparam("now")
)


def pending_deliveries() -> list[int]:
    """Returns the numbers of the deliveries that are due, oldest first, at most BATCH; the same
    rule as `rests`.
    """
    now = clock.now()
    moments = {"now": now, "lease": now + _longest_rest(0), "pause": now + _longest_rest(1)}
    with reading() as db:
        return list(db.scalars(DUE, moments))


def waiting_since(db: Session, *, now: datetime) -> datetime | None:
    """Returns when the delivery that waits longest became due; None when none is."""
    return db.scalar(OLDEST_DUE, {"now": now})


def dead_deliveries(db: Session) -> list[tuple[Delivery, JournalEntry]]:
    """Returns the deliveries that were given up, oldest first, each with its fact."""
    query = select(Delivery, JournalEntry).join(JournalEntry, JournalEntry.id == Delivery.entry_id)
    return [
        (row[0], row[1])
        for row in db.execute(query.where(Delivery.state == "dead").order_by(Delivery.id))
    ]


def retry(db: Session, delivery_id: int, *, now: datetime) -> bool:
    """Lets a dead delivery be tried afresh, at once; False when there is no such dead one."""
    delivery = db.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.state != "dead":
        return False
    delivery.state, delivery.attempts, delivery.next_at = "pending", 0, now
    db.info.setdefault(FRESH, []).append(delivery.id)
    return True


# Skips a locked row instead of waiting for it: whoever holds it does the work.
FREE = (
    select(Delivery)
    .where(Delivery.id == bindparam("delivery_id"), Delivery.state == "pending")
    .with_for_update(skip_locked=True)
)


def _free(db: Session, delivery_id: int) -> Delivery | None:
    """Returns the delivery, locked, when it is still owed and nobody else holds it; for taking work
    up, not for ending it.
    """
    return db.scalar(FREE, {"delivery_id": delivery_id})


def _note_failure(delivery_id: int, error: Exception) -> None:
    with transaction() as db:
        delivery = db.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.state != "pending":
            return
        delivery.attempts += 1
        delivery.error = f"{type(error).__name__}: {error}"[:500].replace("\x00", "")
        delivery.next_at = clock.now() + pause_after(delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS or isinstance(error, CannotSucceed):
            delivery.state = "dead"
