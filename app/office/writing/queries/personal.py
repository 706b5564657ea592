"""What is kept of one person: that a letter went to them. The letter itself stands in the outbox."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.office.writing.models import LetterReader, WrittenLetter


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    asked = (
        select(WrittenLetter.written_at)
        .join(LetterReader, LetterReader.letter_id == WrittenLetter.id)
        .where(LetterReader.person_id == person_id)
        .order_by(WrittenLetter.written_at)
    )
    return {"letters_of_the_office_at": [at.isoformat() for at in db.scalars(asked)]}
