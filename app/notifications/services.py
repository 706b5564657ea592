"""Writing letters into the outbox, and noting that one was sent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM
from app.kernel.text import Language
from app.notifications.facts import MessageQueued
from app.notifications.models import Message
from app.notifications.values import Letter


def queue_message(
    db: Session,
    *,
    dedupe: str,
    address: str,
    language: Language,
    letter: Letter,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Writes one letter; the same `dedupe` again writes nothing, so a repeated delivery sends no second letter."""
    if db.scalar(select(Message.id).where(Message.dedupe == dedupe)) is not None:
        return
    message = Message(
        dedupe=dedupe, person_id=person_id, recipient=address, language=language, subject=letter.subject,
        body=letter.body, created_at=now,
    )  # fmt: skip
    db.add(message)
    db.flush()
    journal.record(db, MessageQueued(message.id), actor=SYSTEM, now=now)


def note_sent(db: Session, *, message_id: int, now: datetime) -> None:
    message = db.get(Message, message_id)
    if message is not None and message.sent_at is None:
        message.sent_at = now
