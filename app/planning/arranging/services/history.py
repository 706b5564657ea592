"""Writes down events of earlier years."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.planning.arranging.rules import soundness
from app.planning.arranging.services.planning import write_event
from app.planning.events import policy
from app.planning.events.facts import PastEventRecorded
from app.planning.events.models import Event
from app.planning.events.queries.references import references_of
from app.planning.events.values import EventDraft, EventStatus


def record_past_event(db: Session, *, actor: Actor, draft: EventDraft, now: datetime) -> UUID:
    """Writes down an event that is over, as published; returns its id.

    It claims no time, because what is past can clash with nothing, and nobody is told. Refuses what
    is unsound (InvalidInput, by field).
    """
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    draft = draft.settled()
    known = references_of(db, draft)
    soundness.require_sound(draft)
    event = Event(
        id=uuid4(),
        status=EventStatus.PUBLISHED,
        created_by=actor.account_id or None,
        created_at=now,
        changed_at=now,
        published_at=now,
        sequence=0,
    )
    write_event(event, draft, known)
    db.add(event)
    db.flush()
    journal.record(db, PastEventRecorded(event.id), actor=actor, now=now)
    return event.id
