"""An organizer decides who of those pending gets a place, or at least a turn in line."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, Refusal
from app.participation.registrations.services.registration import (
    groups_of,
    locked_event,
    place_of,
    take_seat,
)
from app.planning.events import policy
from app.planning.events.facts import (
    EventFact,
    PlaceGiven,
    RegistrationDeclined,
    RegistrationWaiting,
)
from app.planning.events.models import Event, Registration
from app.planning.events.rules import participation as rules
from app.planning.events.rules.places import NothingToDecide
from app.planning.events.services.places import stand
from app.planning.events.values import EventStatus
from app.planning.events.values.places import RegistrationStatus


def approve_registration(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime
) -> RegistrationStatus:
    """Of somebody pending, or declined before: a place, or the end of the line when none is free
    for the country.
    """
    event, row = _to_decide(db, actor, event_id, person_id, now)
    row.decided_at, row.decided_by = now, actor.account_id or None
    status = take_seat(db, event, row, actor=actor, now=now)
    fact: EventFact = PlaceGiven(event_id, person_id)
    if status is RegistrationStatus.WAITING:
        fact = RegistrationWaiting(event_id, person_id)
    journal.record(db, fact, actor=actor, now=now)
    return status


@dataclass(frozen=True)
class Decided:
    """What became of one request: how the person stands now, or why it was refused."""

    person_id: int
    status: RegistrationStatus | None = None
    refusal: Refusal | None = None


def approve_several(
    db: Session, *, actor: Actor, event_id: UUID, person_ids: Collection[int], now: datetime
) -> tuple[Decided, ...]:
    """In the order given, each by its own rules: whoever comes first gets the last place."""
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
    """Of somebody pending; whoever has a place or a turn in line keeps it unless it is given back
    (`cancel_place`).
    """
    _event, row = _to_decide(db, actor, event_id, person_id, now)
    if row.status != RegistrationStatus.PENDING:
        raise NothingToDecide
    stand(row, RegistrationStatus.DECLINED, now=now)
    row.decided_at, row.decided_by = now, actor.account_id or None
    db.flush()
    journal.record(db, RegistrationDeclined(event_id, person_id), actor=actor, now=now)


def _to_decide(
    db: Session, actor: Actor, event_id: UUID, person_id: int, now: datetime
) -> tuple[Event, Registration]:
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_decide_registrations(actor, groups_of(db, event_id)):
        raise NotAllowed
    rules.require_not_over(EventStatus(event.status), event.ends_at, now)
    if event.starts_at is not None and event.starts_at <= now:
        raise rules.AlreadyStarted
    row = place_of(db, event_id, person_id)
    if row is None or row.status not in {RegistrationStatus.PENDING, RegistrationStatus.DECLINED}:
        raise NothingToDecide
    return event, row
