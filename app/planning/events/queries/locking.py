"""The one lock under which whatever belongs to an event is counted and changed."""

from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.directory.models import Person
from app.planning.events.models import REGISTRATION, Event
from app.planning.events.queries.events import Sight, sight_of


def locked_event(db: Session, *, actor: Actor, event_id: UUID, is_bound: bool = False) -> Event:
    """Returns the event's row, locked until the end of the transaction, so that those who count or
    change what belongs to it do so one after the other.

    Raises NotFound when the actor neither sees the event nor ever registered for it. `is_bound`:
    whoever comes with a key to this very event, or is registered for it, need not see it otherwise
    (guests of closed meetings). SQLite has no row locks and needs none: its writers queue before
    they begin.
    """
    sight, params = (None, {}) if is_bound else sight_of(actor)
    event = db.scalar(
        _locking(sight), {**params, "event_id": event_id, "person_id": actor.person_id or 0}
    )
    if event is None:
        raise NotFound
    return event


@cache
def _locking(sight: Sight | None) -> Select[Event]:
    """Builds the statement; `sight` None: whoever is bound to the event sees it once published."""
    row = REGISTRATION.c
    # Of any status: whoever cancelled, or was declined, still undoes it or answers by calendar.
    was_registered = exists().where(
        row.event_id == Event.id, row.person_id == bindparam("person_id", type_=Person.id.type)
    )
    seen = (
        Event.published_at.is_not(None) if sight is None else or_(sight.condition(), was_registered)
    )
    # Weaker than FOR UPDATE: rows that merely refer to the event need not wait.
    query = select(Event).where(Event.id == bindparam("event_id"), seen)
    return query.with_for_update(of=Event, key_share=True)
