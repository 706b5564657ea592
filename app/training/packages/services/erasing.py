"""Forgetting what a package noted of somebody: that they took it, and its result, stay."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.training.packages.models import PackageEnrolment, PackageSession


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Answers and notes go; they stand in the state of each visit. Open visits are closed."""
    mine = select(PackageEnrolment.id).where(PackageEnrolment.person_id == person_id)
    own = PackageSession.enrolment_id.in_(mine)
    db.execute(update(PackageSession).where(own).values(state={}))
    db.execute(
        update(PackageSession).where(own, PackageSession.closed_at.is_(None)).values(closed_at=now)
    )
    db.flush()
