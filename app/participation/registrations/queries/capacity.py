"""The capacity of an event against its registrations, and what its reader may see of it: how many
may still register, and the reader's own registration.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.participation.registrations.models import EventQuota, Registration, RegistrationConsent
from app.participation.registrations.rules import NO_COUNTRY, Capacity, CapacityLimits
from app.participation.registrations.values import (
    CapacityDraft,
    ConsentPurpose,
    Origin,
    RegistrationStatus,
)
from app.people.directory.models import Person
from app.planning.events.models import Event
from app.planning.events.values import EventDetail


@dataclass(frozen=True)
class OwnRegistration:
    """`position` on the waiting list: 1 is promoted next; None for who does not wait. `consents`:
    what was agreed to and not withdrawn, in its version. `code`: for the entrance of an in-person
    event, "" for who is not registered.
    """

    status: RegistrationStatus
    origin: Origin
    position: int | None
    consent_version: str
    consents: frozenset[ConsentPurpose]
    code: str

    @property
    def is_registered(self) -> bool:
        return self.status is RegistrationStatus.REGISTERED


@dataclass(frozen=True)
class EventCapacity:
    """Capacity of one event, for one actor. `country`: whose quota the actor counts against, "" for
    none. `own`: None for who has no registration or cancelled it.
    """

    capacity: Capacity
    closes_at: datetime | None
    needs_approval: bool
    country: str
    own: OwnRegistration | None

    @property
    def is_free(self) -> bool:
        """Returns True if the actor would be registered at once, and not wait."""
        return self.capacity.is_free_for(self.country)

    @property
    def free_of_country(self) -> int | None:
        return self.capacity.free_of(self.country)


EVENT, PERSON = (
    bindparam("event_id", type_=Event.id.type),
    bindparam("person_id", type_=Person.id.type),
)
LIMITS = (
    select(
        Event.capacity,
        Event.country_quota,
        Event.registration_closes_at,
        Event.needs_approval,
        EventQuota.country_code,
        EventQuota.places,
    )
    .outerjoin(EventQuota, EventQuota.event_id == Event.id)
    .where(Event.id == EVENT)
    .order_by(EventQuota.country_code)
)
COUNTS = (
    select(Registration.country_code, Registration.status, func.count().label("number"))
    .where(
        Registration.event_id == EVENT,
        Registration.status.in_((RegistrationStatus.REGISTERED, RegistrationStatus.WAITING)),
    )
    .group_by(Registration.country_code, Registration.status)
)
OWN = (
    select(Person.country_code.label("home"), Person.is_guest, Registration)
    .outerjoin(
        Registration, and_(Registration.person_id == Person.id, Registration.event_id == EVENT)
    )
    .where(Person.id == PERSON)
)
AGREED = select(RegistrationConsent.purpose).where(
    RegistrationConsent.registration_id == bindparam("registration_id"),
    RegistrationConsent.version == bindparam("version"),
    RegistrationConsent.withdrawn_at.is_(None),
)


def capacity_draft(db: Session, *, event_id: UUID) -> CapacityDraft:
    """Returns the limits as they are in the database, whatever a row loaded before says."""
    rows = db.execute(LIMITS, {"event_id": event_id}).all()
    quotas = {row.country_code: row.places for row in rows if row.country_code is not None}
    event = rows[0]
    return CapacityDraft(
        capacity=event.capacity,
        country_quota=event.country_quota,
        quotas=quotas,
        closes_at=event.registration_closes_at,
        needs_approval=event.needs_approval,
    )


def capacity_of(db: Session, event_id: UUID) -> Capacity:
    """Returns the capacity of an event, in two statements. Whoever writes by it locks the event's
    row first (`locked_event`). Not scoped by actor: nobody is named.
    """
    draft = capacity_draft(db, event_id=event_id)
    limits = CapacityLimits(draft.capacity, draft.country_quota, draft.quotas)
    counts = db.execute(COUNTS, {"event_id": event_id}).all()
    by_status = {
        status: Counter({row.country_code: row.number for row in counts if row.status == status})
        for status in (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING)
    }
    return Capacity(
        limits, by_status[RegistrationStatus.REGISTERED], by_status[RegistrationStatus.WAITING]
    )


def event_capacity(db: Session, *, actor: Actor, event: EventDetail) -> EventCapacity:
    """Returns the capacity of an event that the actor sees, in two statements and up to three more
    for the actor's own registration.
    """
    capacity = capacity_of(db, event.id)
    country, registration = _own(db, actor, event.id)
    return EventCapacity(
        capacity=capacity,
        closes_at=event.registration_closes_at,
        needs_approval=event.needs_approval,
        country=country,
        own=_own_registration(db, registration),
    )


def _own(db: Session, actor: Actor, event_id: UUID) -> tuple[str, Registration | None]:
    """Returns the country whose quota the actor counts against, which a guest does not, and the
    actor's registration.
    """
    if actor.person_id is None:
        return NO_COUNTRY, None
    row = db.execute(OWN, {"event_id": event_id, "person_id": actor.person_id}).one_or_none()
    if row is None:
        return NO_COUNTRY, None
    return NO_COUNTRY if row.is_guest else row.home or NO_COUNTRY, row.Registration


def _own_registration(db: Session, row: Registration | None) -> OwnRegistration | None:
    if row is None or row.status == RegistrationStatus.CANCELLED:
        return None
    agreed = db.scalars(AGREED, {"registration_id": row.id, "version": row.consent_version})
    is_registered = row.status == RegistrationStatus.REGISTERED
    return OwnRegistration(
        status=RegistrationStatus(row.status),
        origin=Origin(row.origin),
        position=_position(db, row),
        consent_version=row.consent_version,
        consents=frozenset(map(ConsentPurpose, agreed)),
        code=row.check_in_code or "" if is_registered else "",
    )


def _position(db: Session, row: Registration) -> int | None:
    if row.status != RegistrationStatus.WAITING:
        return None
    before = or_(
        Registration.waiting_since < row.waiting_since,
        and_(Registration.waiting_since == row.waiting_since, Registration.id < row.id),
    )
    waiting = (
        Registration.event_id == row.event_id,
        Registration.status == RegistrationStatus.WAITING,
    )
    return (db.scalar(select(func.count()).where(*waiting, before)) or 0) + 1
