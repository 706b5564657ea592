"""I intend to come: one place per person, never more places than there are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.facts import RegistrationCancelled, RegistrationMade
from app.events.models import Event, Registration
from app.events.queries.events import visible_to
from app.events.queries.participation import CANCELLED, REGISTERED
from app.events.rules import participation as rules
from app.events.values import EventKind, EventStatus
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound


@dataclass(frozen=True)
class Registered:
    """`is_new` is false when the person had this place already."""

    id: int
    is_new: bool


def register(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> Registered:
    """Gives the actor a place, once. Refuses what is full, unpublished or has started (conflict), or is over (gone)."""
    person_id = _require_person(actor)
    event = locked_event(db, actor=actor, event_id=event_id)
    status = EventStatus(event.status)
    rules.require_not_over(status, event.ends_at, now)
    place = _place(db, event_id, person_id)
    if place is not None and place.status == REGISTERED:
        return Registered(place.id, is_new=False)
    rules.require_open(EventKind(event.kind), status, event.starts_at, now)
    rules.require_room(event.capacity, _taken(db, event_id))
    if place is None:
        place = Registration(event_id=event_id, person_id=person_id, created_at=now)
        db.add(place)
    place.status, place.changed_at = REGISTERED, now
    db.flush()
    journal.record(db, RegistrationMade(event_id, person_id), actor=actor, now=now)
    return Registered(place.id, is_new=True)


def cancel_registration(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> bool:
    """Gives the place back; False when there was none. Refuses once the event has started."""
    person_id = _require_person(actor)
    event = locked_event(db, actor=actor, event_id=event_id)
    place = _place(db, event_id, person_id)
    if place is None or place.status != REGISTERED:
        return False
    if event.starts_at is not None and event.starts_at <= now:
        raise rules.AlreadyStarted
    place.status, place.changed_at = CANCELLED, now
    db.flush()
    journal.record(db, RegistrationCancelled(event_id, person_id), actor=actor, now=now)
    return True


def locked_event(db: Session, *, actor: Actor, event_id: UUID) -> Event:
    """The event's row, locked until the end of the transaction, so that two who count its places do so one by one.

    SQLite has no row locks and needs none: its writers queue before they begin.
    """
    event = db.scalar(select(Event).where(Event.id == event_id, visible_to(actor)).with_for_update(of=Event))
    if event is None:
        raise NotFound
    return event


def _require_person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


def _place(db: Session, event_id: UUID, person_id: int) -> Registration | None:
    return db.scalar(select(Registration).where(Registration.event_id == event_id, Registration.person_id == person_id))


def _taken(db: Session, event_id: UUID) -> int:
    counted = select(func.count()).where(Registration.event_id == event_id, Registration.status == REGISTERED)
    return db.scalar(counted) or 0
