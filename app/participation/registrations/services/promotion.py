"""Promotion: who waits is registered, in order, as soon as capacity and quotas allow. Here too is
the only code that changes the status of a registration.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.registrations.facts import PlaceGiven
from app.participation.registrations.models import Registration
from app.participation.registrations.queries.capacity import capacity_of
from app.participation.registrations.rules.answers import turned
from app.participation.registrations.rules.capacity import (
    Capacity,
    CapacityLimits,
    CountryFull,
    Full,
)
from app.participation.registrations.schema.capacity import is_over_capacity, is_over_quota
from app.participation.registrations.values import RegistrationStatus
from app.planning.events.models import Event
from app.planning.events.values import EventStatus

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
    """As `promote`, for events whose rows need not be locked yet; one statement where nobody
    waits.
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
    """As `promote`, of an event that is to come, with the capacity as read under the lock; counts
    in it whom it registers.
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
