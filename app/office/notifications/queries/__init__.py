"""Reads for letters."""

from app.office.notifications.queries.people import (
    concerned,
    event_notice,
    holders,
    is_in_conflict,
    organizers,
    owner_of,
    recipient,
    registered,
    request_notice,
    taking_part,
)

__all__ = [
    "concerned",
    "event_notice",
    "holders",
    "is_in_conflict",
    "organizers",
    "owner_of",
    "recipient",
    "registered",
    "request_notice",
    "taking_part",
]
