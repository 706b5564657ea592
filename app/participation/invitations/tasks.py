"""What follows from facts of events: what was prepared goes out when the event is published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.participation.invitations.services.inviting import send_waiting


def on_event_published(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    send_waiting(db, event_id=UUID(entry.payload["event_id"]), now=now)
