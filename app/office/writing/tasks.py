"""Puts the letters into the outbox; app/wiring/listeners.py connects it to its fact."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.office.notifications.queries import event_notice
from app.office.notifications.tasks.letters import draft, event_page
from app.office.notifications.values import EventNotice
from app.office.outbox.services import queue_messages
from app.office.outbox.values import LetterDraft
from app.office.writing.queries import MARK, letter_readers, readers_of, words_of
from app.office.writing.values import LetterAddressee, LetterWords
from app.office.writing.wording import written_letter
from app.participation.invitations.queries.invitations import path_of
from app.participation.registrations.values import Way


def on_letter_written(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes one letter for each reader, in their language."""
    letter_id, event_id = UUID(entry.payload["letter_id"]), entry.payload["event_id"]
    words = words_of(db, letter_id)
    event = event_notice(db, UUID(event_id)) if event_id else None
    home = site_address()
    if entry.payload.get("country_code"):
        home = f"{home}/courses/{counted_course()}"
    drafts = [
        _draft(number, one, words, event, home)
        for number, one in readers_of(db, letter_readers(db, letter_id))
    ]
    queue_messages(db, drafts, now=now)


def _draft(
    number: int, one: LetterAddressee, words: LetterWords, event: EventNotice | None, home: str
) -> LetterDraft:
    """Returns the letter, in the language of its words, which may not be the reader's."""
    letter = written_letter(one.to, words, event=event, link=_link(one, event) or home)
    event_id = event.event_id if event else None
    made = draft(f"{MARK}{number}", one.to, letter, event_id=event_id)
    return replace(made, language=words.text.language_shown(one.to.language))


def _link(one: LetterAddressee, event: EventNotice | None) -> str:
    """Returns the address where this reader answers or registers; "" for a letter that is not about
    an event.
    """
    if event is None:
        return ""
    if one.way:
        path = path_of(event.event_id, Way(one.way), one.sealed_key, own=platform().keys)
        return site_address() + path
    return event_page(one.to, event.event_id)
