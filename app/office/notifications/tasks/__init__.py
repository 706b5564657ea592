"""Letters that follow from facts."""

from app.office.notifications.tasks.deadlines import remind_of_deadlines
from app.office.notifications.tasks.events import (
    on_approval_asked,
    on_approval_lapsed,
    on_conflict_case_opened,
    on_event_approved,
    on_event_cancelled,
    on_event_ended,
    on_event_moved,
    on_event_reinstated,
    on_event_returned,
)
from app.office.notifications.tasks.identity import on_sign_in_link_requested
from app.office.notifications.tasks.keys import forget_keys
from app.office.notifications.tasks.learning import on_certificate_issued
from app.office.notifications.tasks.letters import (
    settings,
    write,
)
from app.office.notifications.tasks.participation import (
    on_place_given,
    on_registration_cancelled,
    on_registration_declined,
    on_registration_made,
    on_registration_pending,
    on_registration_waiting,
)
from app.office.notifications.tasks.reminders import remind
from app.office.notifications.tasks.sending import send_message

__all__ = [
    "forget_keys",
    "on_approval_asked",
    "on_approval_lapsed",
    "on_certificate_issued",
    "on_conflict_case_opened",
    "on_event_approved",
    "on_event_cancelled",
    "on_event_ended",
    "on_event_moved",
    "on_event_reinstated",
    "on_event_returned",
    "on_place_given",
    "on_registration_cancelled",
    "on_registration_declined",
    "on_registration_made",
    "on_registration_pending",
    "on_registration_waiting",
    "on_sign_in_link_requested",
    "remind",
    "remind_of_deadlines",
    "send_message",
    "settings",
    "write",
]
