"""When minutes may be written down, and which; pure."""

from datetime import datetime, timedelta

from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.participation.registrations.rules.registering import WasCancelled
from app.planning.events.values import EventStatus

NO_TIME = timedelta()
NOT_MINUTES = N_("Write the minutes as a whole number from 0 to %(most)s, or leave it empty.")
DOOR_OPENS = timedelta(hours=3)
"""How long before the start people may be let in at the door."""


class NotStarted(Refusal):
    rule = "not-started"
    msgid = N_("Attendance is recorded once the event has started.")


class IsClosed(Refusal):
    rule = "closed"
    msgid = N_("This event is closed. Its attendance can no longer be changed.")


def require_held(
    status: EventStatus, starts_at: datetime | None, now: datetime, *, early: timedelta = NO_TIME
) -> None:
    """Raises NotStarted or WasCancelled: nobody attends what was called off or has not begun, but
    for those who are let in `early`.
    """
    if status is EventStatus.CANCELLED:
        raise WasCancelled
    if status is not EventStatus.PUBLISHED or starts_at is None or starts_at - early > now:
        raise NotStarted


def require_not_closed(closed_at: datetime | None) -> None:
    if closed_at is not None:
        raise IsClosed


def minutes_of(text: str, most: int) -> int | None:
    """Returns what was typed as whole minutes; None for nothing.

    Refuses anything else with ValueError.
    """
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6 or int(typed) > most:  # noqa: PLR2004 - no huge numbers
        raise ValueError(typed)
    return int(typed)
