"""Letters of inviting: to who is invited, to a guest who lost the link, to a focal point who is
asked for names, to who was nominated.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.text import as_language
from app.office.notifications import queries
from app.office.notifications.queries import state_in
from app.office.notifications.tasks.letters import draft, public_page
from app.office.notifications.values import NOBODY, EventNotice, Recipient
from app.office.notifications.wording.letters import about_event, compose
from app.office.outbox import services
from app.office.outbox.values import Letter, LetterDraft, QueuedMessage
from app.participation.invitations.queries.guests import guest_key_of
from app.participation.invitations.queries.invitations import path_of
from app.participation.registrations.queries.entitlement import (
    invitation_by_id,
    nomination_by_id,
    people_to_write_to,
)
from app.participation.registrations.values import Origin, Way

KIND_OF_WAY: Mapping[str, str] = {Way.GUEST: "guest-invited", Way.COUNTRY: "names-asked"}


def on_invitation_sent(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    services.queue_messages(db, _invited(db, entry, now), now=now)


def on_guest_link_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    services.queue_messages(db, _link_asked(db, entry, now), now=now)


def on_nomination_made(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    services.queue_messages(db, _nominated(db, entry, now), now=now)


def is_inviting(entry: JournalEntry) -> bool:
    return entry.fact in WRITERS


def invited_now(
    db: Session, entry: JournalEntry, message: QueuedMessage, *, now: datetime
) -> LetterDraft | None:
    """Returns a letter of inviting that is about to leave, in the words of today: people who are
    not registered yet hear of no move and of no end. None when there is nothing to come to any
    more, or the person is not meant any more.
    """
    person = message.dedupe.partition(".")[2]
    drafts = WRITERS[entry.fact](db, entry, now, int(person) if person.isdigit() else None)
    return next((one for one in drafts if one.dedupe == message.dedupe), None)


def _invited(
    db: Session, entry: JournalEntry, now: datetime, only: int | None = None
) -> list[LetterDraft]:
    """Returns the letters of an invitation; none when it was withdrawn, and none for an open link.

    `only`: this one of those it means.
    """
    row, event = (
        invitation_by_id(db, entry.payload["invitation_id"]),
        _event_to_come_to(db, entry, now),
    )
    if row is None or row.revoked_at is not None or event is None or row.way == Way.LINK:
        return []
    url = site_address() + path_of(row.event_id, Way(row.way), row.sealed_key, own=platform().keys)
    if row.way == Way.GUEST:
        guest = Recipient(
            person_id=NOBODY,
            name=row.name,
            address=row.email,
            language=as_language(row.language),
            timezone=event.timezone,
        )
        letter = invitation_letter(guest, event, way=row.way, url=url, note=row.note)
        return [draft(f"{entry.id}.guest", guest, letter, event_id=event.event_id)]
    meant = [
        one for one in people_to_write_to(db, row, on=clock.today()) if only is None or one == only
    ]
    return [
        _draft(
            entry,
            event,
            to,
            invitation_letter(
                to,
                event,
                way=row.way,
                url=url,
                note=row.note,
                places=row.places,
                respond_by=row.respond_by,
            ),
        )
        for one in meant
        if (to := queries.recipient(db, one)) is not None
    ]


def _link_asked(
    db: Session, entry: JournalEntry, now: datetime, _only: int | None = None
) -> list[LetterDraft]:
    """Sends a guest's link to that guest's mailbox only; an official is told where to find the
    registration.
    """
    event, to = _event_to_come_to(db, entry, now), queries.recipient(db, entry.payload["person_id"])
    key = guest_key_of(db, entry.payload["person_id"])
    if event is None or to is None:
        return []
    kind, url = (
        ("registered-already", public_page(event.event_id))
        if key is None
        else ("guest-link", f"{site_address()}/guest/{key}")
    )
    return [_draft(entry, event, to, compose(kind, to, **about_event(to, event), url=url))]


def _nominated(
    db: Session, entry: JournalEntry, now: datetime, _only: int | None = None
) -> list[LetterDraft]:
    """Returns the letter about a nomination; none when it was withdrawn or the person registered.

    Whoever registered by this nomination reads in the letter about the place who nominated them.
    """
    row, event = (
        nomination_by_id(db, entry.payload["nomination_id"]),
        _event_to_come_to(db, entry, now),
    )
    to = queries.recipient(db, entry.payload["person_id"])
    if row is None or row.withdrawn_at is not None or event is None or to is None:
        return []
    state = state_in(db, event.event_id, to.person_id)
    if state is not None and state.origin == Origin.NOMINATION:
        return []
    url = public_page(event.event_id)
    return [_draft(entry, event, to, compose("nominated", to, **about_event(to, event), url=url))]


def invitation_letter(
    to: Recipient,
    event: EventNotice,
    *,
    way: str,
    url: str,
    note: str,
    places: int | None = None,
    respond_by: date | None = None,
) -> Letter:
    """Returns the letter of an invitation, saved or only drafted, to one of those it means.
    `places`: how many a country is asked for, `respond_by` the day until which it is to name them.
    """
    return compose(
        KIND_OF_WAY.get(way, "person-invited"),
        to,
        **about_event(to, event),
        url=url,
        note=note,
        places=places,
        respond_by=respond_by,
    )


Writer = Callable[[Session, JournalEntry, datetime, int | None], list[LetterDraft]]
WRITERS: dict[str, Writer] = {
    "InvitationSent": _invited,
    "GuestLinkAsked": _link_asked,
    "NominationMade": _nominated,
}


def _event_to_come_to(db: Session, entry: JournalEntry, now: datetime) -> EventNotice | None:
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    is_over = event is not None and event.span is not None and event.span.ends_at <= now
    return None if event is None or event.is_cancelled or is_over else event


def _draft(entry: JournalEntry, event: EventNotice, to: Recipient, letter: Letter) -> LetterDraft:
    return draft(f"{entry.id}.{to.person_id}", to, letter, event_id=event.event_id)
