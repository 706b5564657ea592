"""Erases to whom letters were sent."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.office.writing.models import LetterReader


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases the person from the readers. The letter and the number of its readers stay."""
    db.execute(delete(LetterReader).where(LetterReader.person_id == person_id))
    db.flush()
