"""What follows from facts: what was prepared goes out when the event is published, and what asked a
country for names goes to whoever answers for it from now on.
"""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.kernel.reference import REFERENCE
from app.participation.invitations.queries.nominations import coming_into_office
from app.participation.invitations.services.inviting import ask_in_office, send_waiting


def on_event_published(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    send_waiting(db, event_id=UUID(entry.payload["event_id"]), now=now)


def on_focal_point_designated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Asks a new focal point for the nominations of their country. `ask_who_comes_into_office` does
    so for somebody whose first day lies ahead.
    """
    ask_in_office(
        db,
        country_code=entry.payload["country_code"],
        person_id=entry.payload["person_id"],
        today=clock.today(),
        sent_by=now,
        now=now,
    )


def ask_who_comes_into_office() -> None:
    """Runs once a day: focal points who were designated for today get what waits for them. Who was
    designated only today has it.
    """
    today, now = clock.today(), clock.now()
    with transaction() as db:
        for country_code, person_id in coming_into_office(db, on=today):
            ask_in_office(
                db,
                country_code=country_code,
                person_id=person_id,
                today=today,
                sent_by=datetime.combine(today, time(), REFERENCE),
                now=now,
            )
