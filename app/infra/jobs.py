"""Background work: huey is the alarm clock, the deliveries in the database are the truth.

huey loses a job whose worker is killed (at most once, by design), so a job carries only a delivery's id and a sweep
every minute wakes whatever is still pending. Storage: a SQLite file beside the database by default, PostgreSQL or
Redis/Valkey by configuration.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import FRESH, REGISTRY, Delivery, Handler, JournalEntry, Registry
from config import Settings

log = structlog.get_logger()
MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
BATCH = 200


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: doubles from 30 seconds, at most 6 hours."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 12), LONGEST_PAUSE)


class Jobs:
    """The queue of one application."""

    def __init__(self, app: Flask, settings: Settings, registry: Registry) -> None:
        self.app = app
        self.handlers: dict[str, Handler] = {h.name: h for handlers in registry.values() for h in handlers}
        self.mode = settings.jobs
        self.huey = _queue(settings)
        self._task = self.huey.task(name="deliver")(self._deliver_in_context)
        self._sweep = self.huey.periodic_task(crontab(minute="*"), name="sweep")(self._sweep_in_context)
        app.extensions["convoca_session_info"][REGISTRY] = registry
        app.extensions["convoca_after_commit"].append(self.wake)
        app.extensions["convoca_jobs"] = self

    def wake(self, db: Session) -> None:
        """After a commit: one job for each fresh delivery."""
        fresh = db.info.pop(FRESH, [])
        if self.mode != "off":
            for delivery_id in fresh:
                self._task(delivery_id)

    def periodic(self, name: str, schedule: Callable[..., bool], run: Callable[[], None]) -> None:
        def in_context() -> None:
            with self.app.app_context():
                run()

        self.huey.periodic_task(schedule, name=name)(in_context)

    def _deliver_in_context(self, delivery_id: int) -> None:
        with self.app.app_context():
            self.deliver(delivery_id)

    def _sweep_in_context(self) -> None:
        with self.app.app_context():
            self.sweep()

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
        """One listener's work for one fact; a failure is noted and tried again later, never lost."""
        now = clock.now()
        try:
            self._run(delivery_id)
        except Exception as error:  # the one place that catches everything: a listener's bug must not stop the queue
            log.exception("delivery failed", delivery=delivery_id)
            _note_failure(delivery_id, f"{type(error).__name__}: {error}"[:500], now=now)

    def _run(self, delivery_id: int) -> None:
        now = clock.now()
        with transaction() as db:
            delivery, entry = _locked(db, delivery_id)
            if delivery is None or entry is None:
                return
            handler = self.handlers[delivery.handler]
            if handler.inside:
                handler.run(db, entry, now=now)
                delivery.state, delivery.done_at = "done", now
                return
            # Leased: the sweep leaves it alone for ten minutes; a killed worker's lease simply runs out.
            delivery.next_at = now + timedelta(minutes=10)
            db.expunge(entry)
        handler.run(entry, now=now)
        with transaction() as db:
            delivery, _ = _locked(db, delivery_id)
            if delivery is not None:
                delivery.state, delivery.done_at = "done", clock.now()

    def consumer(self, *, workers: int) -> Consumer:
        return Consumer(self.huey, workers=workers, worker_type="thread", max_delay=1.0, graceful_signal="TERM")

    def start_inprocess(self) -> Consumer:
        """The consumer as a thread of a single-process server."""
        consumer = self.consumer(workers=1)
        # huey installs signal handlers, which only the main thread may do; the server owns the signals here.
        consumer._set_signal_handlers = lambda: None
        threading.Thread(target=consumer.run, name="jobs", daemon=True).start()
        return consumer


def _queue(settings: Settings) -> Huey:
    serializer = SignedSerializer(secret=settings.secret)
    options: dict[str, Any] = {"serializer": serializer, "results": False}
    if settings.redis_url:
        return RedisHuey("convoca", url=settings.redis_url, **options)
    if settings.database.startswith("postgresql"):
        return PostgresHuey("convoca", dsn=settings.database.replace("postgresql+psycopg", "postgresql"), **options)
    settings.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("convoca", filename=str(settings.data / "jobs.sqlite3"), **options)


def pending_deliveries() -> list[int]:
    with reading() as db:
        due = select(Delivery.id).where(Delivery.state == "pending", Delivery.next_at <= clock.now())
        return list(db.scalars(due.order_by(Delivery.id).limit(BATCH)))


def _locked(db: Session, delivery_id: int) -> tuple[Delivery | None, JournalEntry | None]:
    delivery = db.scalar(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.state == "pending").with_for_update(skip_locked=True)
    )
    return (delivery, db.get(JournalEntry, delivery.entry_id)) if delivery else (None, None)


def _note_failure(delivery_id: int, error: str, *, now: Any) -> None:
    with transaction() as db:
        delivery = db.get(Delivery, delivery_id)
        if delivery is None or delivery.state != "pending":
            return
        delivery.attempts += 1
        delivery.error = error
        delivery.next_at = now + pause_after(delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = "dead"
