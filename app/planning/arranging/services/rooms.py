"""The link to join, written by whoever keeps the room for the event."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.planning.arranging.services.loading import planned_event
from app.planning.events.facts import EventChanged
from app.planning.scheduling import services as scheduling


def link_room(
    db: Session, *, actor: Actor, event_id: UUID, url: str, replaced: str, now: datetime
) -> bool:
    """Writes the link where the event has none or the `replaced` one; False when it has another,
    which stays. A link claims no time, so no rule of the calendar is asked.
    """
    scheduling.lock(db)
    event = planned_event(db, actor, event_id)
    if event.join_url not in ("", replaced) or event.join_url == url:
        return event.join_url == url
    event.join_url, event.changed_at = url, now
    db.flush()
    journal.record(db, EventChanged(event.id), actor=actor, now=now)
    return True
