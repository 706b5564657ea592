"""Places of one event: how many there are and who has them; a place that falls free goes to the
first in line.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.planning.events.facts import PlaceGiven
from app.planning.events.models import Event, EventQuota, Registration
from app.planning.events.rules import places as rules
from app.planning.events.rules.invitations import turned
from app.planning.events.schema import is_over_capacity, is_over_quota
from app.planning.events.values import EventStatus
from app.planning.events.values.places import RegistrationStatus

CODE_ALPHABET, CODE_LENGTH = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26
AT_A_TIME = 500
MOMENT = timedelta(microseconds=1)
LIMITS = (
    select(Event.capacity, Event.country_quota, EventQuota.country_code, EventQuota.places)
    .outerjoin(EventQuota, EventQuota.event_id == Event.id)
    .where(Event.id == bindparam("event_id"))
)
COUNTS = (
    select(Registration.country_code, Registration.status, func.count().label("number"))
    .where(
        Registration.event_id == bindparam("event_id"),
        Registration.status.in_((RegistrationStatus.REGISTERED, RegistrationStatus.WAITING)),
    )
    .group_by(Registration.country_code, Registration.status)
)
LAST_IN_LINE = select(func.max(Registration.waiting_since)).where(
    Registration.event_id == bindparam("event_id"),
    Registration.status == RegistrationStatus.WAITING,
)


def limits_of(db: Session, event_id: UUID) -> rules.PlaceLimits:
    """As they stand in the database, whatever an object loaded before the lock still says."""
    rows = db.execute(LIMITS, {"event_id": event_id}).all()
    own = {one.country_code: one.places for one in rows if one.country_code is not None}
    return rules.PlaceLimits(rows[0].capacity, rows[0].country_quota, own)


def taken_of(db: Session, event_id: UUID) -> dict[str, int]:
    """How many have a place, by the country they count for."""
    return crowd_of(db, event_id).taken


@dataclass
class Crowd:
    """`taken`: how many have a place, by country; `waiting`: the countries of those in line."""

    taken: dict[str, int]
    waiting: frozenset[str]


def crowd_of(db: Session, event_id: UUID) -> Crowd:
    rows = db.execute(COUNTS, {"event_id": event_id}).all()
    return Crowd(
        {
            row.country_code: row.number
            for row in rows
            if row.status == RegistrationStatus.REGISTERED
        },
        frozenset(row.country_code for row in rows if row.status == RegistrationStatus.WAITING),
    )


@dataclass
class Room:
    """What there was to give and what is taken of it: read once under the lock, kept true by
    whoever gives.
    """

    limits: rules.PlaceLimits
    taken: dict[str, int]
    waiting: frozenset[str]

    def is_there_for(self, country_code: str) -> bool:
        return rules.has_room(self.limits, self.taken, country_code)


def room_of(db: Session, event_id: UUID) -> Room:
    """Wants the event's row locked."""
    crowd = crowd_of(db, event_id)
    return Room(limits_of(db, event_id), crowd.taken, crowd.waiting)


def promote(db: Session, *, event: Event, actor: Actor, now: datetime) -> tuple[int, ...]:
    """Gives what is free to those in line, in their order, and returns the ids of the people who
    have a place now.

    Wants the event's row locked (`locked_event`). Nobody is promoted once the event has started or
    was called off.
    """
    if not is_to_come(event, now):
        return ()
    return fill(db, event=event, room=room_of(db, event.id), actor=actor, now=now)


def is_to_come(event: Event, now: datetime) -> bool:
    return (
        event.status == EventStatus.PUBLISHED
        and event.starts_at is not None
        and event.starts_at > now
    )


def fill(db: Session, *, event: Event, room: Room, actor: Actor, now: datetime) -> tuple[int, ...]:
    """As `promote`, of an event that is to come, with what was read already; counts in `room` what
    it gives.
    """
    limits, taken, promoted = room.limits, room.taken, list[int]()
    if not room.waiting:
        return ()
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


def _next_in_line(
    db: Session, event_id: UUID, limits: rules.PlaceLimits, taken: rules.Taken
) -> Sequence[Registration]:
    """As many as there are places, without those whose country is full. The first of them always
    has room; when a country fills up on the way, the next glance finds others.
    """
    waiting = (Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING)
    countries = frozenset(db.scalars(select(Registration.country_code).where(*waiting).distinct()))
    open_to = countries - rules.full_countries(limits, taken, countries)
    asked = select(Registration).where(*waiting, Registration.country_code.in_(open_to))
    in_order = asked.order_by(Registration.waiting_since, Registration.id)
    return db.scalars(in_order.limit(rules.free(limits, taken) or AT_A_TIME)).all()


def stand(
    row: Registration,
    status: RegistrationStatus,
    *,
    now: datetime,
    waiting_since: datetime | None = None,
) -> None:
    """The one way in which a registration comes to stand otherwise, so that no turn of its
    invitation is left out.
    """
    was = RegistrationStatus(row.status) if row.status else None
    row.invitation_turns = turned(row.invitation_turns or 0, was, status)
    row.status, row.waiting_since, row.changed_at = status, waiting_since, now


def give_place(row: Registration, *, now: datetime) -> None:
    """Writes the row so that it has a place, and the code that opens the door of an in-person
    event.
    """
    stand(row, RegistrationStatus.REGISTERED, now=now)
    row.check_in_code = row.check_in_code or "".join(
        secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)
    )


def end_of_line(db: Session, event_id: UUID, now: datetime) -> datetime:
    """Later than anybody who waits, whatever the clocks of several machines say: the order is that
    of the journal.
    """
    last = db.scalar(LAST_IN_LINE, {"event_id": event_id})
    return now if last is None else max(now, last + MOMENT)


def flush(db: Session, limits: rules.PlaceLimits) -> None:
    """Writes; what the database's own rule refuses is a Refusal."""
    try:
        db.flush()
    except IntegrityError as error:
        if is_over_capacity(error):
            raise rules.Full(capacity=limits.capacity) from error
        if is_over_quota(error):
            raise rules.CountryFull from error
        raise


def require_capacity(db: Session, event_id: UUID, capacity: int | None) -> None:
    """Before an event gets another capacity with the rest of it: locks its row, refuses fewer than
    are taken.
    """
    stands = db.scalar(
        select(Event.capacity).where(Event.id == event_id).with_for_update(key_share=True)
    )
    if capacity != stands:
        rules.require_enough(rules.PlaceLimits(capacity), taken_of(db, event_id))
