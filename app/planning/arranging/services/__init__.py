"""Use cases of events; each module is one of them, called from here."""

from app.planning.arranging.services.planning import (
    cancel_event,
    change_event,
    move_event,
    plan_event,
    publish_event,
    restore_times,
    swap_events,
    take_back_cancellation,
)
from app.planning.events.values import holder_of

__all__ = [
    "cancel_event",
    "change_event",
    "holder_of",
    "move_event",
    "plan_event",
    "publish_event",
    "restore_times",
    "swap_events",
    "take_back_cancellation",
]
