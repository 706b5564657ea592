"""Requests for a place that wait for the decision of whoever plans the event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, true
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.people.directory.models import WorkingGroup
from app.people.identity.policy import acts_for_the_region
from app.planning.events.models import Event, EventGroup, Registration
from app.planning.events.values import EventStatus
from app.planning.events.values.places import RegistrationStatus


@dataclass(frozen=True)
class Requests:
    """How many people wait for a decision about a place at one event."""

    event_id: UUID
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    count: int


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """True for events whose requests the actor may decide (events/policy.py,
    may_decide_registrations).
    """
    if acts_for_the_region(actor):
        return true()
    groups = select(EventGroup.event_id).join(WorkingGroup).where(EventGroup.event_id == Event.id)
    foreign = groups.where(WorkingGroup.slug.not_in(actor.scopes(Role.CONVENOR)))
    return and_(exists(groups), not_(exists(foreign)))


def requests_to_decide(db: Session, *, actor: Actor, now: datetime) -> tuple[Requests, ...]:
    """Of events that have not begun, the soonest first; one statement."""
    rows = db.execute(
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Event.ends_at,
            Event.timezone,
            func.count(Registration.id),
        )
        .join(Registration, Registration.event_id == Event.id)
        .where(
            Registration.status == RegistrationStatus.PENDING, Event.status == EventStatus.PUBLISHED
        )
        .where(Event.starts_at > now, decided_by(actor))
        .group_by(Event.id)
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(Requests(*row) for row in rows)
