"""Letters: written and handed to a mail server on this machine, and a reminder that goes round 500
people.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.infra import clock
from app.infra.database import database, transaction
from app.infra.platform import platform
from app.office.notifications.tasks.reminders import BATCH, remind
from app.office.outbox.exports import as_email
from app.office.outbox.values import QueuedMessage
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.people.directory.services.reference import seed_reference
from tests.load import Figure, timed
from tests.office.outbox.test_sending import free_port
from tests.planning.events.rows import add_event
from tests.support import databases, session
from tests.support.lifetime import close_app

PEOPLE, WRITTEN = 500, 300


class Sink:
    """Takes everything and keeps nothing."""

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:
        return "250 OK"


@contextmanager
def a_webinar_tomorrow() -> Iterator[Flask]:
    """With 500 people registered, on SQLite, and a mail server that takes everything."""
    folder = session.folder() / "letters"
    url = databases.sqlite_copy(databases.migrated_sqlite(), folder / "convoca.sqlite3")
    sink = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    sink.start()
    app = create_app(
        databases.settings_for(
            url, folder, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_security="none"
        )
    )
    long_ago = clock.now() - timedelta(days=60)
    with app.app_context(), transaction() as db:
        seed_reference(db)
        event_id = add_event(db, starts_at=clock.now() + timedelta(hours=23))
        people = [
            Person(
                full_name=f"Persona {n}",
                sort_key=f"{n}",
                email=f"p{n}@example.org",
                country_code="CR",
                timezone="America/Santo_Domingo",
            )
            for n in range(PEOPLE)
        ]
        db.add_all(people)
        db.flush()
        db.add_all(
            Registration(
                event_id=event_id,
                person_id=one.id,
                status="registered",
                created_at=long_ago,
                changed_at=long_ago,
            )
            for one in people
        )
    yield app
    close_app(app)
    sink.stop()


def run() -> Iterator[Figure]:
    message = QueuedMessage(
        1,
        "7.1",
        "nanez@example.org",
        "Mañana: Señales de trata",
        "Hola:\n\nhttps://convoca.example.org/events/x\n\nConvoca\n" * 4,
        "es",
        clock.now(),
        "BEGIN:VCALENDAR\r\n" * 60,
        "REQUEST",
        True,
        "rsvp+a@example.org",
    )
    site = {"sender": "Convoca <no-reply@example.org>", "address": "https://convoca.example.org"}
    seconds = timed(lambda: [as_email(message, **site).as_bytes() for _ in range(WRITTEN)])
    yield Figure(
        "put together with page and invitation",
        round(WRITTEN / seconds),
        "letters/s",
        {"letters": WRITTEN},
    )
    with a_webinar_tomorrow() as app:
        with app.app_context():
            engine, statements = database.engine, list[str]()
            event.listen(
                engine,
                "before_cursor_execute",
                lambda _c, _cu, text, *_rest: statements.append(text),
            )
            started = time.perf_counter()
            queued = remind()
            seconds = time.perf_counter() - started
        about: dict[str, str | int] = {"people": queued, "batch": BATCH, "database": "sqlite"}
        yield Figure("a reminder goes round", round(seconds * 1000), "ms", about)
        yield Figure(
            "statements of a batch",
            round(len(statements) / (PEOPLE / BATCH), 1),
            "statements",
            about,
        )
        jobs = platform(app).jobs
        with app.app_context():
            seconds = timed(jobs.drain)
        yield Figure("sent by one worker", round(queued / seconds, 1), "letters/s", about)
