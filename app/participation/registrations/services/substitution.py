"""One person for another: the successor is registered, or waits, in the same position, and nobody
else is promoted between.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.participation.registrations import policy
from app.participation.registrations.facts import RegistrationCancelled
from app.participation.registrations.models import Registration
from app.participation.registrations.queries.entitlement import mailboxes_of
from app.participation.registrations.rules import registering as rules
from app.participation.registrations.rules.registering import DeclinedBefore
from app.participation.registrations.services.promotion import promote, set_registered, set_status
from app.participation.registrations.services.registration import FACT_OF, registration_of
from app.participation.registrations.services.taking_over import (
    release_guest_registration,
    take_over,
)
from app.participation.registrations.values import ACTIVE, Origin, RegistrationStatus
from app.people.directory.queries.people import person_of
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.values import EventKind, EventStatus


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
    rules.require_open(EventKind(event.kind), EventStatus(event.status), event.starts_at, now)
    leaving, coming = person_of(db, person_id), person_of(db, successor_id)
    row = registration_of(db, event_id, person_id)
    if leaving is None or coming is None or row is None or row.status not in ACTIVE:
        raise NotFound
    country = leaving.country_code or ""
    may = policy.may_register(
        actor, successor_id, country, slugs_of_groups(db, [event_id]), Origin.NOMINATION
    )
    if not may or coming.country_code != leaving.country_code:
        raise NotAllowed
    status, since = RegistrationStatus(row.status), row.waiting_since
    set_status(row, RegistrationStatus.CANCELLED, now=now)
    db.flush()
    journal.record(db, RegistrationCancelled(event_id, person_id), actor=actor, now=now)
    other = _free_row(db, event_id, successor_id, now, name=coming.full_name)
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
