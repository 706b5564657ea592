"""What the outbox keeps of one person: letters, and which ones are wanted."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.office.outbox.models import AnswerAddress, MailWish, Message


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    letters = (
        select(Message)
        .where(Message.person_id == person_id)
        .order_by(Message.created_at, Message.id)
    )
    answers = select(AnswerAddress.event_id).where(AnswerAddress.person_id == person_id)
    wish = db.get(MailWish, person_id)
    return {
        "letters": [
            {
                "to": row.recipient,
                "subject": row.subject,
                "body": row.body,
                "at": row.created_at.isoformat(),
            }
            for row in db.scalars(letters)
        ],
        "answer_addresses_for": sorted(str(event_id) for event_id in db.scalars(answers)),
        "wishes": {
            "week": wish.week,
            "day": wish.day,
            "hour": wish.hour,
            "calendar": wish.calendar,
            "letters": wish.letters,
        }
        if wish
        else {},
    }
