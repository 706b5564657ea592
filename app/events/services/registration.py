"""I intend to come: one row per person, never more places than there are, the rest in line or before an organizer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.directory.models import Person, WorkingGroup
from app.events import policy
from app.events.facts import RegistrationCancelled, RegistrationMade, RegistrationPending, RegistrationWaiting
from app.events.models import Event, EventGroup, Registration
from app.events.queries.entitled import entitled
from app.events.queries.events import visible_to
from app.events.rules import participation as rules
from app.events.rules.consent import require_consent
from app.events.rules.places import NO_COUNTRY, has_room, require_in_time
from app.events.services.consent import note_consent, withdraw_consent
from app.events.services.places import end_of_line, flush, give_place, limits_of, promote, stand, taken_of
from app.events.services.taking_over import release_guest_place, take_over
from app.events.values import EventKind, EventStatus
from app.events.values.places import REQUIRED_CONSENT, STANDING, ConsentPurpose, Origin, RegistrationStatus
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound

FACT_OF = {
    RegistrationStatus.REGISTERED: RegistrationMade,
    RegistrationStatus.WAITING: RegistrationWaiting,
    RegistrationStatus.PENDING: RegistrationPending,
}


@dataclass(frozen=True)
class Registered:
    """`is_new` is false when she was registered, in line, asked about or declined before: nothing was written then."""

    id: int
    status: RegistrationStatus
    is_new: bool


def register(
    db: Session, *, actor: Actor, event_id: UUID, consent_version: str, now: datetime,
    purposes: Collection[ConsentPurpose] = REQUIRED_CONSENT,
) -> Registered:  # fmt: skip
    """The actor's own registration."""
    return register_person(
        db, actor=actor, event_id=event_id, person_id=_require_person(actor), origin=Origin.SELF,
        consent_version=consent_version, purposes=purposes, now=now,
    )  # fmt: skip


def register_person(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, origin: Origin, consent_version: str, now: datetime,
    purposes: Collection[ConsentPurpose] = REQUIRED_CONSENT,
) -> Registered:  # fmt: skip
    """Gives a person a place or, when none is free for her country, the end of the line; once, however often asked.

    Where an organizer decides, it is pending. Who registers herself or comes as a guest must agree to the current
    `consent_version`, else InvalidInput at `consent`; who is nominated or written in by an organizer does so later.
    Refuses what is unpublished, has started or is past its deadline (conflict), or is over (gone), and who registers
    herself where she is not invited (NotInvited, NamedByCountry).
    """
    event = locked_event(db, actor=actor, event_id=event_id, is_bound=origin is Origin.GUEST)
    person = _person(db, person_id)
    _require_may_register(db, actor, event, person, origin)
    require_consent(origin, consent_version, purposes)
    is_asked = bool(consent_version) and actor.person_id == person_id  # nobody agrees for somebody else
    rules.require_not_over(EventStatus(event.status), event.ends_at, now)
    row = place_of(db, event_id, person_id)
    if row is not None and row.status != RegistrationStatus.CANCELLED:
        if is_asked:
            note_consent(db, row, actor=actor, version=consent_version, purposes=purposes, now=now)
        return Registered(row.id, RegistrationStatus(row.status), is_new=False)
    origin = _require_may_come(db, actor, event, origin, now)
    if row is None:
        # Not "registered" while those in line are looked at, which writes.
        row = Registration(event_id=event_id, person_id=person_id, status=RegistrationStatus.PENDING, created_at=now,
                           changed_at=now)  # fmt: skip
        db.add(row)
    row.origin, row.country_code = origin, NO_COUNTRY if origin is Origin.GUEST else person.country_code or NO_COUNTRY
    status = _seat(db, event, row, actor=actor, now=now)
    if is_asked:
        note_consent(db, row, actor=actor, version=consent_version, purposes=purposes, now=now)
        withdraw_consent(db, row, actor=actor, kept=purposes, now=now)  # of an earlier registration given back
    journal.record(db, FACT_OF[status](event_id, person_id), actor=actor, now=now)
    return Registered(row.id, status, is_new=True)


def _require_may_come(db: Session, actor: Actor, event: Event, origin: Origin, now: datetime) -> Origin:
    """Who registers herself must be entitled; whom only her country's nomination entitles comes by it."""
    rules.require_open(EventKind(event.kind), EventStatus(event.status), event.starts_at, now)
    if origin is Origin.SELF:
        hers = entitled(db, actor=actor, event_id=event.id, now=now)
        hers.require()
        origin = Origin.NOMINATION if hers.comes_as_named else origin
    require_in_time(origin, event.registration_closes_at, now)
    return origin


