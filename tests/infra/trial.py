"""A fact that two listeners hear, for trying the queue: one writes a row inside its transaction,
one tells a file.
"""

import os
import time
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar

from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import create_app, wiring
from app.infra import clock, journal
from app.infra.database import transaction
from app.infra.jobs import Jobs
from app.infra.journal import Handler, JournalEntry, Registry
from app.infra.mail import MailServer, Outgoing
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.fact import Fact
from app.office.outbox.facts import MessageQueued
from tests.support.databases import settings_for


@dataclass(frozen=True)
class Tried(Fact):
    subject_kind: ClassVar[str] = "trial"

    number: int

    @property
    def subject_id(self) -> str:
        return str(self.number)


def write_row(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    values = {"number": entry.payload["number"], "process": os.getpid()}
    db.execute(text("INSERT INTO trial (number, process) VALUES (:number, :process)"), values)


def tell_file(entry: JournalEntry, *, now: datetime) -> None:
    time.sleep(0.01)  # long enough that one consumer cannot do all before the other looks
    append(told(current_app), f"{entry.payload['number']} {os.getpid()}")


class Recorder(Outgoing):
    """A mailer that appends the Message-ID of whatever it is handed: two copies are two lines."""

    def __init__(self, file: Path) -> None:
        super().__init__(file.parent)
        self.file = file

    def send(self, message: EmailMessage, server: MailServer | None) -> None:
        append(self.file, str(message["Message-ID"]))


def append(file: Path, line: str) -> None:
    """One write to a file opened for appending: whole or not at all, also when the process is
    killed.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def told(app: Flask) -> Path:
    data = platform(app).settings.data
    return data / "told.txt"


def handed_over(app: Flask) -> Path:
    return told(app).with_name("handed-over.txt")


HANDLERS: Registry = {
    Tried: (
        Handler("trial.write_row", write_row),
        Handler("trial.tell_file", tell_file, inside=False),
    ),
    MessageQueued: wiring.HANDLERS[MessageQueued],
}


def make_app(
    database_url: str, data: Path, handlers: Registry = HANDLERS, **changes: object
) -> Flask:
    """The application with these listeners only."""
    kept, wiring.HANDLERS = wiring.HANDLERS, handlers
    try:
        app = create_app(settings_for(database_url, data, **changes))
    finally:
        wiring.HANDLERS = kept
    data.mkdir(parents=True, exist_ok=True)
    platform(app).mailer = Recorder(handed_over(app))
    return app


def jobs_of(app: Flask) -> Jobs:
    return platform(app).jobs


def make_table(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        db.execute(text("CREATE TABLE trial (number integer NOT NULL, process integer NOT NULL)"))


def happen(app: Flask, *numbers: int) -> None:
    """Records that many facts in one transaction."""
    with app.app_context(), transaction() as db:
        for number in numbers:
            journal.record(db, Tried(number), actor=SYSTEM, now=clock.now())
