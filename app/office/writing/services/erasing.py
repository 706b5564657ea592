"""Forgetting to whom letters went."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.office.writing.models import LetterReader


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """The letter stays, and the number of its readers."""
    db.execute(delete(LetterReader).where(LetterReader.person_id == person_id))
    db.flush()
