"""What follows from entering a post."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.journal import JournalEntry
from app.training.deadlines.services import give_deadlines


def on_appointment_started(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    give_deadlines(db, appointment_id=entry.payload["appointment_id"], today=clock.today(), now=now)
