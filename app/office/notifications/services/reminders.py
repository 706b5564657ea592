"""Noting that one kind of reminder has gone round."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.office.notifications.rules.reminders import ReminderKind
from app.office.outbox.models import ReminderRound


def finish_round(
    db: Session, *, event_id: UUID, kind: ReminderKind, starts_at: datetime, now: datetime
) -> None:
    db.add(ReminderRound(event_id=event_id, kind=kind.value, starts_at=starts_at, done_at=now))
    db.flush()
