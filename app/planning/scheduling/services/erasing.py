"""Forgetting a name where the calendar of record wrote it down beside a number."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.planning.scheduling.models import ConflictCase, Resource
from app.planning.scheduling.values import PartyKind


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Replaces the name of a person by their number; the hours that were held stay."""
    key, nobody = str(person_id), LocalizedText(es=f"Persona {person_id}", en=f"Person {person_id}")
    for resource in db.scalars(
        select(Resource).where(Resource.kind == PartyKind.PERSON, Resource.key == key)
    ):
        resource.label = nobody
    about = select(ConflictCase).where(
        ConflictCase.party_kind == PartyKind.PERSON, ConflictCase.party_key == key
    )
    for case in db.scalars(about):
        case.party_label = nobody
    db.flush()
