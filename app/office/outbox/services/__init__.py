"""Writing letters into the outbox and what becomes of them."""

from app.office.outbox.services.outbox import (
    hold,
    note_bounced,
    note_sent,
    queue_message,
    queue_messages,
    reword,
    withdraw,
)

__all__ = [
    "hold",
    "note_bounced",
    "note_sent",
    "queue_message",
    "queue_messages",
    "reword",
    "withdraw",
]
