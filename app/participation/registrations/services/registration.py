"""Registering for an event and cancelling: one row for each person, registered within capacity and
quotas, waiting, or pending until an organizer decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.fact import Fact
from app.kernel.refusal import NotAllowed, NotFound
from app.participation.registrations import policy
from app.participation.registrations.facts import (
    RegistrationCancelled,
    RegistrationMade,
    RegistrationPending,
    RegistrationRestored,
    RegistrationWaiting,
)
from app.participation.registrations.models import Registration
from app.participation.registrations.queries.capacity import AGREED, capacity_of
from app.participation.registrations.queries.entitlement import entitled
from app.participation.registrations.rules import registering as rules
from app.participation.registrations.rules.capacity import NO_COUNTRY
from app.participation.registrations.rules.consent import require_consent
from app.participation.registrations.rules.registering import require_in_time
from app.participation.registrations.services.consent import (
    first_consent,
    note_consent,
    withdraw_consent,
)
from app.participation.registrations.services.promotion import (
    flush,
    is_to_come,
    next_waiting_since,
    promote,
    promote_within,
    set_registered,
    set_status,
)
from app.participation.registrations.services.taking_over import (
    release_guest_registration,
    take_over,
)
from app.participation.registrations.values import (
    ACTIVE,
    REQUIRED_CONSENT,
    ConsentPurpose,
    Origin,
    RegistrationStatus,
)
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.models import Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.values import EventKind, EventStatus

FACT_OF = {
    RegistrationStatus.REGISTERED: RegistrationMade,
    RegistrationStatus.WAITING: RegistrationWaiting,
    RegistrationStatus.PENDING: RegistrationPending,
}


@dataclass(frozen=True)
class Registered:
    """`is_new` is false when the person was registered, waiting, pending or declined before:
    nothing was written then.
    """

    id: int
    status: RegistrationStatus
    is_new: bool


def register(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    consent_version: str,
    now: datetime,
    purposes: Collection[ConsentPurpose] = REQUIRED_CONSENT,
) -> Registered:
    """Registers the actor."""
    return register_person(
        db,
        actor=actor,
        event_id=event_id,
        person_id=_require_person(actor),
        origin=Origin.SELF,
        consent_version=consent_version,
        purposes=purposes,
        now=now,
    )


def registered_already(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    consent_version: str,
    now: datetime,
    purposes: Collection[ConsentPurpose] = REQUIRED_CONSENT,
) -> Registered | None:
    """Returns what `register` would where it would write nothing, and refuses as it does; else
    None.

    For a session that only reads: when registration opens, most clicks are second ones and need not
    wait for the lock.
    """
    known = db.execute(
        EXISTING, {"event_id": event_id, "person_id": _require_person(actor)}
    ).one_or_none()
    if known is None:
        return None
    require_consent(Origin.SELF, consent_version, purposes)
    rules.require_not_over(EventStatus(known.event_status), known.ends_at, now)
    agreed = set(db.scalars(AGREED, {"registration_id": known.id, "version": consent_version}))
    if known.consent_version != consent_version or not agreed.issuperset(purposes):
        return None
    return Registered(known.id, RegistrationStatus(known.status), is_new=False)


def register_person(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    person_id: int,
    origin: Origin,
    consent_version: str,
    now: datetime,
    purposes: Collection[ConsentPurpose] = REQUIRED_CONSENT,
) -> Registered:
    """Registers a person; when capacity or quota is full, they wait, and where an organizer decides,
    they are pending. Asked again, it changes nothing.

    Whoever registers themselves or comes as a guest must agree to the current `consent_version`,
    else InvalidInput at `consent`; who is nominated or registered by an organizer does so later.
    Refuses what is unpublished, has started or is past its deadline (conflict), or is over (gone),
    and people who register without an invitation (NotInvited, NamedByCountry).
    """
    event = locked_event(db, actor=actor, event_id=event_id, is_bound=origin is Origin.GUEST)
    person, mailboxes, row = _person_and_registration(db, event_id, person_id)
    _require_may_register(db, actor, event, person, origin)
    require_consent(origin, consent_version, purposes)
    is_asked = (
        bool(consent_version) and actor.person_id == person_id
    )  # nobody agrees for somebody else
    rules.require_not_over(EventStatus(event.status), event.ends_at, now)
    if row is not None and row.status != RegistrationStatus.CANCELLED:
        if is_asked:
            note_consent(db, row, actor=actor, version=consent_version, purposes=purposes, now=now)
        return Registered(row.id, RegistrationStatus(row.status), is_new=False)
    origin = _require_may_come(db, event, actor=actor, person=person, origin=origin, now=now)
    was_here = row is not None
    if row is None:
        # Not "registered" while those who wait are promoted, which flushes this row too.
        row = Registration(
            event_id=event_id,
            person_id=person_id,
            status=RegistrationStatus.PENDING,
            created_at=now,
            changed_at=now,
        )
        db.add(row)
    row.origin, row.country_code = (
        origin,
        NO_COUNTRY if origin is Origin.GUEST else person.country_code or NO_COUNTRY,
    )
    if is_asked:
        row.consent_version = consent_version
    status = _decide_status(db, event, row, mailboxes, actor=actor, now=now)
    facts: list[Fact] = []
    if is_asked and was_here:
        note_consent(db, row, actor=actor, version=consent_version, purposes=purposes, now=now)
        withdraw_consent(
            db, row, actor=actor, kept=purposes, now=now
        )  # of an earlier registration given back
    elif is_asked:
        given = first_consent(db, row, version=consent_version, purposes=purposes, now=now)
        facts += [given] if given else []
    journal.record_all(db, [*facts, FACT_OF[status](event_id, person_id)], actor=actor, now=now)
    return Registered(row.id, status, is_new=True)


def _require_may_come(
    db: Session, event: Event, *, actor: Actor, person: Person, origin: Origin, now: datetime
) -> Origin:
    """Refuses whoever registers themselves without being entitled; whom only the country's
    nomination entitles comes by it.
    """
    rules.require_open(EventKind(event.kind), EventStatus(event.status), event.starts_at, now)
    if origin is Origin.SELF:
        own = entitled(db, actor=actor, event=event, country=person.country_code or "", now=now)
        own.require()
        origin = Origin.NOMINATION if own.comes_as_named else origin
    require_in_time(origin, event.registration_closes_at, now)
    return origin


def _decide_status(
    db: Session,
    event: Event,
    row: Registration,
    mailboxes: Collection[str],
    *,
    actor: Actor,
    now: datetime,
) -> RegistrationStatus:
    """Sets the status of a new registration, which is never worse than the one the person had as a
    guest.
    """
    is_ours = row.origin == Origin.ORGANIZER
    row.decided_at, row.decided_by = (now, actor.account_id or None) if is_ours else (None, None)
    is_guest = row.origin == Origin.GUEST
    had = (
        None
        if is_guest
        else release_guest_registration(
            db, event=event, row=row, mailboxes=mailboxes, actor=actor, now=now
        )
    )
    if had is not None and not is_ours:
        row.decided_at, row.decided_by = had.decided_at, had.decided_by
    if had is not None and had.status is RegistrationStatus.REGISTERED:
        status = take_over(db, event, row, now=now)
        promote(db, event=event, actor=actor, now=now)
        return status
    if event.needs_approval and row.decided_at is None:
        set_status(row, RegistrationStatus.PENDING, now=now)
        db.flush()
        return RegistrationStatus.PENDING
    status = register_or_wait(db, event, row, actor=actor, now=now)
    if had is not None and had.waiting_since is not None and status is RegistrationStatus.WAITING:
        row.waiting_since = had.waiting_since
        db.flush()
    return status


def register_or_wait(
    db: Session, event: Event, row: Registration, *, actor: Actor, now: datetime
) -> RegistrationStatus:
    """Makes the row registered where capacity and quota allow, else waiting, last in order. Those
    who wait already come first. Wants the event's row locked.
    """
    capacity = capacity_of(db, event.id)
    if is_to_come(event, now):
        promote_within(db, event=event, capacity=capacity, actor=actor, now=now)
    if capacity.is_free_for(row.country_code):
        set_registered(row, now=now)
    else:
        since = next_waiting_since(db, event.id, now)
        set_status(row, RegistrationStatus.WAITING, now=now, waiting_since=since)
    flush(db, capacity.limits)
    return RegistrationStatus(row.status)


def agree(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    consent_version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> None:
    """Makes the consent of the actor's own registration what was ticked: gives what is new, takes
    back what is gone.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    require_consent(Origin.SELF, consent_version, purposes)
    row = registration_of(db, event.id, _require_person(actor))
    if row is None or row.status == RegistrationStatus.CANCELLED:
        raise NotFound
    note_consent(db, row, actor=actor, version=consent_version, purposes=purposes, now=now)
    withdraw_consent(db, row, actor=actor, kept=purposes, now=now)


