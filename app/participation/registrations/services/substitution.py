"""One person for another: the place, or the turn in line, passes on without going to anybody else
between.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.participation.admission.queries.mailboxes import mailboxes_of
from app.participation.registrations.services.registration import (
    FACT_OF,
    groups_of,
    locked_event,
    place_of,
)
from app.participation.registrations.services.taking_over import release_guest_place, take_over
from app.people.directory.queries.known import person_of
from app.planning.events import policy
from app.planning.events.facts import RegistrationCancelled
from app.planning.events.models import Registration
from app.planning.events.rules import participation as rules
from app.planning.events.rules.places import DeclinedBefore
from app.planning.events.services.places import give_place, promote, stand
from app.planning.events.values import EventKind, EventStatus
from app.planning.events.values.places import STANDING, Origin, RegistrationStatus


def substitute(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, successor_id: int, now: datetime
) -> RegistrationStatus:
    """For whoever may nominate for the country of both; the successor must have no place
    at this event.

    Refuses with NotFound when there is nothing to pass on, with DeclinedBefore whom the organizers
    did not accept, and once the event has started or was called off.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    rules.require_not_over(EventStatus(event.status), event.ends_at, now)
    rules.require_open(EventKind(event.kind), EventStatus(event.status), event.starts_at, now)
    leaving, coming = person_of(db, person_id), person_of(db, successor_id)
    row = place_of(db, event_id, person_id)
    if leaving is None or coming is None or row is None or row.status not in STANDING:
        raise NotFound
    country = leaving.country_code or ""
    may = policy.may_register(
        actor, successor_id, country, groups_of(db, event_id), Origin.NOMINATION
    )
    if not may or coming.country_code != leaving.country_code:
        raise NotAllowed
    status, since = RegistrationStatus(row.status), row.waiting_since
    stand(row, RegistrationStatus.CANCELLED, now=now)
    db.flush()
    journal.record(db, RegistrationCancelled(event_id, person_id), actor=actor, now=now)
    other = _free_row(db, event_id, successor_id, now, name=coming.full_name)
    other.origin, other.country_code = Origin.NOMINATION, row.country_code
    other.decided_by, other.decided_at = row.decided_by, row.decided_at
    if status is RegistrationStatus.REGISTERED:
        give_place(other, now=now)
    else:
        stand(other, status, now=now, waiting_since=since)
    db.flush()
    mailboxes = mailboxes_of(db, successor_id)
    had = release_guest_place(db, event=event, row=other, mailboxes=mailboxes, actor=actor, now=now)
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
    other = place_of(db, event_id, person_id)
    if other is not None and other.status in STANDING:
        raise NotFound
    if other is not None and other.status == RegistrationStatus.DECLINED:
        raise DeclinedBefore(name=name)
    if other is None:
        other = Registration(
            event_id=event_id, person_id=person_id, created_at=now, consent_version=""
        )
        db.add(other)
    return other
