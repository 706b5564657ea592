"""The life of an event: which phase it is in, which step may follow, and what is closed for good;
pure.

draft → held → approved → published → running → ended → closed, or cancelled. A draft may also be
published without asking; what was asked waits for the answer. Running and ended are told by the
clock and by nobody else.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.planning.events.values import EventStatus


class Phase(StrEnum):
    """Held: its time is taken and the presidency has been asked."""

    DRAFT = "draft"
    HELD = "held"
    APPROVED = "approved"
    PUBLISHED = "published"
    RUNNING = "running"
    ENDED = "ended"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What leads from one phase to another. `lapse`: what was approved is no longer what it was.
    `expire`: the presidency did not answer in time. `start`, `end` and `expire` are the clock's.
    """

    ASK = "ask"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    LAPSE = "lapse"
    PUBLISH = "publish"
    START = "start"
    END = "end"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    REINSTATE = "reinstate"


FROM: Mapping[Step, frozenset[Phase]] = {
    Step.ASK: frozenset({Phase.DRAFT, Phase.APPROVED}),
    Step.APPROVE: frozenset({Phase.HELD}),
    Step.RETURN: frozenset({Phase.HELD, Phase.APPROVED}),
    Step.WITHDRAW: frozenset({Phase.HELD}),
    Step.EXPIRE: frozenset({Phase.HELD}),
    Step.LAPSE: frozenset({Phase.APPROVED}),
    Step.PUBLISH: frozenset({Phase.DRAFT, Phase.APPROVED}),
    Step.START: frozenset({Phase.PUBLISHED}),
    Step.END: frozenset({Phase.RUNNING}),
    Step.CLOSE: frozenset({Phase.ENDED}),
    Step.REOPEN: frozenset({Phase.CLOSED}),
    Step.CANCEL: frozenset(set(Phase) - {Phase.CLOSED, Phase.CANCELLED}),
    Step.REINSTATE: frozenset({Phase.CANCELLED}),
}
"""The phases in which each step may be taken."""

TO: Mapping[Step, Phase] = {
    Step.ASK: Phase.HELD,
    Step.APPROVE: Phase.APPROVED,
    Step.RETURN: Phase.DRAFT,
    Step.WITHDRAW: Phase.DRAFT,
    Step.EXPIRE: Phase.DRAFT,
    Step.LAPSE: Phase.HELD,
    Step.PUBLISH: Phase.PUBLISHED,
    Step.START: Phase.RUNNING,
    Step.END: Phase.ENDED,
    Step.CLOSE: Phase.CLOSED,
    Step.REOPEN: Phase.ENDED,
    Step.CANCEL: Phase.CANCELLED,
    Step.REINSTATE: Phase.DRAFT,
}
"""Where each step leads; what was public when it was cancelled is public again at once."""

SHORTEST_NOTE, LONGEST_NOTE = 15, 1_000
NOTE_TOO_SHORT = N_(
    "Write in at least %(count)s characters what has to change: the organizers read it."
)
NOTE_TOO_LONG = N_("Write the note in at most %(count)s characters.")


class OutOfStep(Refusal):
    """Base: the event is not in a phase from which this step leads on."""

    rule = "out-of-step"
    msgid = N_("The event is not at this step. Open it again to see its current state.")


class NotADraft(OutOfStep):
    rule = "not-a-draft"
    msgid = N_("Approval is requested for a draft that nobody has been asked about yet.")


class NothingAsked(OutOfStep):
    rule = "nothing-asked"
    msgid = N_("Nobody is waiting for an answer about this event.")


class AwaitsApproval(OutOfStep):
    rule = "awaits-approval"
    msgid = N_(
        "The presidency has been asked about this event and has not approved it as it is now."
    )


class NotEnded(OutOfStep):
    rule = "not-ended"
    msgid = N_("An event is closed once it has been held and has ended.")


class WasHeld(Refusal):
    rule = "was-held"
    msgid = N_(
        "People are on record as having been there, so it took place. Correct the attendance first."
    )


class DateHasPassed(Refusal):
    rule = "date-has-passed"
    msgid = N_("Its date has passed. Publish it on its own form, which asks whether that is meant.")


class NothingToHold(Refusal):
    rule = "nothing-to-hold"
    msgid = N_(
        "Give the event an exact date and hour before you ask: the presidency approves a time, too."
    )


class AlreadyClosed(Refusal):
    kind = Kind.GONE
    rule = "already-closed"
    msgid = N_("This event is closed: what was recorded is final and can no longer be changed.")


class NotClosed(OutOfStep):
    rule = "not-closed"
    msgid = N_("This event is not closed, so there is nothing to reopen.")


class SomethingHangsOnIt(Refusal):
    rule = "something-hangs-on-it"
    msgid = N_(
        "This record cannot be deleted: %(count)s other records depend on it, such as registrations, "
        "letters or attendance. Cancel the event instead."
    )


class StillPublic(Refusal):
    rule = "still-public"
    msgid = N_("An event that is public and to come is cancelled first, so that people are told.")


REFUSALS: Mapping[Step, type[OutOfStep]] = {
    Step.ASK: NotADraft,
    Step.APPROVE: NothingAsked,
    Step.RETURN: NothingAsked,
    Step.PUBLISH: AwaitsApproval,
    Step.CLOSE: NotEnded,
    Step.REOPEN: NotClosed,
}


def phase_of(  # noqa: PLR0917 - the order in which they happen
    status: EventStatus | str,
    asked_at: datetime | None,
    approved_at: datetime | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    closed_at: datetime | None,
    now: datetime,
) -> Phase:
    """Returns where the event stands at `now`. An event whose date is only partly known stays
    published until it is closed; half-open: at the very minute of its end it has ended.
    """
    if status == EventStatus.CANCELLED:
        return Phase.CANCELLED
    if status == EventStatus.DRAFT:
        if approved_at is not None:
            return Phase.APPROVED
        return Phase.DRAFT if asked_at is None else Phase.HELD
    if closed_at is not None:
        return Phase.CLOSED
    if ends_at is not None and ends_at <= now:
        return Phase.ENDED
    return Phase.RUNNING if starts_at is not None and starts_at <= now else Phase.PUBLISHED


def may_take(phase: Phase, step: Step) -> bool:
    return phase in FROM[step]


def may_be_deleted(phase: Phase) -> bool:
    """Returns True for what nobody waits for: a draft, what is said to be over, and what was
    cancelled.
    """
    return phase in {
        Phase.DRAFT,
        Phase.HELD,
        Phase.APPROVED,
        Phase.ENDED,
        Phase.CANCELLED,
    }


def require_step(phase: Phase, step: Step) -> None:
    """Refuses, in words of the step, what does not follow from the phase; what is closed refuses
    every step.
    """
    if phase is Phase.CLOSED and step is not Step.REOPEN:
        raise AlreadyClosed
    if phase not in FROM[step]:
        raise REFUSALS.get(step, OutOfStep)


def require_not_closed(closed_at: datetime | None) -> None:
    if closed_at is not None:
        raise AlreadyClosed


FEWER_THAN_REGISTERED = N_(
    "%(taken)s places are taken already. Write at least %(taken)s, or free some first."
)


def require_capacity(capacity: int | None, registered: int) -> None:
    """Refuses, at the field, a capacity below the number of people registered; None is no limit."""
    if capacity is not None and registered > capacity:
        raise InvalidInput({"capacity": Sentence(FEWER_THAN_REGISTERED, {"taken": registered})})