def cancel_registration(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime, person_id: int | None = None
) -> bool:
    """Cancels the registration of a person, None for the actor's own, and promotes the first who
    waits in the same transaction. Returns False when there was nothing to cancel. Raises
    AlreadyStarted once the event has started.

    For the person, the organizers, and the focal point who nominated for that country.
    """
    if person_id is None:
        person_id = _require_person(actor)
    event = locked_event(db, actor=actor, event_id=event_id)
    row = registration_of(db, event_id, person_id)
    _require_may_change(db, actor, event, person_id, row)
    if row is None or row.status not in ACTIVE:
        return False
    if event.starts_at is not None and event.starts_at <= now:
        raise rules.AlreadyStarted
    set_status(row, RegistrationStatus.CANCELLED, now=now)
    db.flush()
    journal.record(db, RegistrationCancelled(event_id, person_id), actor=actor, now=now)
    promote(db, event=event, actor=actor, now=now)
    return True


def status_before(db: Session, *, event_id: UUID, person_id: int) -> tuple[str, str]:
    """Returns the status of a registration and since when it waits, for `restore_registration`; ""
    for nothing to restore.
    """
    row = registration_of(db, event_id, person_id)
    if row is None or row.status not in ACTIVE:
        return "", ""
    return str(row.status), row.waiting_since.isoformat() if row.waiting_since else ""


