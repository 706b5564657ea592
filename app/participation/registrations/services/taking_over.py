"""One mailbox, one place: a guest who is registered with an account too has what the guest had,
and no more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.admission.queries.mailboxes import guests_there
from app.planning.events.facts import GuestPlaceTakenOver
from app.planning.events.models import Attendance, Event, Registration
from app.planning.events.rules.places import NO_COUNTRY, has_room
from app.planning.events.services.places import flush, give_place, limits_of, stand, taken_of
from app.planning.events.values.places import RegistrationStatus


@dataclass(frozen=True)
class GuestRegistration:
    """What the guest had."""

    status: RegistrationStatus
    waiting_since: datetime | None
    decided_by: int | None
    decided_at: datetime | None


def release_guest_place(
    db: Session,
    *,
    event: Event,
    row: Registration,
    mailboxes: Collection[str],
    actor: Actor,
    now: datetime,
) -> GuestRegistration | None:
    """Ends what a guest with one of the mailboxes has at the event, and returns the best of it.

    `mailboxes` are those of the row's person. Nobody moves up: that is the caller's to do. Wants
    the event's row locked.

    No letter says that a place was given back: the calendar that would hear it is of the person who
    comes.
    """
    best: GuestRegistration | None = None
    for guest in guests_there(db, event.id, mailboxes):
        held = GuestRegistration(
            RegistrationStatus(guest.status),
            guest.waiting_since,
            guest.decided_by,
            guest.decided_at,
        )
        if best is None or held.status is RegistrationStatus.REGISTERED:
            best = held
        stand(guest, RegistrationStatus.CANCELLED, now=now)
        # Never older than what the mailbox was told before: it is the same attendee of the same
        # event.
        row.invitation_turns = max(row.invitation_turns or 0, guest.invitation_turns)
        db.flush()
        _was_there(db, guest, row)
        fact = GuestPlaceTakenOver(event.id, row.person_id, guest.person_id)
        journal.record(db, fact, actor=actor, now=now)
    return best


def take_over(db: Session, event: Event, row: Registration, *, now: datetime) -> RegistrationStatus:
    """The guest's place for the row; where the country is full it counts for none, as the guest's
    did.
    """
    limits = limits_of(db, event.id)
    if not has_room(limits, taken_of(db, event.id), row.country_code):
        row.country_code = NO_COUNTRY
    give_place(row, now=now)
    flush(db, limits)
    return RegistrationStatus.REGISTERED


def _was_there(db: Session, guest: Registration, row: Registration) -> None:
    """Records a guest's check-in before the event began as the person's own."""
    event_id = guest.event_id
    has_own = exists().where(Attendance.event_id == event_id, Attendance.person_id == row.person_id)
    if not db.scalar(select(has_own)):
        of_guest = (Attendance.event_id == event_id, Attendance.person_id == guest.person_id)
        db.execute(update(Attendance).where(*of_guest).values(person_id=row.person_id))