def _seat(db: Session, event: Event, row: Registration, *, actor: Actor, now: datetime) -> RegistrationStatus:
    """Writes how a fresh registration stands: at least as well as what she had as a guest."""
    is_ours = row.origin == Origin.ORGANIZER
    row.decided_at, row.decided_by = (now, actor.account_id or None) if is_ours else (None, None)
    is_guest = row.origin == Origin.GUEST
    had = None if is_guest else release_guest_place(db, event=event, row=row, actor=actor, now=now)
    if had is not None and not is_ours:
        row.decided_at, row.decided_by = had.decided_at, had.decided_by
    if had is not None and had.status is RegistrationStatus.REGISTERED:
        status = take_over(db, event, row, now=now)
        promote(db, event=event, actor=actor, now=now)
        return status
    if event.needs_approval and row.decided_at is None:
        stand(row, RegistrationStatus.PENDING, now=now)
        db.flush()
        return RegistrationStatus.PENDING
    status = take_seat(db, event, row, actor=actor, now=now)
    if had is not None and had.waiting_since is not None and status is RegistrationStatus.WAITING:
        row.waiting_since = had.waiting_since
        db.flush()
    return status


def take_seat(db: Session, event: Event, row: Registration, *, actor: Actor, now: datetime) -> RegistrationStatus:
    """A place when one is free for the row's country, else the end of the line. Wants the event's row locked."""
    promote(db, event=event, actor=actor, now=now)
    limits, taken = limits_of(db, event.id), taken_of(db, event.id)
    if has_room(limits, taken, row.country_code):
        give_place(row, now=now)
    else:
        stand(row, RegistrationStatus.WAITING, now=now, waiting_since=end_of_line(db, event.id, now))
    flush(db, limits)
    return RegistrationStatus(row.status)


def agree(
    db: Session, *, actor: Actor, event_id: UUID, consent_version: str, purposes: Collection[ConsentPurpose],
    now: datetime,
) -> None:  # fmt: skip
    """Makes the consent of the actor's own registration what was ticked: gives what is new, takes back what is gone."""
    event = locked_event(db, actor=actor, event_id=event_id)
    require_consent(Origin.SELF, consent_version, purposes)
    row = place_of(db, event.id, _require_person(actor))
    if row is None or row.status == RegistrationStatus.CANCELLED:
        raise NotFound
    note_consent(db, row, actor=actor, version=consent_version, purposes=purposes, now=now)
    withdraw_consent(db, row, actor=actor, kept=purposes, now=now)


def cancel_registration(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> bool:
    """The actor's own; False when there was none."""
    return cancel_place(db, actor=actor, event_id=event_id, person_id=_require_person(actor), now=now)


def cancel_place(db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime) -> bool:
    """Gives a place, or a turn in line, back; False when there was none. The first in line for whom there is room then
    gets the place, in the same transaction. Refuses once the event has started.

    For the person herself, the organizers, and the focal point who nominated for that country.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    row = place_of(db, event_id, person_id)
    origin = Origin(row.origin) if row else Origin.SELF
    if actor.person_id != person_id:
        origin = Origin.ORGANIZER if origin is not Origin.NOMINATION else origin
        _require_may_register(db, actor, event, _person(db, person_id), origin)
    if row is None or row.status not in STANDING:
        return False
    if event.starts_at is not None and event.starts_at <= now:
        raise rules.AlreadyStarted
    stand(row, RegistrationStatus.CANCELLED, now=now)
    db.flush()
    journal.record(db, RegistrationCancelled(event_id, person_id), actor=actor, now=now)
    promote(db, event=event, actor=actor, now=now)
    return True


def locked_event(db: Session, *, actor: Actor, event_id: UUID, is_bound: bool = False) -> Event:
    """The event's row, locked until the end of the transaction, so that two who count its places do so one by one.

    `is_bound`: whoever comes with a key to this very event, or is registered for it, need not see it otherwise (guests
    of closed meetings). SQLite has no row locks and needs none: its writers queue before they begin.
    """
    mine = exists().where(Registration.event_id == Event.id, Registration.person_id == (actor.person_id or 0))
    seen = Event.published_at.is_not(None) if is_bound else or_(visible_to(actor), mine)
    asked = select(Event).where(Event.id == event_id, seen)
    event = db.scalar(asked.with_for_update(of=Event, key_share=True))
    if event is None:
        raise NotFound
    return event


def place_of(db: Session, event_id: UUID, person_id: int) -> Registration | None:
    return db.scalar(select(Registration).where(Registration.event_id == event_id, Registration.person_id == person_id))


def groups_of(db: Session, event_id: UUID) -> Collection[str]:
    joined = select(WorkingGroup.slug).join(EventGroup, EventGroup.working_group_id == WorkingGroup.id)
    return db.scalars(joined.where(EventGroup.event_id == event_id)).all()


def _require_may_register(db: Session, actor: Actor, event: Event, person: Person, origin: Origin) -> None:
    groups = groups_of(db, event.id)
    if not policy.may_register(actor, person.id, person.country_code or "", groups, origin):
        raise NotAllowed


def _person(db: Session, person_id: int) -> Person:
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def _require_person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id
