"""What follows in learning from what happens elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.training.learning.services.attending import follow_attendance, settle_webinars


def on_attendance_recorded(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Inside the delivery's transaction. Minutes are read as they stand now, so the order in which
    deliveries arrive does not matter.
    """
    follow_attendance(db, person_ids=entry.payload["person_ids"], now=now)


def on_enrolment_started(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """What was attended shortly before counts at once."""
    settle_webinars(db, enrolment_id=UUID(str(entry.payload["enrolment_id"])), now=now)
