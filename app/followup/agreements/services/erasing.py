"""Forgetting who wrote something down; what was agreed stays."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.followup.agreements.queries.personal import AUTHORS
from app.people.identity.queries import accounts_of_person


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Forgets who wrote what down. A second time changes nothing."""
    accounts = list(accounts_of_person(db, person_id))
    for _key, author in AUTHORS.values():
        db.execute(update(author.class_).where(author.in_(accounts)).values({author: None}))
    db.flush()
