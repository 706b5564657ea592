"""What the calendar of record keeps of one person: that hours are taken."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.planning.scheduling.models import ConflictCase, Resource
from app.planning.scheduling.values import PartyKind


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the names under which a person's hours are held, and the cases about them.

    The events behind the hours are given with the events.
    """
    key = str(person_id)
    labels = select(Resource.label).where(Resource.kind == PartyKind.PERSON, Resource.key == key)
    cases = select(ConflictCase.id).where(
        ConflictCase.party_kind == PartyKind.PERSON, ConflictCase.party_key == key
    )
    return {
        "known_as": [label.in_() for label in db.scalars(labels)],
        "conflict_cases": list(db.scalars(cases.order_by(ConflictCase.id))),
    }
