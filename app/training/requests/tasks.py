"""What follows when two records of an institution are merged."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.training.requests.services import move_requests


def on_institutions_merged(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Moves the letters about successors with the posts that they are about."""
    payload = entry.payload
    move_requests(db, merged_id=payload["merged_id"], keep_id=payload["institution_id"])
