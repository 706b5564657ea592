"""Letters about places: given, waiting, asked for, refused, given back. Only a place comes with an
invitation.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.office.notifications import queries
from app.office.notifications.queries.people import place_in, position_in_line
from app.office.notifications.tasks.invitations import cancellations, requests
from app.office.notifications.tasks.letters import write
from app.office.notifications.tasks.pages import calendar_file, event_page
from app.office.notifications.values import EventNotice, RegistrationState
from app.office.notifications.wording.letters import about_registration, compose
from app.office.outbox.values import Letter
from app.participation.registrations.values import ACTIVE, Origin, RegistrationStatus

PENDING, WAITING, DECLINED = (
    RegistrationStatus.PENDING,
    RegistrationStatus.WAITING,
    RegistrationStatus.DECLINED,
)


def on_registration_made(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _invite(db, entry, "registered", now=now)


def on_place_given(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _invite(db, entry, "place-given", now=now)


def on_registration_waiting(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """With the position in line at the time of writing."""
    event_id, person_id = _about(entry)
    position = position_in_line(db, event_id, person_id)
    if position is not None:
        _tell(db, entry, WAITING, now=now, position=position)


def on_registration_pending(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell(db, entry, PENDING, now=now)


def on_registration_declined(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell(db, entry, DECLINED, now=now)


def on_registration_cancelled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """None when the person has come back in the meantime: that letter would take away what a newer
    one gave. Who has a part in the programme keeps the event in their calendar.
    """
    event_id, person_id = _about(entry)
    event, place = queries.event_notice(db, event_id), place_in(db, event_id, person_id)
    if event is None or place is None or place.status is not RegistrationStatus.CANCELLED:
        return
    letter = _letter("registration-cancelled", place, event)
    gone = {} if place.roles else cancellations(db, event_id, [place])
    write(
        db,
        entry,
        [(place.to, letter)],
        now=now,
        event_id=event_id,
        invitations=gone,
        sequence=event.sequence,
    )


def standing_now(
    db: Session,
    place: RegistrationState,
    event: EventNotice,
    *,
    instead: str,
    has_asked: bool,
) -> Letter | None:
    """The state of the registration, in the words of a letter that did not arrive. `has_asked`: the
    person registered for the place, or was put down for it; otherwise it was given to who waited.
    None for who does not stand in the list any more.
    """
    if place.roles and place.status not in ACTIVE:
        return _letter("part-given", place, event, instead=instead)
    if place.status is RegistrationStatus.REGISTERED:
        kind = "registered" if has_asked else "place-given"
        return _letter(kind, place, event, instead=instead)
    if place.status is PENDING:
        return _letter(_kind_of(place), place, event, instead=instead)
    position = position_in_line(db, event.event_id, place.to.person_id)
    return (
        _letter("waiting", place, event, instead=instead, position=position) if position else None
    )


def _kind_of(place: RegistrationState) -> str:
    if place.status is PENDING and place.origin == Origin.NOMINATION:
        return "pending-nomination"
    return str(place.status)


def _letter(
    kind: str, place: RegistrationState, event: EventNotice, *, instead: str = "", position: int = 0
) -> Letter:
    return compose(
        kind,
        place.to,
        **about_registration(place, event, instead=instead),
        url=event_page(place.to, event.event_id),
        calendar_url=calendar_file(place.to, event.event_id),
        position=position,
    )


def _about(entry: JournalEntry) -> tuple[UUID, int]:
    return UUID(entry.payload["event_id"]), entry.payload["person_id"]


def _invite(db: Session, entry: JournalEntry, kind: str, *, now: datetime) -> None:
    """None for who has given the place back before the letter could be written, nor when the event
    was cancelled: the letter about that is the one to get.
    """
    event_id, person_id = _about(entry)
    event, place = queries.event_notice(db, event_id), place_in(db, event_id, person_id)
    if (
        event is None
        or event.is_cancelled
        or place is None
        or place.status is not RegistrationStatus.REGISTERED
    ):
        return
    letter = _letter(kind, place, event)
    asked = requests(db, event_id, [place])
    write(
        db,
        entry,
        [(place.to, letter)],
        now=now,
        event_id=event_id,
        invitations=asked,
        sequence=event.sequence,
    )


def _tell(
    db: Session,
    entry: JournalEntry,
    status: RegistrationStatus,
    *,
    now: datetime,
    position: int = 0,
) -> None:
    """Writes the kind of letter that is called like the status; none for who stands otherwise by
    the time it is written: the letter about that may have been written before.
    """
    event_id, person_id = _about(entry)
    event, place = queries.event_notice(db, event_id), place_in(db, event_id, person_id)
    if event is None or place is None or place.status is not status:
        return
    if not (event.is_cancelled and status in ACTIVE):
        letter = _letter(_kind_of(place), place, event, position=position)
        write(db, entry, [(place.to, letter)], now=now, event_id=event_id, sequence=event.sequence)
