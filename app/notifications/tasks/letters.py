"""What is written to whom when something has happened; wired to facts in app/wiring.py."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.certificates.queries import public_certificate
from app.events.values import MoveCause
from app.identity.models import Account
from app.identity.services import SIGN_IN_LINK_MINUTES, issue_sign_in_link
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.mail import Mailer
from app.kernel.text import as_language
from app.notifications import queries, services, wording
from app.notifications.exports import as_email
from app.notifications.values import Letter, Recipient
from app.scheduling.queries.cases import case_of
from app.scheduling.wording.cases import about_case, cause_of
from config import Settings


def on_registration_made(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    to = queries.recipient(db, entry.payload["person_id"])
    if event is None or to is None:
        return
    page = f"{site_address()}/events/{event.event_id}"
    write(db, entry, [(to, wording.registration_made(to, event, url=page, calendar_url=f"{page}.ics"))], now=now)


def on_event_moved(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    if event is None:
        return
    page = f"{site_address()}/events/{event.event_id}"
    people = queries.registered(db, event.event_id)
    if entry.payload.get("cause") != MoveCause.ZONE_RULES:
        write(db, entry, [(to, wording.event_moved(to, event, url=page)) for to in people], now=now)
        return
    write(db, entry, [(to, wording.event_moved_by_zone_rules(to, event, url=page)) for to in people], now=now)
    owner = queries.owner_of(db, event.event_id)
    if owner is not None:
        is_in_conflict = queries.is_in_conflict(db, event.event_id)
        letter = wording.own_event_moved_by_zone_rules(owner, event, url=page, is_in_conflict=is_in_conflict)
        services.queue_message(db, dedupe=f"{entry.id}.owner", address=owner.address, language=owner.language,
                               letter=letter, now=now, person_id=owner.person_id or None)  # fmt: skip


def on_event_cancelled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    if event is None or not entry.payload["was_published"]:
        return
    page = f"{site_address()}/events/{event.event_id}"
    people = queries.registered(db, event.event_id)
    write(db, entry, [(to, wording.event_cancelled(to, event, url=page)) for to in people], now=now)


def on_conflict_case_opened(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """One letter for each organizer; none when the case settled itself before it could be written."""
    case = case_of(db, entry.payload["case_id"])
    if not case.is_open:
        return
    url, cause = f"{site_address()}/cases/{case.id}", cause_of(case)
    letters = []
    for to in queries.organizers(db, on=clock.today()):
        sentence = about_case(case, reader_timezone=to.timezone).in_(to.language)
        letters.append((to, wording.conflict_case_opened(to, sentence=sentence, cause=cause, url=url)))
    write(db, entry, letters, now=now)


def on_certificate_issued(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    record = public_certificate(db, entry.subject_id, today=clock.today())
    if to is None or record.facts is None:
        return
    letter = wording.certificate_issued(
        to, course=record.facts.course_title.in_(to.language), url=f"{site_address()}/certificates",
        verify_url=record.facts.verify_url,
    )  # fmt: skip
    write(db, entry, [(to, letter)], now=now)


def on_sign_in_link_requested(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """The token is made here and leaves only by mail: the journal never holds it."""
    account = db.get(Account, entry.payload["account_id"])
    if account is None or not account.active:
        return
    token = issue_sign_in_link(db, account_id=account.id, now=now)
    to = queries.recipient(db, account.person_id) if account.person_id else None
    language = to.language if to else as_language("es")
    url = f"{site_address()}/sign-in/link/{token}"
    letter = wording.sign_in_link(language, url=url, minutes=SIGN_IN_LINK_MINUTES)
    services.queue_message(
        db, dedupe=f"{entry.id}.{account.id}", address=account.email, language=language, letter=letter, now=now
    )


def send_message(entry: JournalEntry, *, now: datetime) -> None:
    """Outside any transaction: hands the message to the mail server, then notes it. A failure is tried again later."""
    with reading() as db:
        message = queries.queued_message(db, entry.payload["message_id"])
    if message is None:
        return
    mailer: Mailer = current_app.extensions["convoca_mailer"]
    mailer.send(as_email(message, sender=settings().mail_from, address=site_address()))
    with transaction() as db:
        services.note_sent(db, message_id=message.id, now=clock.now())


def write(db: Session, entry: JournalEntry, letters: Iterable[tuple[Recipient, Letter]], *, now: datetime) -> None:
    for to, letter in letters:
        services.queue_message(
            db, dedupe=f"{entry.id}.{to.person_id}", address=to.address, language=to.language, letter=letter,
            now=now, person_id=to.person_id,
        )  # fmt: skip


def settings() -> Settings:
    found: Settings = current_app.extensions["convoca_settings"]
    return found


def site_address() -> str:
    return settings().address
