"""Erases what a package noted of a person. That they took it, and its result, is kept."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.training.packages.models import PackageEnrolment, PackageSession


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Empties the state of the person's visits, which holds answers and notes, and closes those
    that are open.
    """
    enrolments = select(PackageEnrolment.id).where(PackageEnrolment.person_id == person_id)
    own = PackageSession.enrolment_id.in_(enrolments)
    db.execute(update(PackageSession).where(own).values(state={}))
    db.execute(
        update(PackageSession).where(own, PackageSession.closed_at.is_(None)).values(closed_at=now)
    )
    db.flush()
