"""What is written to whom when something has happened; wired to facts in
app/wiring/listeners.py.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import as_language
from app.office.notifications import queries
from app.office.notifications.rules.wish_links import wish_key
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.letters import compose, with_foot
from app.office.outbox import services
from app.office.outbox.values import CalendarInvitation, Letter, LetterDraft
from app.people.identity.queries import account_by_id
from app.people.identity.rules import LINK_LASTS
from app.people.identity.services.sign_in import issue_sign_in_link
from app.planning.scheduling.queries.cases import case_of
from app.planning.scheduling.wording.cases import about_case, cause_of
from app.training.certificates.queries import public_certificate
from app.training.certificates.rules import verify_path
from app.training.certificates.wording import taken_text
from config import Settings

NO_INVITATIONS: Mapping[int, CalendarInvitation] = {}


def on_conflict_case_opened(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """One letter for each organizer; none when the case settled itself before it could be
    written.
    """
    case = case_of(db, entry.payload["case_id"])
    if not case.is_open:
        return
    url, cause = f"{site_address()}/cases/{case.id}", cause_of(case)
    letters = []
    for to in queries.organizers(db, on=clock.today()):
        sentence = about_case(case, reader_timezone=to.timezone).in_(to.language)
        letters.append((to, compose("conflict-case", to, sentence=sentence, cause=cause, url=url)))
    write(db, entry, letters, now=now)


def on_certificate_issued(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    record = public_certificate(db, entry.subject_id, today=clock.today())
    if to is None or record.facts is None:
        return
    letter = compose(
        "certificate",
        to,
        course=record.facts.course_title,
        taken=taken_text(record.facts, record.modules_announced, to.language),
        url=f"{site_address()}/certificates",
        verify_url=site_address() + verify_path(record.code),
    )
    write(db, entry, [(to, letter)], now=now)


def on_sign_in_link_requested(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """The token is made here and leaves only by mail: the journal never holds it."""
    account = account_by_id(db, entry.payload["account_id"])
    if account is None or not account.active:
        return
    token = issue_sign_in_link(db, account_id=account.id, now=now)
    to = queries.recipient(db, account.person_id) if account.person_id else None
    if to is None:
        to = Recipient(
            person_id=NOBODY,
            name="",
            address=account.email,
            language=as_language("es"),
            timezone=REFERENCE_ZONE,
        )
    url = f"{site_address()}/sign-in/link/{token}"
    minutes = int(LINK_LASTS.total_seconds() // 60)
    letter = compose("sign-in", to, url=url, minutes=minutes)
    services.queue_message(
        db,
        dedupe=f"{entry.id}.{account.id}",
        address=account.email,
        language=to.language,
        letter=letter,
        now=now,
    )


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
