"""What follows from facts of the directory and of events themselves; wired in app/wiring.py. Each may run again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.directory.values import Office
from app.events.services.seats import fill_seats, note_service
from app.infra.journal import JournalEntry


def on_office_changed_hands(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """A focal point or a delegate was designated, or ended: coming events get whoever holds the seat on their day."""
    seat = Office(entry.payload["country_code"], entry.payload["group"])
    fill_seats(db, seats=[seat], now=now)


def on_appointment_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Somebody left a post, or took one up."""
    note_service(db, person_id=entry.payload["person_id"], now=now)


def on_event_dated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """On another day somebody else may hold the seat."""
    fill_seats(db, event_id=UUID(entry.payload["event_id"]), now=now)
