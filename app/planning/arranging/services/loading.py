"""The row of an event with its parts, for somebody who may change it."""

from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.planning.arranging import rules
from app.planning.events import policy
from app.planning.events.models import Event
from app.planning.events.queries.events import Sight, sight_of
from app.planning.events.queries.references import draft_of
from app.planning.events.rules.life import require_not_closed
from app.planning.events.values import EventDraft, EventStatus

PARTS = (
    selectinload(Event.groups),
    selectinload(Event.people),
    selectinload(Event.links),
    selectinload(Event.countries),
)


def seen_event(db: Session, actor: Actor, event_id: UUID) -> Event:
    """What the actor may not see does not exist."""
    sight, params = sight_of(actor)
    event = db.scalar(_seen_with(sight), {**params, "event_id": event_id})
    if event is None:
        raise NotFound
    return event


@cache
def _seen_with(sight: Sight) -> Select[Event]:
    return select(Event).where(Event.id == bindparam("event_id"), sight.condition()).options(*PARTS)


def planned_event(db: Session, actor: Actor, event_id: UUID) -> Event:
    """For its planners; what is closed for good is refused."""
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    require_not_closed(event.closed_at)
    return event


def open_event(db: Session, actor: Actor, event_id: UUID) -> Event:
    """For its planners, as long as it is neither cancelled nor closed."""
    event = planned_event(db, actor, event_id)
    if event.status == EventStatus.CANCELLED:
        raise rules.AlreadyCancelled
    return event


def stands_already(
    db: Session, actor: Actor, event_id: UUID, draft: EventDraft, status: EventStatus
) -> bool:
    """Returns True when that event was planned just so: the button was pressed twice."""
    sight, params = sight_of(actor)
    event = db.scalar(_seen_with(sight), {**params, "event_id": event_id})
    return event is not None and event.status == status and draft_of(db, event) == draft


def free_id(db: Session, wanted: UUID | None) -> UUID:
    """Returns the id wanted, or another where it is taken: somebody went back and planned one more."""
    is_free = wanted is not None and db.get(Event, wanted) is None
    return wanted if wanted is not None and is_free else uuid4()
