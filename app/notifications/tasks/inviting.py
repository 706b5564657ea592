"""Letters of inviting: to who is invited, to a guest who lost her link, to a focal point who is asked for names, to who
was nominated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.events.values.places import Origin
from app.infra import clock
from app.infra.journal import JournalEntry
from app.invitations.models import Invitation, Nomination
from app.invitations.queries.guests import guest_key_of
from app.invitations.queries.letters import path_of
from app.invitations.queries.people import people_to_write_to
from app.invitations.rules.keys import Keyring
from app.invitations.values import Way
from app.kernel.text import as_language
from app.notifications import queries, services
from app.notifications.queries.people import place_in
from app.notifications.tasks.letters import draft, settings, site_address, write
from app.notifications.values import NOBODY, Recipient
from app.notifications.wording import inviting as wording


def on_invitation_sent(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """None when it was withdrawn before the letter could be written; an open link goes by whoever hands it on."""
    row = db.get(Invitation, entry.payload["invitation_id"])
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    if row is None or row.revoked_at is not None or event is None or row.way == Way.LINK:
        return
    url = site_address() + path_of(row.event_id, Way(row.way), row.bits or "", Keyring(settings().secret))
    if row.way == Way.GUEST:
        to = Recipient(NOBODY, row.name, row.email, as_language(row.language), event.timezone)
        letter = wording.guest_invited(to, event, url=url, note=row.note)
        services.queue_messages(db, [draft(f"{entry.id}.guest", to, letter, event_id=event.event_id)], now=now)
        return
    people = [queries.recipient(db, one) for one in people_to_write_to(db, row, on=clock.today())]
    letters = [
        (to, wording.names_asked(to, event, url=url, note=row.note, places=row.places, respond_by=row.respond_by)
         if row.way == Way.COUNTRY else wording.person_invited(to, event, url=url, note=row.note))
        for to in people if to is not None
    ]  # fmt: skip
    write(db, entry, letters, now=now, event_id=event.event_id)


def on_guest_link_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Only her mailbox hears her link; who is no guest is told where her place stands."""
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    to = queries.recipient(db, entry.payload["person_id"])
    key = guest_key_of(db, entry.payload["person_id"], Keyring(settings().secret))
    if event is None or to is None:
        return
    if key is None:
        letter = wording.registered_already(to, event, url=f"{site_address()}/events/{event.event_id}")
    else:
        letter = wording.guest_link(to, event, url=f"{site_address()}/guest/{key}")
    write(db, entry, [(to, letter)], now=now, event_id=event.event_id)


def on_nomination_made(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """None when it was withdrawn before the letter could be written, and none to who comes by this nomination: the
    letter about her place says by whose doing she has it."""
    row = db.get(Nomination, entry.payload["nomination_id"])
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    to = queries.recipient(db, entry.payload["person_id"])
    if row is None or row.withdrawn_at is not None or event is None or to is None:
        return
    place = place_in(db, event.event_id, to.person_id)
    if place is not None and place.origin == Origin.NOMINATION:
        return
    letter = wording.nominated(to, event, url=f"{site_address()}/events/{event.event_id}")
    write(db, entry, [(to, letter)], now=now, event_id=event.event_id)
