"""The life of an event: asking for approval, giving it, giving it back, closing. Publishing is
planning's; what is asked and answered is a request (services/requests.py).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.planning.arranging.services.approval import open_request_of
from app.planning.arranging.services.loading import seen_event
from app.planning.arranging.services.requests import (
    ask_for,
    authorize,
    decline,
    required_note,
)
from app.planning.arranging.services.steps import phase_at, take_step
from app.planning.events import policy
from app.planning.events.facts import EventClosed, EventReopened, EventReturned
from app.planning.events.models import Event
from app.planning.events.queries.references import draft_of
from app.planning.events.rules import life as rules
from app.planning.events.rules.life import Phase, Step
from app.planning.scheduling import services as scheduling
from app.planning.scheduling.rules.overrides import require_reason

NOTE_FIELD, REASON_FIELD = "note", "reason"


def ask_approval(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime, reason: str | None = None
) -> None:
    """A draft keeps its time for thirty days and waits for the presidency; asking again changes
    nothing.

    Refuses with Clash what the rule book speaks against where no reason is given, and what has no
    exact time.
    """
    ask_for(db, actor=actor, event_id=event_id, reason=reason, now=now)


def approve_event(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime, reason: str | None = None
) -> None:
    """By the presidency, of what was asked; a second time changes nothing. The hold lasts on for
    the organizers to publish: at least fourteen days. Refuses with Clash what the rule
    book speaks against where no reason is given: approving is its override.
    """
    event = _judged(db, actor, event_id)
    if phase_at(event, now) is Phase.APPROVED:
        return
    request = open_request_of(db, event_id)
    if request is None:
        raise rules.NothingAsked
    authorize(db, actor=actor, request_id=request.id, reason=reason, now=now)


def return_event(db: Session, *, actor: Actor, event_id: UUID, note: str, now: datetime) -> None:
    """By the presidency: back to a draft, with what has to change. Refuses a note that says too
    little, at its field. The draft keeps its time for as long as it held it.
    """
    event = _judged(db, actor, event_id)
    rules.require_step(phase_at(event, now), Step.RETURN)
    request = open_request_of(db, event_id)
    if request is not None:
        decline(db, actor=actor, request_id=request.id, reason=note, now=now, field=NOTE_FIELD)
        return
    words = required_note(NOTE_FIELD, note)
    event.asked_at = event.approved_at = event.approved_by = None
    take_step(
        db, event, Step.RETURN, actor=actor, now=now, fact=EventReturned(event.id), note=words
    )


def close_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """By its planners, once it is over; a second time changes nothing. Refuses with NotEnded what
    is not.

    Whether all that belongs to it is complete is for the caller to know
    (app/followup/agreements/services/events.py).
    """
    scheduling.lock(db)
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    db.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    db.refresh(event, ["status", "closed_at"])
    if event.closed_at is not None:
        return
    rules.require_step(phase_at(event, now), Step.CLOSE)
    event.closed_at, event.closed_by = now, actor.account_id or None
    take_step(db, event, Step.CLOSE, actor=actor, now=now, fact=EventClosed(event.id))


def reopen_event(db: Session, *, actor: Actor, event_id: UUID, reason: str, now: datetime) -> None:
    """By its planners: what was closed can be changed again. Refuses with NotClosed what is not
    closed, and with InvalidInput a reason that says too little.
    """
    scheduling.lock(db)
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    db.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    db.refresh(event, ["status", "closed_at"])
    rules.require_step(phase_at(event, now), Step.REOPEN)
    words = require_reason(REASON_FIELD, reason)
    event.closed_at = event.closed_by = None
    fact = EventReopened(event.id)
    take_step(db, event, Step.REOPEN, actor=actor, now=now, fact=fact, note=words)


def _judged(db: Session, actor: Actor, event_id: UUID) -> Event:
    if not policy.may_approve(actor):
        raise NotAllowed
    scheduling.lock(db)
    return seen_event(db, actor, event_id)
