"""What is written to whom when something has happened; wired to facts in
app/wiring/listeners.py.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.office.notifications.rules.wish_links import wish_key
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.letters import with_foot
from app.office.outbox import services
from app.office.outbox.values import CalendarInvitation, Letter, LetterDraft
from config import Settings

NO_INVITATIONS: Mapping[int, CalendarInvitation] = {}


def write(
    db: Session,
    entry: JournalEntry,
    letters: Iterable[tuple[Recipient, Letter]],
    *,
    now: datetime,
    event_id: UUID | None = None,
    invitations: Mapping[int, CalendarInvitation] = NO_INVITATIONS,
    sequence: int | None = None,
) -> None:
    """Queues a letter for each recipient, once for this entry. `invitations`: by person;
    `sequence`: the event's, as the letters tell of it.
    """
    drafts = [
        draft(
            f"{entry.id}.{to.person_id}",
            to,
            letter,
            event_id=event_id,
            invitation=invitations.get(to.person_id),
            sequence=sequence,
        )
        for to, letter in letters
    ]
    services.queue_messages(db, drafts, now=now)


def draft(
    dedupe: str,
    to: Recipient,
    letter: Letter,
    *,
    event_id: UUID | None = None,
    invitation: CalendarInvitation | None = None,
    is_of_account: bool = False,
    sequence: int | None = None,
) -> LetterDraft:
    """The letter for the outbox, with the foot that leads to the reader's wishes. Whoever gets what
    many get can put off all of it at once in the mail program (RFC 8058); `is_of_account`: a letter
    to one, about their account.
    """
    url = wishes_url(to)
    return LetterDraft(
        dedupe=dedupe,
        address=to.address,
        language=to.language,
        letter=with_foot(to.language, letter, wishes_url=url) if url else letter,
        person_id=to.person_id or None,
        event_id=event_id,
        invitation=invitation,
        has_attachment=invitation is not None and to.wishes.attachment,
        unsubscribe_url="" if is_of_account else url,
        event_sequence=sequence,
    )


def wishes_url(to: Recipient) -> str:
    """Nobody's account has no wishes."""
    if to.person_id == NOBODY:
        return ""
    return f"{site_address()}/wishes/{wish_key(settings().secret, to.person_id)}"


def settings() -> Settings:
    return platform().settings
