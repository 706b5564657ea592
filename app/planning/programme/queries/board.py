"""Events that another event can swap its time with: one statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.people.directory.models import WorkingGroup
from app.planning.events import policy
from app.planning.events.models import Event, EventGroup
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventDetail, EventKind, EventStatus

NEAR = timedelta(days=45)
MOST_OFFERED = 40


@dataclass(frozen=True)
class Swappable:
    id: UUID
    title: LocalizedText
    starts_at: datetime


def swappable_events(
    db: Session, *, actor: Actor, event: EventDetail, now: datetime
) -> tuple[Swappable, ...]:
    """Returns coming events within 45 days of this one that the actor may move. Both
    are of whole days, or neither is.
    """
    if event.starts_at is None:
        return ()
    events = (
        select(Event.id, Event.title, Event.starts_at, Event.kind, WorkingGroup.slug)
        .outerjoin(EventGroup, EventGroup.event_id == Event.id)
        .outerjoin(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(
            visible_to(actor),
            Event.status != EventStatus.CANCELLED,
            Event.is_all_day == event.is_all_day,
        )
        .where(
            Event.starts_at > max(now, event.starts_at - NEAR),
            Event.starts_at < event.starts_at + NEAR,
        )
        .where(Event.id != event.id)
        .order_by(Event.starts_at, Event.id)
    )
    groups: dict[UUID, set[str]] = {}
    swappable: dict[UUID, tuple[Swappable, EventKind]] = {}
    for event_id, title, starts_at, kind, slug in db.execute(events):
        assert starts_at is not None  # noqa: S101 - asked for
        groups.setdefault(event_id, set()).update({slug} if slug else ())
        swappable[event_id] = (Swappable(event_id, title, starts_at), EventKind(kind))
    own = [
        one for one, kind in swappable.values() if policy.may_plan_for(actor, groups[one.id], kind)
    ]
    return tuple(own[:MOST_OFFERED])
