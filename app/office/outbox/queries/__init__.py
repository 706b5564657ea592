"""Reads of the outbox."""

from app.office.outbox.queries.leaving import message_to_send
from app.office.outbox.queries.outbox import outbox_page, unsettled

__all__ = ["message_to_send", "outbox_page", "unsettled"]
