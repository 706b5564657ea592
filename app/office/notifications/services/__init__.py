"""Writing letters into the outbox and what becomes of them."""

from app.office.notifications.services.outbox import (
    note_sent,
    queue_message,
    queue_messages,
    reword,
    withdraw,
)

__all__ = ["note_sent", "queue_message", "queue_messages", "reword", "withdraw"]
