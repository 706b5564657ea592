"""Letters about an event as a whole: moved, cancelled, over; and about its way to the programme."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.events.values import MoveCause
from app.events.values.places import STANDING, RegistrationStatus
from app.infra import clock
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.kernel.timespan import Timespan
from app.notifications import queries, services
from app.notifications.queries.people import return_note
from app.notifications.tasks.invitations import cancellations, requests
from app.notifications.tasks.letters import draft, write
from app.notifications.tasks.pages import event_page, public_page
from app.notifications.values import EventNotice, Letter, Place
from app.notifications.wording import events as wording
from app.notifications.wording import life


def on_event_moved(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """To all who have a place or stand in line; those with a place get the invitation anew. None when it was cancelled
    before the letters could be written."""
    event = _event(db, entry)
    if event is None or event.is_cancelled:
        return
    places = queries.taking_part(db, event.event_id, STANDING)
    is_by_rules = entry.payload.get("cause") == MoveCause.ZONE_RULES
    words = _moved_by_rules if is_by_rules else _moved
    letters = [(place.to, words(place, event, entry)) for place in places]
    seated = [place for place in places if place.status is RegistrationStatus.REGISTERED]
    anew = requests(db, event.event_id, seated, is_asked_anew=True)
    write(db, entry, letters, now=now, event_id=event.event_id, invitations=anew)
    if is_by_rules:
        _tell_owner(db, entry, event, now=now)


def _moved(place: Place, event: EventNotice, entry: JournalEntry) -> Letter:
    return wording.event_moved(
        place.to, event, url=event_page(place.to, event.event_id), previous=_previous(entry),
        previous_place=entry.payload.get("previous_place", ""), has_place=place.status is RegistrationStatus.REGISTERED,
    )  # fmt: skip


def _moved_by_rules(place: Place, event: EventNotice, _entry: JournalEntry) -> Letter:
    return wording.event_moved_by_zone_rules(place.to, event, url=event_page(place.to, event.event_id))


def _tell_owner(db: Session, entry: JournalEntry, event: EventNotice, *, now: datetime) -> None:
    owner = queries.owner_of(db, event.event_id)
    if owner is not None:
        letter = wording.own_event_moved_by_zone_rules(
            owner,
            event,
            url=event_page(owner, event.event_id),
            is_in_conflict=queries.is_in_conflict(db, event.event_id),
        )
        services.queue_messages(db, [draft(f"{entry.id}.owner", owner, letter, event_id=event.event_id)], now=now)


def on_event_cancelled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event = _event(db, entry)
    if event is None or not entry.payload["was_published"]:
        return
    places = queries.taking_part(db, event.event_id, STANDING)
    letters = [(p.to, wording.event_cancelled(p.to, event, url=event_page(p.to, event.event_id))) for p in places]
    gone = cancellations(db, event.event_id, places)
    write(db, entry, letters, now=now, event_id=event.event_id, invitations=gone)


def on_event_ended(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event = _event(db, entry)
    if event is None:
        return
    people = queries.registered(db, event.event_id)
    letters = [(to, wording.event_ended(to, event, url=event_page(to, event.event_id))) for to in people]
    write(db, entry, letters, now=now, event_id=event.event_id)


def on_approval_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """To whoever holds the presidency today."""
    event = _event(db, entry)
    if event is None:
        return
    page = public_page(event.event_id)
    people = queries.holders(db, Role.PRESIDENCY, on=clock.today())
    write(db, entry, [(to, life.approval_asked(to, event, url=page)) for to in people], now=now,
          event_id=event.event_id)  # fmt: skip


def on_event_approved(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _answer_owner(db, entry, is_approved=True, now=now)


def on_event_returned(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _answer_owner(db, entry, is_approved=False, now=now)


def _answer_owner(db: Session, entry: JournalEntry, *, is_approved: bool, now: datetime) -> None:
    """To who planned it; whoever acted on their own event needs no letter about it."""
    event = _event(db, entry)
    owner = queries.owner_of(db, event.event_id) if event else None
    if event is None or owner is None:
        return
    page = public_page(event.event_id)
    letter = (
        life.event_approved(owner, event, url=page)
        if is_approved
        else life.event_returned(owner, event, url=page, note=return_note(db, event.event_id))
    )
    write(db, entry, [(owner, letter)], now=now, event_id=event.event_id)


def _event(db: Session, entry: JournalEntry) -> EventNotice | None:
    return queries.event_notice(db, UUID(entry.payload["event_id"]))


def _previous(entry: JournalEntry) -> Timespan | None:
    starts, ends = entry.payload.get("previous_starts_at"), entry.payload.get("previous_ends_at")
    return Timespan(datetime.fromisoformat(starts), datetime.fromisoformat(ends)) if starts and ends else None
