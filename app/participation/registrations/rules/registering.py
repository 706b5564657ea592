"""When somebody may register, and what refuses it; pure."""

from datetime import datetime

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.participation.registrations.values import Origin
from app.planning.events.values import EventKind, EventStatus, Mode


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


class RegistrationClosed(Refusal):
    rule = "registration-closed"
    msgid = N_("Registration is closed.")


class PromotedMeanwhile(Refusal):
    rule = "place-is-gone"
    msgid = N_("The place went to the next in line meanwhile, so this cannot be undone.")


class NothingToDecide(Refusal):
    rule = "nothing-to-decide"
    msgid = N_("This registration was decided or cancelled in the meantime.")


class DeclinedBefore(Refusal):
    rule = "declined-before"
    msgid = N_(
        "The organizers did not accept %(name)s for this event. Choose somebody else, or write to them."
    )


def require_not_over(status: EventStatus, ends_at: datetime | None, now: datetime) -> None:
    if status is EventStatus.CANCELLED:
        raise WasCancelled
    if ends_at is not None and ends_at <= now:
        raise HasEnded


def require_open(
    kind: EventKind, status: EventStatus, starts_at: datetime | None, now: datetime
) -> None:
    """Refuses an event for which nobody may register now; that it is over is asked before."""
    if kind is EventKind.EXTERNAL:
        raise RegisteredElsewhere
    if status is not EventStatus.PUBLISHED:
        raise NotOpenYet
    if starts_at is None:
        raise NoDateYet
    if starts_at <= now:
        raise AlreadyStarted


def require_in_time(origin: Origin, closes_at: datetime | None, now: datetime) -> None:
    """Refuses everybody but an organizer after the deadline."""
    if origin is not Origin.ORGANIZER and closes_at is not None and closes_at <= now:
        raise RegistrationClosed


def has_entrance(mode: Mode) -> bool:
    """Returns True where people come to a venue, with a code for its entrance."""
    return mode is not Mode.ONLINE
