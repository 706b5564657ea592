"""One coming webinar is full and has a line, another wants approval: what organizers and officials
meet every week.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Actor
from app.participation.registrations.models import Registration
from app.participation.registrations.services.deciding import set_capacity
from app.participation.registrations.services.registering import register
from app.participation.registrations.values import (
    CONSENT_VERSION,
    CapacityDraft,
    ConsentPurpose,
    RegistrationStatus,
)
from app.people.directory.models import Appointment, Person, WorkingGroup
from app.planning.events.models import Event, EventGroup
from app.planning.events.values import EventKind, EventStatus

NOT_SOON = timedelta(days=14)
IN_LINE, PENDING, PER_COUNTRY = 5, 4, 12
LEFT_ALONE = ("protection",)
"""The group of the personas' own webinars, at which whoever tries the demo finds free places."""


def load_capacities(db: Session, *, now: datetime) -> None:
    """After everybody has registered; those of before count for their country too."""
    country = (
        select(Person.country_code).where(Person.id == Registration.person_id).scalar_subquery()
    )
    registration = (
        update(Registration)
        .where(Registration.country_code == "")
        .values(country_code=func.coalesce(country, ""))
    )
    db.execute(registration.execution_options(synchronize_session=False))
    coming = _coming(db, now)
    if coming:
        _fill(db, coming[0], now)
    if len(coming) > 1:
        _with_approval(db, coming[1], now)


def _coming(db: Session, now: datetime) -> Sequence[Event]:
    alone = select(EventGroup.event_id).join(WorkingGroup).where(WorkingGroup.slug.in_(LEFT_ALONE))
    asked = select(Event).where(
        Event.kind == EventKind.WEBINAR,
        Event.status == EventStatus.PUBLISHED,
        Event.starts_at > now + NOT_SOON,
        Event.is_confidential.is_(False),
        Event.id.not_in(alone),
    )
    return db.scalars(asked.order_by(Event.starts_at, Event.id).limit(2)).all()


def _fill(db: Session, event: Event, now: datetime) -> None:
    placed = (
        Registration.event_id == event.id,
        Registration.status == RegistrationStatus.REGISTERED,
    )
    taken = db.scalar(select(func.count()).where(*placed)) or 0
    set_capacity(
        db,
        actor=SYSTEM,
        event_id=event.id,
        draft=CapacityDraft(max(1, taken), PER_COUNTRY),
        now=now,
    )
    _register(db, event.id, IN_LINE + (taken == 0), now)


def _with_approval(db: Session, event: Event, now: datetime) -> None:
    closes = event.starts_at - timedelta(days=2) if event.starts_at else None
    set_capacity(
        db,
        actor=SYSTEM,
        event_id=event.id,
        draft=CapacityDraft(closes_at=closes, needs_approval=True),
        now=now,
    )
    _register(db, event.id, PENDING, now)


def _register(db: Session, event_id: UUID, number: int, now: datetime) -> None:
    """The first by name of those who serve and are not registered; the personas are left to whoever
    tries the demo.
    """
    theirs = select(Registration.person_id).where(Registration.event_id == event_id)
    people = db.scalars(
        select(Person.id)
        .where(
            Person.id.in_(select(Appointment.person_id).where(Appointment.valid_until.is_(None)))
        )
        .where(Person.email.not_like("%-%"), Person.id.not_in(theirs))
        .order_by(Person.sort_key, Person.id)
        .limit(number)
    )
    purposes = (ConsentPurpose.ATTENDANCE_LIST, ConsentPurpose.STATISTICS)
    for person in people.all():
        register(
            db,
            actor=Actor(person_id=person),
            event_id=event_id,
            consent_version=CONSENT_VERSION,
            purposes=purposes,
            now=now,
        )
