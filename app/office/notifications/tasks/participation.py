"""Letters about places: given, waiting, asked for, refused, given back. Only a place comes with an
invitation.
"""

from collections.abc import Callable, Sequence
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
from app.office.notifications.wording import participation as wording
from app.office.notifications.wording.parts import part_given
from app.office.outbox.values import Letter
from app.planning.events.values.places import STANDING, RegistrationStatus

PENDING, WAITING, DECLINED = (
    RegistrationStatus.PENDING,
    RegistrationStatus.WAITING,
    RegistrationStatus.DECLINED,
)
Words = Callable[[RegistrationState, EventNotice, str], Letter]


def on_registration_made(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _invite(db, entry, wording.registration_made, now=now)


def on_place_given(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _invite(db, entry, wording.place_given, now=now)


def on_registration_waiting(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """With the position in line at the time of writing."""
    event_id, person_id = _about(entry)
    position = position_in_line(db, event_id, person_id)
    if position is not None:
        _tell(
            db,
            entry,
            WAITING,
            lambda place, event, url: wording.waiting(place, event, url=url, position=position),
            now=now,
        )


def on_registration_pending(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell(
        db,
        entry,
        PENDING,
        lambda place, event, url: wording.pending(place, event, url=url),
        now=now,
    )


def on_registration_declined(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell(
        db,
        entry,
        DECLINED,
        lambda place, event, url: wording.declined(place, event, url=url),
        now=now,
    )


def on_registration_cancelled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """None when the person has come back in the meantime: that letter would take away what a newer
    one gave. Who has a part in the programme keeps the event in their calendar.
    """
    event_id, person_id = _about(entry)
    event, place = queries.event_notice(db, event_id), place_in(db, event_id, person_id)
    if event is None or place is None or place.status is not RegistrationStatus.CANCELLED:
        return
    letter = wording.cancelled_own(place, event, url=event_page(place.to, event_id))
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
    instead: Sequence[str],
    has_asked: bool,
) -> Letter | None:
    """The state of the registration, in the words of a letter that did not arrive. `has_asked`: the
    person registered for the place, or was put down for it; otherwise it was given to who waited.
    None for who does not stand in the list any more.
    """
    page = event_page(place.to, event.event_id)
    if place.roles and place.status not in STANDING:
        return part_given(
            place,
            event,
            url=page,
            calendar_url=calendar_file(place.to, event.event_id),
            instead=instead,
        )
    if place.status is RegistrationStatus.REGISTERED:
        words = wording.registration_made if has_asked else wording.place_given
        return words(
            place,
            event,
            url=page,
            calendar_url=calendar_file(place.to, event.event_id),
            instead=instead,
        )
    if place.status is PENDING:
        return wording.pending(place, event, url=page, instead=instead)
    position = position_in_line(db, event.event_id, place.to.person_id)
    return (
        wording.waiting(place, event, url=page, position=position, instead=instead)
        if position
        else None
    )


def _about(entry: JournalEntry) -> tuple[UUID, int]:
    return UUID(entry.payload["event_id"]), entry.payload["person_id"]


def _invite(
    db: Session, entry: JournalEntry, words: Callable[..., Letter], *, now: datetime
) -> None:
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
    page = event_page(place.to, event_id)
    letter = words(place, event, url=page, calendar_url=calendar_file(place.to, event_id))
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
    db: Session, entry: JournalEntry, status: RegistrationStatus, words: Words, *, now: datetime
) -> None:
    """None for who stands otherwise by the time it is written: the letter about that may have been
    written before.
    """
    event_id, person_id = _about(entry)
    event, place = queries.event_notice(db, event_id), place_in(db, event_id, person_id)
    if event is None or place is None or place.status is not status:
        return
    if not (event.is_cancelled and status in STANDING):
        letter = words(place, event, event_page(place.to, event_id))
        write(db, entry, [(place.to, letter)], now=now, event_id=event_id, sequence=event.sequence)
