"""Organizers decide who of those pending is registered, or waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, Refusal
from app.participation.registrations import policy
from app.participation.registrations.facts import (
    PlaceGiven,
    RegistrationDeclined,
    RegistrationWaiting,
)
from app.participation.registrations.models import Registration
from app.participation.registrations.rules import registering as rules
from app.participation.registrations.rules.registering import NothingToDecide
from app.participation.registrations.services.promotion import set_status
from app.participation.registrations.services.registration import register_or_wait, registration_of
from app.participation.registrations.values import RegistrationStatus
from app.planning.events.facts import EventFact
from app.planning.events.models import Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.values import EventStatus


def approve_registration(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime
) -> RegistrationStatus:
    """Registers somebody pending, or declined before; they wait when capacity or quota is full."""
    event, row = _to_decide(db, actor, event_id, person_id, now)
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
    _event, row = _to_decide(db, actor, event_id, person_id, now)
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
