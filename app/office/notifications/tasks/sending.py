"""A letter leaves the house, unless what it says is no longer so: it may have waited hours for a
mail server.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.mail import Mailer
from app.office.notifications.queries.standing import correspondence
from app.office.notifications.rules.reminders import key_of
from app.office.notifications.rules.standing import COMPARING, is_no_news, is_overtaken, last_told
from app.office.notifications.tasks.events import compared_with, ended_now, is_ended
from app.office.notifications.tasks.inviting import invited_now, is_inviting
from app.office.notifications.tasks.letters import settings, site_address
from app.office.notifications.tasks.refreshers import has_ended, is_refresher
from app.office.notifications.tasks.reminders import reminder_now
from app.office.outbox import services
from app.office.outbox.exports import as_email
from app.office.outbox.queries import queued_message
from app.office.outbox.queries.texts import texts_by_kind
from app.office.outbox.rules.outbox import (
    NO_NEWS,
    NOT_SO_ANY_MORE,
    NOT_TRUE_ANY_MORE,
    OVERTAKEN,
    cause_of,
)
from app.office.outbox.services.outbox import worded
from app.office.outbox.values import Letter, LetterDraft, QueuedMessage
from app.people.identity.facts import SignInLinkRequested
from app.people.identity.services import SIGN_IN_LINK_MINUTES

LINK_LASTS = timedelta(minutes=SIGN_IN_LINK_MINUTES)


def send_message(entry: JournalEntry, *, now: datetime) -> None:
    """Outside any transaction: hands the message to the mail server, then notes it. A failure is
    tried again later.
    """
    with reading() as db:
        message = queued_message(db, entry.payload["message_id"])
        said = _said_now(db, message, now) if message else None
        if isinstance(said, LetterDraft):
            said = worded(said, texts_by_kind(db, [said.letter.kind]))
    if message is None:
        return
    if isinstance(said, str):
        with transaction() as db:
            services.withdraw(db, message_id=message.id, reason=said, now=clock.now())
        return
    if said is not None and said.letter != Letter(message.subject, message.body):
        with transaction() as db:
            services.reword(db, message_id=message.id, letter=said.letter, language=said.language)
        message = replace(
            message, subject=said.letter.subject, body=said.letter.body, language=said.language
        )
    _hand_over(message)
    with transaction() as db:
        services.note_sent(db, message_id=message.id, now=clock.now())


def _said_now(db: Session, message: QueuedMessage, now: datetime) -> LetterDraft | str | None:
    """The letter as it is true now, or why none is to leave; None when it stands as it was
    written.
    """
    key = key_of(message.dedupe)
    if key is not None:
        return reminder_now(db, key, now=now) or NOT_TRUE_ANY_MORE
    found = correspondence(db, message.id)
    if found is None:
        return _other_now(db, message, now)
    if is_overtaken(found.one, found.letters, found.history):
        return OVERTAKEN
    if found.one.fact not in COMPARING:
        return None
    if is_no_news(found.one, found.letters, found.history):
        return NO_NEWS
    told = last_told(found.one, found.letters)
    return compared_with(db, message, found, told)


def _other_now(db: Session, message: QueuedMessage, now: datetime) -> LetterDraft | str | None:
    """A letter that is not about how its reader stands with an event, or the only one that is."""
    cause = cause_of(message.dedupe)
    entry = db.get(JournalEntry, cause) if cause is not None else None
    if entry is not None and is_inviting(entry):
        return invited_now(db, entry, message, now=now) or NOT_SO_ANY_MORE
    if entry is not None and is_ended(entry):
        return ended_now(db, entry, message)
    if entry is not None and is_refresher(entry):
        return NOT_SO_ANY_MORE if has_ended(db, entry, now=now) else None
    is_link = entry is not None and entry.fact == SignInLinkRequested.__name__
    return NOT_SO_ANY_MORE if is_link and now >= message.created_at + LINK_LASTS else None


def _hand_over(message: QueuedMessage) -> None:
    mailer: Mailer = current_app.extensions["convoca_mailer"]
    s = settings()
    mailer.send(
        as_email(message, sender=s.mail_from, address=site_address(), mail_host=s.mail_host)
    )
