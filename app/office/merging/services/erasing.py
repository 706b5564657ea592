"""Forgetting somebody whose records were merged: what was moved is not kept any longer, so that no
undo brings it back.
"""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.office.merging.models import PersonMerge


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """The other record of each merge is forgotten by whoever forgets this one."""
    about = or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    db.execute(update(PersonMerge).where(about).values(steps=[]))
