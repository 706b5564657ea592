"""Letters that wait because none could leave."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.office.outbox.models import Message

HELD = (Message.held_at.is_not(None), Message.sent_at.is_(None), Message.given_up_at.is_(None))


@dataclass(frozen=True)
class WaitingLetters:
    """How many wait, and when the oldest was written."""

    count: int
    oldest_at: datetime | None


def waiting_letters(db: Session) -> WaitingLetters:
    """Not scoped: a count, for whoever sets up the mail."""
    count, oldest = db.execute(
        select(func.count(), func.min(Message.created_at)).where(*HELD)
    ).one()
    return WaitingLetters(count, oldest)
