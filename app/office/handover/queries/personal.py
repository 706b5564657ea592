"""What this package keeps of one person: the notes they wrote, which stay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.office.handover.models import HandoverNote
from app.people.identity.models import Account


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    mine = select(Account.id).where(Account.person_id == person_id)
    notes = select(HandoverNote).where(HandoverNote.written_by.in_(mine)).order_by(HandoverNote.id)
    return {
        "notes": [{"text": row.text, "at": row.written_at.isoformat()} for row in db.scalars(notes)]
    }
