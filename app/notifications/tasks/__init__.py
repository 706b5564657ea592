"""Letters that follow from facts."""

from app.notifications.tasks.letters import (
    on_certificate_issued,
    on_conflict_case_opened,
    on_event_cancelled,
    on_event_moved,
    on_registration_made,
    on_sign_in_link_requested,
    send_message,
    settings,
    site_address,
    write,
)

__all__ = [
    "on_certificate_issued",
    "on_conflict_case_opened",
    "on_event_cancelled",
    "on_event_moved",
    "on_registration_made",
    "on_sign_in_link_requested",
    "send_message",
    "settings",
    "site_address",
    "write",
]
