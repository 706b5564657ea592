"""Deleting the record of an event that was made by mistake."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.planning.arranging.services.loading import planned_event
from app.planning.arranging.services.steps import phase_at
from app.planning.events.facts import EventDeleted
from app.planning.events.models import Event
from app.planning.events.queries.life import number_hanging_on, tables_about_events
from app.planning.events.rules.life import SomethingHangsOnIt, StillPublic, may_be_deleted
from app.planning.events.values import holder_of
from app.planning.scheduling import services as scheduling


def delete_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """By its planners. Its time is free, and only the journal says that it was there.

    Refuses with StillPublic what is public and to come or going on, with SomethingHangsOnIt what
    other records name: registrations, letters, attendance, agreements and the like.
    """
    scheduling.lock(db)
    event = planned_event(db, actor, event_id)
    if not may_be_deleted(phase_at(event, now)):
        raise StillPublic
    hanging = number_hanging_on(db, event_id=event_id)
    if hanging:
        raise SomethingHangsOnIt(count=hanging)
    scheduling.release(db, holder=holder_of(event_id), now=now)
    journal.record(db, EventDeleted(event_id), actor=actor, now=now)
    db.expunge(event)
    for table, column in tables_about_events(own=True):
        db.execute(delete(table).where(column == event_id))
    db.execute(delete(Event).where(Event.id == event_id))
