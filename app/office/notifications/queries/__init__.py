"""Reads for letters and of the outbox."""

from app.office.notifications.queries.outbox import outbox_page, queued_message, unsettled
from app.office.notifications.queries.people import (
    concerned,
    event_notice,
    holders,
    is_in_conflict,
    organizers,
    owner_of,
    recipient,
    registered,
    taking_part,
)

__all__ = [
    "concerned",
    "event_notice",
    "holders",
    "is_in_conflict",
    "organizers",
    "outbox_page",
    "owner_of",
    "queued_message",
    "recipient",
    "registered",
    "taking_part",
    "unsettled",
]
