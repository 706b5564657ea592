"""Places of one event as its reader may see them: how many are free, and how the reader's own
registration stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.people.directory.models import Person
from app.planning.events.models import Event, EventQuota, Registration, RegistrationConsent
from app.planning.events.rules import places as rules
from app.planning.events.values import EventDetail
from app.planning.events.values.places import (
    ConsentPurpose,
    Origin,
    PlacesDraft,
    RegistrationStatus,
)

COUNTED = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING)


@dataclass(frozen=True)
class MyPlace:
    """`position`: 1 is the next to get a place; None for who does not wait. `consents`: what was
    agreed to and stands, in its version. `code`: opens the door of an in-person event, "" for who
    has no place.
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
class Places:
    """Of one event, for one actor. `country` is the quota that the actor counts against, "" for
    none.
    """

    limits: rules.PlaceLimits
    taken: Mapping[str, int]
    waiting: int
    closes_at: datetime | None
    needs_approval: bool
    country: str
    mine: MyPlace | None

    @property
    def capacity(self) -> int | None:
        return self.limits.capacity

    @property
    def total(self) -> int:
        """How many have a place."""
        return sum(self.taken.values())

    @property
    def free(self) -> int | None:
        """In total; None when there is no limit."""
        return rules.free(self.limits, self.taken)

    @property
    def free_for_country(self) -> int | None:
        """Of the country's own number; None when there is none."""
        quota = self.limits.of(self.country)
        return None if quota is None else max(0, quota - self.taken.get(self.country, 0))

    @property
    def has_room(self) -> bool:
        return rules.has_room(self.limits, self.taken, self.country)


EVENT, PERSON = (
    bindparam("event_id", type_=Event.id.type),
    bindparam("person_id", type_=Person.id.type),
)
QUOTAS = (
    select(EventQuota.country_code, EventQuota.places)
    .where(EventQuota.event_id == EVENT)
    .order_by(EventQuota.country_code)
)
COUNTS = (
    select(Registration.country_code, Registration.status, func.count().label("number"))
    .where(Registration.event_id == EVENT, Registration.status.in_(COUNTED))
    .group_by(Registration.country_code, Registration.status)
)
LIMITS = select(
    Event.capacity, Event.country_quota, Event.registration_closes_at, Event.needs_approval
).where(Event.id == EVENT)
MINE = (
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


def places(db: Session, *, actor: Actor, event: EventDetail) -> Places:
    """Of an event that the actor sees. Two statements, and up to three more about the actor's own
    place.
    """
    exceptions = _exceptions(db, event.id)
    counts = db.execute(COUNTS, {"event_id": event.id}).all()
    country, registration = _own(db, actor, event.id)
    return Places(
        rules.PlaceLimits(event.capacity, event.country_quota, exceptions),
        {
            one.country_code: one.number
            for one in counts
            if one.status == RegistrationStatus.REGISTERED
        },
        sum(one.number for one in counts if one.status == RegistrationStatus.WAITING),
        event.registration_closes_at,
        event.needs_approval,
        country,
        _my_place(db, registration),
    )


def stands(db: Session, *, event_id: UUID) -> PlacesDraft:
    """The limits as they are: where changing them begins."""
    row = db.execute(LIMITS, {"event_id": event_id}).one()
    exceptions = _exceptions(db, event_id)
    return PlacesDraft(
        row.capacity, row.country_quota, exceptions, row.registration_closes_at, row.needs_approval
    )


def _exceptions(db: Session, event_id: UUID) -> dict[str, int]:
    return {one.country_code: one.places for one in db.execute(QUOTAS, {"event_id": event_id})}


def _own(db: Session, actor: Actor, event_id: UUID) -> tuple[str, Registration | None]:
    """The country that the actor counts for, which a guest does not, and the actor's
    registration.
    """
    if actor.person_id is None:
        return rules.NO_COUNTRY, None
    row = db.execute(MINE, {"event_id": event_id, "person_id": actor.person_id}).one_or_none()
    if row is None:
        return rules.NO_COUNTRY, None
    return rules.NO_COUNTRY if row.is_guest else row.home or rules.NO_COUNTRY, row.Registration


def _my_place(db: Session, row: Registration | None) -> MyPlace | None:
    if row is None or row.status == RegistrationStatus.CANCELLED:
        return None
    agreed = db.scalars(AGREED, {"registration_id": row.id, "version": row.consent_version})
    is_registered = row.status == RegistrationStatus.REGISTERED
    return MyPlace(
        RegistrationStatus(row.status),
        Origin(row.origin),
        _position(db, row),
        row.consent_version,
        frozenset(map(ConsentPurpose, agreed)),
        row.check_in_code or "" if is_registered else "",
    )


def _position(db: Session, row: Registration) -> int | None:
    if row.status != RegistrationStatus.WAITING:
        return None
    before = or_(
        Registration.waiting_since < row.waiting_since,
        and_(Registration.waiting_since == row.waiting_since, Registration.id < row.id),
    )
    in_line = (
        Registration.event_id == row.event_id,
        Registration.status == RegistrationStatus.WAITING,
    )
    return (db.scalar(select(func.count()).where(*in_line, before)) or 0) + 1
