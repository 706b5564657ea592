"""Handlers of facts about the directory and about events, wired in app/wiring. Each may run again
without harm.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.people.directory.values import Office
from app.planning.arranging.services.requests import lapse_requests
from app.planning.arranging.services.seats import fill_seats, note_service, settle_parts
from app.planning.arranging.services.steps import ToldCount, tell_time


def on_office_changed_hands(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Gives coming events the person who holds the seat on their day, after a focal point or
    delegate was designated or ended.
    """
    seat = Office(entry.payload["country_code"], entry.payload["group"])
    fill_seats(db, seats=[seat], now=now)


def on_appointment_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Runs after somebody left a post or took one up."""
    note_service(db, person_id=entry.payload["person_id"], now=now)


def on_event_dated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Runs when an event gets another day, because somebody else may hold the seat then."""
    fill_seats(db, event_id=UUID(entry.payload["event_id"]), now=now)


def on_people_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells people that they got or lost a part in an event, after it was published or its people
    or agenda changed.
    """
    settle_parts(db, event_id=UUID(entry.payload["event_id"]), now=now)


def tell_the_time() -> None:
    """Runs every minute."""
    tell_all()
    lapse_all()


def lapse_all() -> int:
    """Ends the requests that the presidency did not answer in time, and returns how many."""
    lapsed = 0
    while True:
        with transaction() as db:
            number = lapse_requests(db, now=clock.now())
        lapsed += number
        if not number:
            return lapsed


def tell_all() -> ToldCount:
    """Records which events have started and ended since the last run, until none is left."""
    started = ended = 0
    while True:
        with transaction() as db:
            told = tell_time(db, now=clock.now())
        started, ended = started + told.started, ended + told.ended
        if told == ToldCount(0, 0):
            return ToldCount(started, ended)
