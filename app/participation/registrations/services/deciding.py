"""What organizers and focal points do with the list: limits, decisions, substitutes, copies."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal, Sentence
from app.kernel.seen import require_as_seen
from app.participation.registrations import policy, rules
from app.participation.registrations.facts import (
    PlaceGiven,
    PlacesChanged,
    RegistrationCancelled,
    RegistrationDeclined,
    RegistrationWaiting,
)
from app.participation.registrations.models import EventQuota, Registration
from app.participation.registrations.queries.capacity import capacity_draft, capacity_of
from app.participation.registrations.queries.entitlement import mailboxes_of
from app.participation.registrations.queries.registrations import Registrations, registrations
from app.participation.registrations.rules import DeclinedBefore, NothingToDecide, require_not_over
from app.participation.registrations.services.registering import (
    FACT_OF,
    flush,
    promote,
    register_or_wait,
    registration_of,
    release_guest_registration,
    set_registered,
    set_status,
    take_over,
)
from app.participation.registrations.values import ACTIVE, CapacityDraft, Origin, RegistrationStatus
from app.people.directory.facts import ExportMade
from app.people.directory.queries.people import person_of
from app.people.directory.queries.reference import country_codes
from app.planning.events.facts import EventFact
from app.planning.events.models import Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.values import EventKind, EventStatus


def approve_registration(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime
) -> RegistrationStatus:
    """Registers somebody pending, or declined before; they wait when capacity or quota is full."""
    event, row = _to_decide(db, actor, event_id=event_id, person_id=person_id, now=now)
    row.decided_at, row.decided_by = now, actor.account_id or None
    status = register_or_wait(db, event, row, actor=actor, now=now)
    fact: EventFact = PlaceGiven(event_id, person_id)
    if status is RegistrationStatus.WAITING:
        fact = RegistrationWaiting(event_id, person_id)
    journal.record(db, fact, actor=actor, now=now)
    return status


@dataclass(frozen=True)
class Decided:
    """What became of one request: the new status, or why it was refused."""

    person_id: int
    status: RegistrationStatus | None = None
    refusal: Refusal | None = None


def approve_several(
    db: Session, *, actor: Actor, event_id: UUID, person_ids: Collection[int], now: datetime
) -> tuple[Decided, ...]:
    """Approves several in the order given, so that the first of them get what capacity is left; a
    refusal of one leaves the others.
    """
    decided = []
    for person_id in dict.fromkeys(person_ids):
        try:
            with db.begin_nested():
                status = approve_registration(
                    db, actor=actor, event_id=event_id, person_id=person_id, now=now
                )
        except Refusal as refusal:
            decided.append(Decided(person_id, refusal=refusal))
        else:
            decided.append(Decided(person_id, status))
    return tuple(decided)


def decline_registration(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime
) -> None:
    """Declines somebody pending; who is registered or waits already is taken out by
    `cancel_registration`.
    """
    _event, row = _to_decide(db, actor, event_id=event_id, person_id=person_id, now=now)
    if row.status != RegistrationStatus.PENDING:
        raise NothingToDecide
    set_status(row, RegistrationStatus.DECLINED, now=now)
    row.decided_at, row.decided_by = now, actor.account_id or None
    db.flush()
    journal.record(db, RegistrationDeclined(event_id, person_id), actor=actor, now=now)


def _to_decide(
    db: Session, actor: Actor, event_id: UUID, person_id: int, now: datetime
) -> tuple[Event, Registration]:
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_decide_registrations(actor, slugs_of_groups(db, [event_id])):
        raise NotAllowed
    rules.require_not_over(EventStatus(event.status), event.ends_at, now)
    if event.starts_at is not None and event.starts_at <= now:
        raise rules.AlreadyStarted
    row = registration_of(db, event_id, person_id)
    if row is None or row.status not in {RegistrationStatus.PENDING, RegistrationStatus.DECLINED}:
        raise NothingToDecide
    return event, row


# Capacity and quotas of an event, until when one registers, and whether an organizer decides.


def set_capacity(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: CapacityDraft,
    now: datetime,
    seen: str = "",
) -> tuple[int, ...]:
    """Makes the limits what the draft says, and promotes those who wait as far as that allows;
    returns the ids of the people promoted.

    `seen`: the mark of the limits, and of the zone of their deadline, that the writer began from;
    refuses ChangedMeanwhile when they are others now. Refuses at the field what is fewer than are
    taken and a deadline after the start. Who is pending stays pending when approval is no longer
    wanted: somebody decides.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_decide_registrations(actor, slugs_of_groups(db, [event_id])):
        raise NotAllowed
    require_not_over(EventStatus(event.status), event.ends_at, now)
    before = capacity_draft(db, event_id=event_id)
    if draft == before:
        return ()
    require_as_seen(seen, (before, event.timezone))
    _require_sound(db, event, draft)
    _write(db, event, draft=draft, now=now)
    own = tuple(sorted(draft.quotas.items()))
    fact = PlacesChanged(
        event_id=event_id,
        capacity=draft.capacity,
        country_quota=draft.country_quota,
        exceptions=own,
        closes_at=draft.closes_at,
        needs_approval=draft.needs_approval,
    )
    journal.record(db, fact, actor=actor, now=now)
    return promote(db, event=event, actor=actor, now=now)


