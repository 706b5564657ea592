"""Places of one event: how many there are and who has them; a place that falls free goes to the first in line."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.events.facts import PlaceGiven
from app.events.models import Event, EventQuota, Registration
from app.events.rules import places as rules
from app.events.rules.invitations import turned
from app.events.schema import is_over_capacity, is_over_quota
from app.events.values import EventStatus
from app.events.values.places import RegistrationStatus
from app.infra import journal
from app.kernel.actor import Actor

CODE_ALPHABET, CODE_LENGTH = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26
AT_A_TIME = 500
MOMENT = timedelta(microseconds=1)


def limits_of(db: Session, event_id: UUID) -> rules.Limits:
    """As they stand in the database, whatever an object loaded before the lock still says."""
    row = db.execute(select(Event.capacity, Event.country_quota).where(Event.id == event_id)).one()
    own = db.execute(select(EventQuota.country_code, EventQuota.places).where(EventQuota.event_id == event_id))
    return rules.Limits(row.capacity, row.country_quota, {one.country_code: one.places for one in own})


def taken_of(db: Session, event_id: UUID) -> dict[str, int]:
    """How many have a place, by the country they count for."""
    counted = (
        select(Registration.country_code, func.count())
        .where(Registration.event_id == event_id, Registration.status == RegistrationStatus.REGISTERED)
        .group_by(Registration.country_code)
    )
    return {row[0]: row[1] for row in db.execute(counted)}


def promote(db: Session, *, event: Event, actor: Actor, now: datetime) -> tuple[int, ...]:
    """Gives what is free to those in line, in their order, and returns the ids of the people who have a place now.

    Wants the event's row locked (`locked_event`). Nobody is promoted once the event has started or was called off.
    """
    if event.status != EventStatus.PUBLISHED or event.starts_at is None or event.starts_at <= now:
        return ()
    limits, taken, promoted = limits_of(db, event.id), taken_of(db, event.id), []
    while rules.free(limits, taken) != 0 and (line := _next_in_line(db, event.id, limits, taken)):
        chosen = set(rules.promoted(limits, taken, [(row.id, row.country_code) for row in line]))
        for row in line:
            if row.id in chosen:
                give_place(row, now=now)
                taken[row.country_code] = taken.get(row.country_code, 0) + 1
                flush(db, limits)
                journal.record(db, PlaceGiven(event.id, row.person_id), actor=actor, now=now)
                promoted.append(row.person_id)
    return tuple(promoted)


def _next_in_line(db: Session, event_id: UUID, limits: rules.Limits, taken: rules.Taken) -> Sequence[Registration]:
    """As many as there are places, without those whose country is full. The first of them always has room; when a
    country fills up on the way, the next glance finds others."""
    waiting = (Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING)
    countries = frozenset(db.scalars(select(Registration.country_code).where(*waiting).distinct()))
    open_to = countries - rules.full_countries(limits, taken, countries)
    asked = select(Registration).where(*waiting, Registration.country_code.in_(open_to))
    in_order = asked.order_by(Registration.waiting_since, Registration.id)
    return db.scalars(in_order.limit(rules.free(limits, taken) or AT_A_TIME)).all()


def stand(
    row: Registration, status: RegistrationStatus, *, now: datetime, waiting_since: datetime | None = None
) -> None:
    """The one way in which a registration comes to stand otherwise, so that no turn of its invitation is left out."""
    was = RegistrationStatus(row.status) if row.status else None
    row.invitation_turns = turned(row.invitation_turns or 0, was, status)
    row.status, row.waiting_since, row.changed_at = status, waiting_since, now


def give_place(row: Registration, *, now: datetime) -> None:
    """Writes the row so that it has a place, and the code that opens the door of an in-person event."""
    stand(row, RegistrationStatus.REGISTERED, now=now)
    row.check_in_code = row.check_in_code or "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def end_of_line(db: Session, event_id: UUID, now: datetime) -> datetime:
    """Later than anybody who waits, whatever the clocks of several machines say: the order is that of the journal."""
    waiting = (Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING)
    last = db.scalar(select(func.max(Registration.waiting_since)).where(*waiting))
    return now if last is None else max(now, last + MOMENT)


def flush(db: Session, limits: rules.Limits) -> None:
    """Writes; what the database's own rule refuses is a Refusal."""
    try:
        db.flush()
    except IntegrityError as error:
        if is_over_capacity(error):
            raise rules.Full(capacity=limits.capacity) from error
        if is_over_quota(error):
            raise rules.CountryFull from error
        raise
