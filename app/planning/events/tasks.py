"""What follows from facts of the directory and of events themselves; wired in app/wiring. Each may
run again.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.people.directory.values import Office
from app.planning.events.services.clockwork import ToldCount, tell_time
from app.planning.events.services.parts import settle_parts
from app.planning.events.services.seats import fill_seats, note_service


def on_office_changed_hands(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """A focal point or a delegate was designated, or ended: coming events get whoever holds the
    seat on their day.
    """
    seat = Office(entry.payload["country_code"], entry.payload["group"])
    fill_seats(db, seats=[seat], now=now)


def on_appointment_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Somebody left a post, or took one up."""
    note_service(db, person_id=entry.payload["person_id"], now=now)


def on_event_dated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """On another day somebody else may hold the seat."""
    fill_seats(db, event_id=UUID(entry.payload["event_id"]), now=now)


def on_people_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """An event was published, or its people or its agenda changed: whoever got or lost a part in it
    is to be told.
    """
    settle_parts(db, event_id=UUID(entry.payload["event_id"]), now=now)


def tell_the_time() -> None:
    """Every minute."""
    tell_all()


def tell_all() -> ToldCount:
    """Which events have started and ended since it was asked last, until there is none left."""
    started = ended = 0
    while True:
        with transaction() as db:
            told = tell_time(db, now=clock.now())
        started, ended = started + told.started, ended + told.ended
        if told == ToldCount(0, 0):
            return ToldCount(started, ended)
