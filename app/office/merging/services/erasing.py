"""Forgetting somebody whose records were merged: both are forgotten, and what was moved is not kept
any longer.
"""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.office.merging.models import PersonMerge
from app.people.directory.services import erasing as directory


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    about = or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    for row in db.scalars(select(PersonMerge).where(about)).all():
        if row.undone_at is None and row.kept_id == person_id:
            directory.erase_person(db, person_id=row.gone_id, now=now)
        row.steps = []
    db.flush()
