"""Letters to the people named in the programme of an event: given a part, another one, none any
more.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.office.notifications import queries
from app.office.notifications.queries.people import place_in
from app.office.notifications.tasks.invitations import cancellations, requests
from app.office.notifications.tasks.letters import draft, write
from app.office.notifications.tasks.pages import calendar_file, event_page, public_page
from app.office.notifications.values import EventNotice, RegistrationState
from app.office.notifications.wording.letters import (
    about_event,
    about_registration,
    compose,
    roles_text,
)
from app.office.outbox import services
from app.participation.registrations.rules import PartStat
from app.participation.registrations.values import RegistrationStatus


def on_part_given(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell_of_part(db, entry, is_new=True, now=now)


def on_part_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell_of_part(db, entry, is_new=False, now=now)


def _tell_of_part(db: Session, entry: JournalEntry, *, is_new: bool, now: datetime) -> None:
    """None for who has lost the part before the letter could be written, nor when there is nothing
    to come to.
    """
    event, place = _about_part(db, entry)
    if (
        event is None
        or place is None
        or not place.roles
        or event.is_cancelled
        or _is_over(event, now)
    ):
        return
    letter = compose(
        "part-given" if is_new else "part-changed",
        place.to,
        **about_registration(place, event),
        url=event_page(place.to, event.event_id),
        calendar_url=calendar_file(place.to, event.event_id),
    )
    asked = requests(db, event.event_id, [place])
    write(
        db,
        entry,
        [(place.to, letter)],
        now=now,
        event_id=event.event_id,
        invitations=asked,
        sequence=event.sequence,
    )


def on_part_taken(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """None for who has a part again. Who is registered keeps the event in their calendar."""
    event, place = _about_part(db, entry)
    if event is None or place is None or place.roles or event.is_cancelled or _is_over(event, now):
        return
    is_registered = place.status is RegistrationStatus.REGISTERED
    letter = compose(
        "part-taken",
        place.to,
        **about_registration(place, event),
        url=event_page(place.to, event.event_id),
    )
    gone = {} if is_registered else cancellations(db, event.event_id, [place])
    write(
        db,
        entry,
        [(place.to, letter)],
        now=now,
        event_id=event.event_id,
        invitations=gone,
        sequence=event.sequence,
    )


def on_invitation_answered(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Whoever planned the event hears that somebody in its programme has declined."""
    event, place = _about_part(db, entry)
    owner = queries.owner_of(db, event.event_id) if event else None
    if event is None or place is None or owner is None or event.is_cancelled:
        return
    if (
        entry.payload["partstat"] != PartStat.DECLINED
        or not place.roles
        or owner.person_id == place.to.person_id
    ):
        return
    letter = compose(
        "part-declined",
        owner,
        **about_event(owner, event),
        person=place.to.name,
        roles=roles_text(owner.language, place.roles),
        url=public_page(event.event_id),
    )
    services.queue_messages(
        db, [draft(f"{entry.id}.owner", owner, letter, event_id=event.event_id)], now=now
    )


def _about_part(
    db: Session, entry: JournalEntry
) -> tuple[EventNotice | None, RegistrationState | None]:
    event_id = UUID(entry.payload["event_id"])
    return queries.event_notice(db, event_id), place_in(db, event_id, entry.payload["person_id"])


def _is_over(event: EventNotice, now: datetime) -> bool:
    return event.span is not None and event.span.ends_at <= now