def is_free_again(db: Session, *, event_id: UUID, person_id: int) -> bool:
    """Returns True if the registration cancelled just now could be restored: nobody was promoted
    instead.
    """
    row = registration_of(db, event_id, person_id)
    return row is not None and capacity_of(db, event_id).is_free_for(row.country_code)


def restore_registration(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    person_id: int,
    status: RegistrationStatus,
    waiting_since: datetime | None,
    now: datetime,
) -> bool:
    """Undoes `cancel_registration`; False when the person has registered again already. For whom
    could cancel. Raises PromotedMeanwhile when somebody who waited was registered instead, and
    AlreadyStarted once the event has started.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    row = registration_of(db, event_id, person_id)
    if row is None:
        raise NotFound
    _require_may_change(db, actor, event, person_id, row)
    if row.status in ACTIVE:
        return False
    rules.require_open(EventKind(event.kind), EventStatus(event.status), event.starts_at, now)
    if status is RegistrationStatus.REGISTERED:
        capacity = capacity_of(db, event_id)
        if not capacity.is_free_for(row.country_code):
            raise rules.PromotedMeanwhile
        set_registered(row, now=now)
        flush(db, capacity.limits)
    else:
        set_status(row, status, now=now, waiting_since=waiting_since)
        db.flush()
    journal.record(db, RegistrationRestored(event_id, person_id), actor=actor, now=now)
    return True


EXISTING = (
    select(Registration.id, Registration.status, Registration.consent_version)
    .add_columns(Event.status.label("event_status"), Event.ends_at)
    .join(Event, Event.id == Registration.event_id)
    .where(
        Registration.event_id == bindparam("event_id"),
        Registration.person_id == bindparam("person_id"),
        Registration.status != RegistrationStatus.CANCELLED,
    )
)
REGISTRATION = select(Registration).where(
    Registration.event_id == bindparam("event_id"), Registration.person_id == bindparam("person_id")
)
PERSON_AND_REGISTRATION = (
    select(Person, Account.email, Registration)
    .outerjoin(Account, Account.person_id == Person.id)
    .outerjoin(
        Registration,
        and_(Registration.person_id == Person.id, Registration.event_id == bindparam("event_id")),
    )
    .where(Person.id == bindparam("person_id"))
)


def registration_of(db: Session, event_id: UUID, person_id: int) -> Registration | None:
    return db.scalar(REGISTRATION, {"event_id": event_id, "person_id": person_id})


def _require_may_change(
    db: Session, actor: Actor, event: Event, person_id: int, row: Registration | None
) -> None:
    """Raises NotAllowed for somebody else's registration, except for whom could have made it."""
    if actor.person_id == person_id:
        return
    is_nominated = row is not None and row.origin == Origin.NOMINATION
    origin = Origin.NOMINATION if is_nominated else Origin.ORGANIZER
    _require_may_register(db, actor, event, _person(db, person_id), origin)


def _require_may_register(
    db: Session, actor: Actor, event: Event, person: Person, origin: Origin
) -> None:
    groups = () if origin in (Origin.SELF, Origin.GUEST) else slugs_of_groups(db, [event.id])
    if not policy.may_register(actor, person.id, person.country_code or "", groups, origin):
        raise NotAllowed


def _person_and_registration(
    db: Session, event_id: UUID, person_id: int
) -> tuple[Person, frozenset[str], Registration | None]:
    """Returns the person, their mailboxes, folded (as `mailboxes_of`), and what they have at the
    event; one statement.
    """
    record = db.execute(
        PERSON_AND_REGISTRATION, {"event_id": event_id, "person_id": person_id}
    ).one_or_none()
    if record is None:
        raise NotFound
    person, address, row = record
    return person, frozenset(box.lower() for box in (person.email, address) if box), row


def _person(db: Session, person_id: int) -> Person:
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def _require_person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id
