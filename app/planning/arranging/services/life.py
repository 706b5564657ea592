"""The life of an event: asking for approval, giving it, giving it back, closing. Publishing is
planning's.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, Sentence
from app.planning.arranging.services.approval import held_until
from app.planning.arranging.services.loading import planned_event, seen_event
from app.planning.arranging.services.occupying import Occupying, occupy
from app.planning.arranging.services.sittings import hold_sittings
from app.planning.arranging.services.steps import phase_at, take_step
from app.planning.events import policy
from app.planning.events.facts import ApprovalAsked, EventApproved, EventClosed, EventReturned
from app.planning.events.models import Event
from app.planning.events.queries.references import draft_of, references_of
from app.planning.events.rules import life as rules
from app.planning.events.rules.life import Phase, Step
from app.planning.scheduling import services as scheduling

NOTE_FIELD = "note"


def ask_approval(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """A draft keeps its time for thirty days and waits for the presidency; asking again changes
    nothing.

    Refuses with Clash when its hold had lapsed and somebody else took the time, and what has no
    exact time.
    """
    scheduling.lock(db)
    event = planned_event(db, actor, event_id)
    if phase_at(event, now) is Phase.HELD:
        return
    rules.require_step(phase_at(event, now), Step.ASK)
    if event.starts_at is None:
        raise rules.NothingToHold
    event.asked_at = now
    _hold(db, event, actor=actor, now=now)
    take_step(db, event, Step.ASK, actor=actor, now=now, fact=ApprovalAsked(event.id))


def approve_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """By the presidency, of what was asked; a second time changes nothing. The hold lasts on for
    the organizers to publish: at least fourteen days. Refuses with Clash when it had lapsed and
    somebody else took the time.
    """
    event = _judged(db, actor, event_id)
    if phase_at(event, now) is Phase.APPROVED:
        return
    rules.require_step(phase_at(event, now), Step.APPROVE)
    event.approved_at, event.approved_by = now, actor.account_id or None
    _hold(db, event, actor=actor, now=now)
    take_step(db, event, Step.APPROVE, actor=actor, now=now, fact=EventApproved(event.id))


def return_event(db: Session, *, actor: Actor, event_id: UUID, note: str, now: datetime) -> None:
    """By the presidency: back to a draft, with what has to change. Refuses a note that says too
    little, at its field. The draft keeps its time for as long as it held it.
    """
    event = _judged(db, actor, event_id)
    rules.require_step(phase_at(event, now), Step.RETURN)
    words = _required_note(note)
    event.asked_at = event.approved_at = event.approved_by = None
    take_step(
        db, event, Step.RETURN, actor=actor, now=now, fact=EventReturned(event.id), note=words
    )


def close_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """By its planners, once it is over; a second time changes nothing. Refuses with NotEnded what
    is not.

    Whether all that belongs to it is complete is for the caller to know
    (app/followup/agreements/services/closing.py).
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


def _judged(db: Session, actor: Actor, event_id: UUID) -> Event:
    if not policy.may_approve(actor):
        raise NotAllowed
    scheduling.lock(db)
    return seen_event(db, actor, event_id)


def _hold(db: Session, event: Event, *, actor: Actor, now: datetime) -> None:
    draft = draft_of(db, event)
    occupying = Occupying(
        actor, event.id, draft, references_of(db, draft), (), now, held_until(event)
    )
    occupy(db, occupying, is_firm=False, is_counted=False)
    hold_sittings(db, event, now=now)


def _required_note(note: str) -> str:
    words = note.strip()
    if len(words) < rules.SHORTEST_NOTE:
        raise InvalidInput(
            {NOTE_FIELD: Sentence(rules.NOTE_TOO_SHORT, {"count": rules.SHORTEST_NOTE})}
        )
    if len(words) > rules.LONGEST_NOTE:
        raise InvalidInput(
            {NOTE_FIELD: Sentence(rules.NOTE_TOO_LONG, {"count": rules.LONGEST_NOTE})}
        )
    return words
