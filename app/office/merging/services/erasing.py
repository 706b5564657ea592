"""Erases the steps of merges of a person, so that no undo brings erased data back."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.office.merging.models import PersonMerge


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases the steps of each merge of the person. Erasing the other record is left to the caller."""
    about = or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    db.execute(update(PersonMerge).where(about).values(steps=[]))
