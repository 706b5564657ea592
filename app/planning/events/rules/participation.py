"""When somebody may register, and what may be written down of who was there; pure."""

from datetime import datetime, timedelta

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.planning.events.values import EventKind, EventStatus


class NotOpenYet(Refusal):
    rule = "not-published"
    msgid = N_("This event is not published yet. Registration opens when it is.")


class NoDateYet(Refusal):
    rule = "no-date"
    msgid = N_("This event has no exact date. Registration opens when it has one.")


class AlreadyStarted(Refusal):
    rule = "already-started"
    msgid = N_("This event has already started. Registrations can no longer be changed.")


class RegisteredElsewhere(Refusal):
    rule = "registered-elsewhere"
    msgid = N_("Another process organizes this event. Please register with it.")


class WasCancelled(Refusal):
    kind = Kind.GONE
    rule = "cancelled"
    msgid = N_("This event was cancelled.")


class HasEnded(Refusal):
    kind = Kind.GONE
    rule = "ended"
    msgid = N_("This event is over.")


class NotStarted(Refusal):
    rule = "not-started"
    msgid = N_("Attendance is recorded once the event has started.")


class IsClosed(Refusal):
    rule = "closed"
    msgid = N_("This event is closed. Its attendance can no longer be changed.")


NO_TIME = timedelta()
NOT_MINUTES = N_("Write the minutes as a whole number from 0 to %(most)s, or leave it empty.")


def require_not_over(status: EventStatus, ends_at: datetime | None, now: datetime) -> None:
    if status is EventStatus.CANCELLED:
        raise WasCancelled
    if ends_at is not None and ends_at <= now:
        raise HasEnded


def require_open(
    kind: EventKind, status: EventStatus, starts_at: datetime | None, now: datetime
) -> None:
    """Of an event that is not over: whether somebody may register now."""
    if kind is EventKind.EXTERNAL:
        raise RegisteredElsewhere
    if status is not EventStatus.PUBLISHED:
        raise NotOpenYet
    if starts_at is None:
        raise NoDateYet
    if starts_at <= now:
        raise AlreadyStarted


DOOR_OPENS = timedelta(hours=3)
"""How long before the start people may be let in at the door."""


def require_held(
    status: EventStatus, starts_at: datetime | None, now: datetime, *, early: timedelta = NO_TIME
) -> None:
    """Nobody attends what has not begun, but for those who are let in `early`, or was called
    off.
    """
    if status is EventStatus.CANCELLED:
        raise WasCancelled
    if status is not EventStatus.PUBLISHED or starts_at is None or starts_at - early > now:
        raise NotStarted


def require_not_closed(closed_at: datetime | None) -> None:
    if closed_at is not None:
        raise IsClosed


def most_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Longer than the event itself nobody was in it."""
    return int((ends_at - starts_at).total_seconds() // 60)


def minutes_of(text: str, most: int) -> int | None:
    """What was typed as whole minutes; None for nothing. Refuses anything else with ValueError."""
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6 or int(typed) > most:  # noqa: PLR2004 - no huge numbers
        raise ValueError(typed)
    return int(typed)
