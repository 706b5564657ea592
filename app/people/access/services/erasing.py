"""Erases requests for access."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from app.people.access.models import AccessRequest
from app.people.access.queries import addresses_of


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes the requests with the person's addresses."""
    db.execute(
        delete(AccessRequest).where(
            func.lower(AccessRequest.email).in_(addresses_of(db, person_id))
        )
    )