def _require_sound(db: Session, event: Event, draft: CapacityDraft) -> None:
    if draft.quotas.keys() - country_codes(db):
        raise NotFound
    if (
        draft.closes_at is not None
        and event.starts_at is not None
        and draft.closes_at > event.starts_at
    ):
        raise InvalidInput({"closes_on": Sentence(rules.CLOSES_TOO_LATE)})
    limits = rules.CapacityLimits(draft.capacity, draft.country_quota, draft.quotas)
    replace(capacity_of(db, event.id), limits=limits).require_enough()


def _write(db: Session, event: Event, draft: CapacityDraft, now: datetime) -> None:
    """Writes in an order in which no step is refused by a trigger: the quotas of single countries,
    the limits of the event, then removes the quotas that are gone.
    """
    limits = rules.CapacityLimits(draft.capacity, draft.country_quota, draft.quotas)
    known = {
        row.country_code: row
        for row in db.scalars(select(EventQuota).where(EventQuota.event_id == event.id))
    }
    for code, quota in draft.quotas.items():
        row = known.get(code) or EventQuota(event_id=event.id, country_code=code)
        row.places = quota
        db.add(row)
    flush(db, limits)
    event.capacity, event.country_quota = draft.capacity, draft.country_quota
    event.registration_closes_at, event.needs_approval, event.changed_at = (
        draft.closes_at,
        draft.needs_approval,
        now,
    )
    flush(db, limits)
    gone = known.keys() - draft.quotas.keys()
    db.execute(
        delete(EventQuota).where(EventQuota.event_id == event.id, EventQuota.country_code.in_(gone))
    )


# One person for another: the successor is registered, or waits, in the same position, and nobody
# else is promoted between.


def substitute(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, successor_id: int, now: datetime
) -> RegistrationStatus:
    """Puts the successor in the registration's stead, for whoever may nominate for the country of
    both; the successor must not be registered for this event.

    Refuses with NotFound when there is nothing to pass on, with DeclinedBefore whom the organizers
    did not accept, and once the event has started or was called off.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    rules.require_not_over(EventStatus(event.status), event.ends_at, now)
    rules.require_open(
        EventKind(event.kind), EventStatus(event.status), starts_at=event.starts_at, now=now
    )
    leaving, coming = person_of(db, person_id), person_of(db, successor_id)
    row = registration_of(db, event_id, person_id)
    if leaving is None or coming is None or row is None or row.status not in ACTIVE:
        raise NotFound
    country = leaving.country_code or ""
    may = policy.may_register(
        actor,
        successor_id,
        country_code=country,
        groups=slugs_of_groups(db, [event_id]),
        origin=Origin.NOMINATION,
    )
    if not may or coming.country_code != leaving.country_code:
        raise NotAllowed
    status, since = RegistrationStatus(row.status), row.waiting_since
    set_status(row, RegistrationStatus.CANCELLED, now=now)
    db.flush()
    journal.record(db, RegistrationCancelled(event_id, person_id), actor=actor, now=now)
    other = _free_row(db, event_id, person_id=successor_id, now=now, name=coming.full_name)
    other.origin, other.country_code = Origin.NOMINATION, row.country_code
    other.decided_by, other.decided_at = row.decided_by, row.decided_at
    if status is RegistrationStatus.REGISTERED:
        set_registered(other, now=now)
    else:
        set_status(other, status, now=now, waiting_since=since)
    db.flush()
    mailboxes = mailboxes_of(db, successor_id)
    had = release_guest_registration(
        db, event=event, row=other, mailboxes=mailboxes, actor=actor, now=now
    )
    if had is not None:
        if had.status is RegistrationStatus.REGISTERED and status is not had.status:
            status = take_over(db, event, other, now=now)
        promote(db, event=event, actor=actor, now=now)
    journal.record(db, FACT_OF[status](event_id, successor_id), actor=actor, now=now)
    return status


def _free_row(
    db: Session, event_id: UUID, person_id: int, now: datetime, *, name: str
) -> Registration:
    """Returns the successor's own registration that was given back before, or a new one."""
    other = registration_of(db, event_id, person_id)
    if other is not None and other.status in ACTIVE:
        raise NotFound
    if other is not None and other.status == RegistrationStatus.DECLINED:
        raise DeclinedBefore(name=name)
    if other is None:
        other = Registration(
            event_id=event_id, person_id=person_id, created_at=now, consent_version=""
        )
        db.add(other)
    return other


KIND = "registrations"


def export_registrations(
    db: Session, *, actor: Actor, event_id: UUID, status: RegistrationStatus | None, now: datetime
) -> Registrations:
    """Returns the rows that the actor may see, and records that they were taken."""
    listed = registrations(db, actor=actor, event_id=event_id, status=status)
    journal.record(db, ExportMade(KIND, str(event_id), len(listed.rows)), actor=actor, now=now)
    return listed
