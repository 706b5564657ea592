"""Where calendars answer."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notifications.models import AnswerAddress


def answer_tokens_of(db: Session, event_id: UUID, person_ids: Collection[int]) -> dict[int, str]:
    """By person; only of those who have been asked."""
    a = AnswerAddress
    rows = db.execute(select(a.person_id, a.token).where(a.event_id == event_id, a.person_id.in_(person_ids)))
    return {row[0]: row[1] for row in rows}
