"""Registering for an event and cancelling: one row for each person, registered within capacity and
quotas, waiting, or pending until an organizer decides.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.fact import Fact
from app.kernel.refusal import NotAllowed, NotFound
from app.participation.registrations import policy, rules
from app.participation.registrations.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    GuestPlaceTakenOver,
    PlaceGiven,
    RegistrationCancelled,
    RegistrationMade,
    RegistrationPending,
    RegistrationRestored,
    RegistrationWaiting,
)
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.queries.capacity import AGREED, capacity_of
from app.participation.registrations.queries.entitlement import entitled, guests_there
from app.participation.registrations.rules import (
    NO_COUNTRY,
    Capacity,
    CapacityLimits,
    CountryFull,
    Full,
    require_consent,
    require_in_time,
    turned,
)
from app.participation.registrations.schema import is_over_capacity, is_over_quota
from app.participation.registrations.values import (
    ACTIVE,
    REQUIRED_CONSENT,
    ConsentPurpose,
    Origin,
    RegistrationStatus,
)
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.models import Attendance, Event
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
    _require_may_register(db, actor, event=event, person=person, origin=origin)
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
    status = _decide_status(db, event, row=row, mailboxes=mailboxes, actor=actor, now=now)
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
    rules.require_open(
        EventKind(event.kind), EventStatus(event.status), starts_at=event.starts_at, now=now
    )
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
    _require_may_change(db, actor, event=event, person_id=person_id, row=row)
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
    _require_may_change(db, actor, event=event, person_id=person_id, row=row)
    if row.status in ACTIVE:
        return False
    rules.require_open(
        EventKind(event.kind), EventStatus(event.status), starts_at=event.starts_at, now=now
    )
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
    _require_may_register(db, actor, event=event, person=_person(db, person_id), origin=origin)


def _require_may_register(
    db: Session, actor: Actor, event: Event, person: Person, origin: Origin
) -> None:
    groups = () if origin in (Origin.SELF, Origin.GUEST) else slugs_of_groups(db, [event.id])
    if not policy.may_register(
        actor, person.id, country_code=person.country_code or "", groups=groups, origin=origin
    ):
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


# Promotion: who waits is registered, in order, as soon as capacity and quotas allow. Here too is
# the only code that changes the status of a registration.

CODE_ALPHABET, CODE_LENGTH = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26
AT_A_TIME = 500
MOMENT = timedelta(microseconds=1)
LAST_WAITING_SINCE = select(func.max(Registration.waiting_since)).where(
    Registration.event_id == bindparam("event_id"),
    Registration.status == RegistrationStatus.WAITING,
)


def promote(db: Session, *, event: Event, actor: Actor, now: datetime) -> tuple[int, ...]:
    """Registers those who wait, in their order, as far as there is capacity, and returns the ids of
    the people promoted.

    Wants the event's row locked (`locked_event`). Nobody is promoted once the event has started or
    was cancelled.
    """
    if not is_to_come(event, now):
        return ()
    return promote_within(db, event=event, capacity=capacity_of(db, event.id), actor=actor, now=now)


def promote_where_waiting(
    db: Session, *, event_ids: Collection[UUID], actor: Actor, now: datetime
) -> None:
    """Promotes as `promote` does, for events whose rows need not be locked yet; one statement where
    nobody waits.
    """
    waiting = select(Registration.event_id).where(
        Registration.event_id.in_(event_ids), Registration.status == RegistrationStatus.WAITING
    )
    for event_id in sorted(set(db.scalars(waiting))):
        locked = select(Event).where(Event.id == event_id)
        event = db.scalars(locked.with_for_update(of=Event, key_share=True)).one()
        promote(db, event=event, actor=actor, now=now)


def is_to_come(event: Event, now: datetime) -> bool:
    return (
        event.status == EventStatus.PUBLISHED
        and event.starts_at is not None
        and event.starts_at > now
    )


def promote_within(
    db: Session, *, event: Event, capacity: Capacity, actor: Actor, now: datetime
) -> tuple[int, ...]:
    """Promotes as `promote` does, of an event that is to come, with the capacity as read under the
    lock; counts in it whom it registers.
    """
    promoted = list[int]()
    if not capacity.waiting:
        return ()
    while capacity.free != 0 and (rows := _next_waiting(db, event.id, capacity)):
        chosen = set(capacity.promoted([(row.id, row.country_code) for row in rows]))
        for row in rows:
            if row.id in chosen:
                set_registered(row, now=now)
                capacity.registered[row.country_code] += 1
                flush(db, capacity.limits)
                journal.record(db, PlaceGiven(event.id, row.person_id), actor=actor, now=now)
                promoted.append(row.person_id)
    return tuple(promoted)


def _next_waiting(db: Session, event_id: UUID, capacity: Capacity) -> Sequence[Registration]:
    """Returns as many as may register, without those whose country's quota is full. The first of
    them always may; when a quota fills up on the way, the next call finds others.
    """
    waiting = (Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING)
    countries = db.scalars(select(Registration.country_code).where(*waiting).distinct())
    open_to = [country for country in countries if capacity.free_of(country) != 0]
    rows = select(Registration).where(*waiting, Registration.country_code.in_(open_to))
    in_order = rows.order_by(Registration.waiting_since, Registration.id)
    return db.scalars(in_order.limit(capacity.free or AT_A_TIME)).all()


def set_status(
    row: Registration,
    status: RegistrationStatus,
    *,
    now: datetime,
    waiting_since: datetime | None = None,
) -> None:
    """Changes the status of a registration, and counts each cancelling and coming back, from which
    the SEQUENCE of its calendar invitation follows.
    """
    was = RegistrationStatus(row.status) if row.status else None
    row.invitation_turns = turned(row.invitation_turns or 0, was, status)
    row.status, row.waiting_since, row.changed_at = status, waiting_since, now


def set_registered(row: Registration, *, now: datetime) -> None:
    """Makes the status registered, with a code for the entrance of an in-person event."""
    set_status(row, RegistrationStatus.REGISTERED, now=now)
    row.check_in_code = row.check_in_code or "".join(
        secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)
    )


def next_waiting_since(db: Session, event_id: UUID, now: datetime) -> datetime:
    """Returns an instant later than that of anybody who waits, even if the clock of another machine
    is ahead, so that the waiting list keeps the order of the journal.
    """
    last = db.scalar(LAST_WAITING_SINCE, {"event_id": event_id})
    return now if last is None else max(now, last + MOMENT)


def flush(db: Session, limits: CapacityLimits) -> None:
    """Flushes the session; raises Full or CountryFull where a trigger refuses a registration."""
    try:
        db.flush()
    except IntegrityError as error:
        if is_over_capacity(error):
            raise Full(capacity=limits.capacity) from error
        if is_over_quota(error):
            raise CountryFull from error
        raise


# What somebody agreed to when registering: kept by purpose and version, given and taken back by
# the person.


def note_consent(
    db: Session,
    row: Registration,
    *,
    actor: Actor,
    version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> None:
    """Adds what is new of it: what was agreed to before keeps its time, what is not ticked again is
    not taken back.
    """
    known = {ConsentPurpose(one.purpose): one for one in _kept(db, row) if one.version == version}
    fresh = sorted(p for p in purposes if p not in known or known[p].withdrawn_at is not None)
    for purpose in fresh:
        one = known.get(purpose) or RegistrationConsent(
            registration_id=row.id, purpose=purpose, version=version
        )
        one.given_at, one.withdrawn_at = now, None
        db.add(one)
    row.consent_version = version
    db.flush()
    if fresh:
        journal.record(
            db,
            ConsentGiven(
                event_id=row.event_id,
                person_id=row.person_id,
                purposes=tuple(fresh),
                version=version,
            ),
            actor=actor,
            now=now,
        )


def first_consent(
    db: Session,
    row: Registration,
    *,
    version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> ConsentGiven | None:
    """As `note_consent`, for a registration that was written just now and has none; the caller
    records the fact, which is None when nothing was agreed to.
    """
    fresh = sorted(set(purposes))
    if not fresh:
        return None
    db.execute(
        insert(RegistrationConsent),
        [
            {"registration_id": row.id, "purpose": one, "version": version, "given_at": now}
            for one in fresh
        ],
    )
    return ConsentGiven(
        event_id=row.event_id, person_id=row.person_id, purposes=tuple(fresh), version=version
    )


def withdraw_consent(
    db: Session, row: Registration, *, actor: Actor, kept: Collection[ConsentPurpose], now: datetime
) -> None:
    """Takes back, in every version, what is not among `kept`; what taking part cannot do without
    stays.
    """
    staying = {*kept, *REQUIRED_CONSENT}
    gone = [
        one
        for one in _kept(db, row)
        if one.withdrawn_at is None and ConsentPurpose(one.purpose) not in staying
    ]
    for one in gone:
        one.withdrawn_at = now
    db.flush()
    if gone:
        purposes = tuple(sorted({one.purpose for one in gone}))
        journal.record(
            db, ConsentWithdrawn(row.event_id, row.person_id, purposes), actor=actor, now=now
        )


def _kept(db: Session, row: Registration) -> Sequence[RegistrationConsent]:
    return db.scalars(
        select(RegistrationConsent).where(RegistrationConsent.registration_id == row.id)
    ).all()


# One mailbox, one registration: who was registered as a guest and now registers with an account
# keeps what the guest had, and no more.


@dataclass(frozen=True)
class GuestRegistration:
    """What a guest was registered with."""

    status: RegistrationStatus
    waiting_since: datetime | None
    decided_by: int | None
    decided_at: datetime | None


def release_guest_registration(
    db: Session,
    *,
    event: Event,
    row: Registration,
    mailboxes: Collection[str],
    actor: Actor,
    now: datetime,
) -> GuestRegistration | None:
    """Cancels the registrations of guests with one of the mailboxes at the event, and returns the
    best of them.

    `mailboxes` are those of the row's person. Nobody is promoted: the caller does that. Wants the
    event's row locked. No letter tells of the cancellation, because its calendar entry would be
    removed from the calendar of the person who comes.
    """
    best: GuestRegistration | None = None
    for guest in guests_there(db, event.id, mailboxes):
        held = GuestRegistration(
            status=RegistrationStatus(guest.status),
            waiting_since=guest.waiting_since,
            decided_by=guest.decided_by,
            decided_at=guest.decided_at,
        )
        if best is None or held.status is RegistrationStatus.REGISTERED:
            best = held
        set_status(guest, RegistrationStatus.CANCELLED, now=now)
        # Never older than what the mailbox was told before: it is the same attendee of the same
        # event.
        row.invitation_turns = max(row.invitation_turns or 0, guest.invitation_turns)
        db.flush()
        _was_there(db, guest, row)
        fact = GuestPlaceTakenOver(event.id, row.person_id, guest.person_id)
        journal.record(db, fact, actor=actor, now=now)
    return best


def take_over(db: Session, event: Event, row: Registration, *, now: datetime) -> RegistrationStatus:
    """Registers the row in the guest's stead; where the country's quota is full it counts for none,
    as the guest's did.
    """
    capacity = capacity_of(db, event.id)
    if not capacity.is_free_for(row.country_code):
        row.country_code = NO_COUNTRY
    set_registered(row, now=now)
    flush(db, capacity.limits)
    return RegistrationStatus.REGISTERED


def _was_there(db: Session, guest: Registration, row: Registration) -> None:
    """Records a guest's check-in before the event began as the person's own."""
    event_id = guest.event_id
    has_own = exists().where(Attendance.event_id == event_id, Attendance.person_id == row.person_id)
    if not db.scalar(select(has_own)):
        of_guest = (Attendance.event_id == event_id, Attendance.person_id == guest.person_id)
        db.execute(update(Attendance).where(*of_guest).values(person_id=row.person_id))


def keep_own_link(db: Session, *, registration_id: int, url: str, ref: str, meeting: str) -> None:
    """Keeps the link by which a person joins. `ref` is what the program calls the person, `meeting`
    the key of the meeting that the link opens; a `meeting` with "" for both says that the person
    joins by the link of everybody.
    """
    changed = update(Registration).where(Registration.id == registration_id)
    db.execute(changed.values(own_url=url, own_link_ref=ref, own_link_of=meeting))


def drop_own_links(db: Session, *, event_id: UUID) -> None:
    """Removes all links to a meeting that is gone."""
    changed = update(Registration).where(
        Registration.event_id == event_id, Registration.own_link_of != ""
    )
    db.execute(changed.values(own_url="", own_link_ref="", own_link_of=""))
