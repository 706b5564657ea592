"""Reads of the outbox."""

from app.office.outbox.queries.outbox import outbox_page, queued_message, unsettled

__all__ = ["outbox_page", "queued_message", "unsettled"]
