"""Listeners of learning: what follows from attendances and enrolments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.training.learning.services.study import follow_attendance, settle_webinars


def on_attendance_recorded(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Counts an attendance, inside the transaction of the delivery. Minutes are read as they are
    now, so the order of deliveries does not matter.
    """
    follow_attendance(db, person_ids=entry.payload["person_ids"], now=now)


def on_enrolment_started(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Counts webinars that were attended shortly before."""
    settle_webinars(db, enrolment_id=UUID(str(entry.payload["enrolment_id"])), now=now)
