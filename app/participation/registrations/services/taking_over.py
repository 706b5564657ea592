"""One mailbox, one registration: who was registered as a guest and now registers with an account
keeps what the guest had, and no more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.registrations.facts import GuestPlaceTakenOver
from app.participation.registrations.models import Registration
from app.participation.registrations.queries.capacity import capacity_of
from app.participation.registrations.queries.entitlement import guests_there
from app.participation.registrations.rules.capacity import NO_COUNTRY
from app.participation.registrations.services.promotion import flush, set_registered, set_status
from app.participation.registrations.values import RegistrationStatus
from app.planning.events.models import Attendance, Event


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
