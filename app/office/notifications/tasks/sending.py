"""A letter leaves the house, unless what it says is no longer so: it may have waited hours for a
mail server.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import Installation, installation
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.office.notifications.queries import correspondence
from app.office.notifications.rules import COMPARING, is_no_news, is_overtaken, key_of, last_told
from app.office.notifications.tasks.accounts import (
    is_account_invitation,
    is_link_to_renew,
    renewed_invitation,
    why_not_invited,
)
from app.office.notifications.tasks.events import compared_with, ended_now, is_ended
from app.office.notifications.tasks.inviting import invited_now, is_inviting
from app.office.notifications.tasks.letters import settings
from app.office.notifications.tasks.reminders import reminder_now
from app.office.notifications.tasks.training import has_ended, is_refresher
from app.office.outbox import services
from app.office.outbox.exports import as_email
from app.office.outbox.queries import message_to_send, texts_by_kind
from app.office.outbox.rules import (
    LINK_LAPSED,
    NO_NEWS,
    NOT_SO_ANY_MORE,
    NOT_TRUE_ANY_MORE,
    OVERTAKEN,
    cause_of,
)
from app.office.outbox.services import worded
from app.office.outbox.values import Letter, LetterDraft, QueuedMessage
from app.people.identity.facts import SignInLinkRequested
from app.people.identity.rules import LINK_LASTS


def send_message(entry: JournalEntry, *, now: datetime) -> None:
    """Hands a message to the mail server outside any transaction, then notes it. A failure is tried
    again later.
    """
    with reading() as db:
        way = installation(db)
        message = message_to_send(db, entry.payload["message_id"], entry_id=entry.id)
        said = _said_now(db, message, now) if message else None
        if message and not isinstance(said, str) and not way.can_send:
            said = _while_nothing_leaves(db, message)
        is_link_old = message is not None and is_link_to_renew(db, message, now=now)
        if isinstance(said, LetterDraft):
            said = worded(said, texts_by_kind(db, [said.letter.kind]))
    if message is None:
        return
    if isinstance(said, str):
        with transaction() as db:
            services.withdraw(db, message_id=message.id, reason=said, now=clock.now())
        return
    if not way.can_send:
        with transaction() as db:
            services.hold(db, message_id=message.id, now=clock.now())
        return
    if is_link_old:
        with transaction() as db:
            said = renewed_invitation(db, message, now=clock.now())
    if said is not None and said.letter != Letter(message.subject, message.body):
        with transaction() as db:
            services.reword(db, message_id=message.id, letter=said.letter, language=said.language)
        message = replace(
            message, subject=said.letter.subject, body=said.letter.body, language=said.language
        )
    _hand_over(message, way)
    with transaction() as db:
        services.note_sent(db, message_id=message.id, is_filed=way.mail is None, now=clock.now())


def _said_now(db: Session, message: QueuedMessage, now: datetime) -> LetterDraft | str | None:
    """Returns the letter as it is true now, or why none is to leave; None when it stays as it was
    written.
    """
    key = key_of(message.dedupe)
    if key is not None:
        return reminder_now(db, key, now=now) or NOT_TRUE_ANY_MORE
    sent = correspondence(db, message.id)
    if sent is None:
        return _other_now(db, message, now)
    if is_overtaken(sent.one, sent.letters, sent.history):
        return OVERTAKEN
    if sent.one.fact not in COMPARING:
        return None
    if is_no_news(sent.one, sent.letters, sent.history):
        return NO_NEWS
    told = last_told(sent.one, sent.letters)
    return compared_with(db, message, sent, told)


def _other_now(db: Session, message: QueuedMessage, now: datetime) -> LetterDraft | str | None:
    """Returns the same for a letter that is not about its reader's registration, or is the only one
    about it.
    """
    cause = cause_of(message.dedupe)
    entry = db.get(JournalEntry, cause) if cause is not None else None
    if entry is not None and is_inviting(entry):
        return invited_now(db, entry, message, now=now) or NOT_SO_ANY_MORE
    if entry is not None and is_ended(entry):
        return ended_now(db, entry, message)
    if entry is not None and is_refresher(entry):
        return NOT_SO_ANY_MORE if has_ended(db, entry, now=now) else None
    if entry is not None and is_account_invitation(entry):
        return why_not_invited(db, entry, message)
    is_link = entry is not None and _is_sign_in_link(entry)
    return NOT_SO_ANY_MORE if is_link and now >= message.created_at + LINK_LASTS else None


def _while_nothing_leaves(db: Session, message: QueuedMessage) -> str | None:
    """Returns why a letter is not even to wait until there is a mail server and a public address."""
    cause = cause_of(message.dedupe)
    entry = db.get(JournalEntry, cause) if cause is not None else None
    return LINK_LAPSED if entry is not None and _is_sign_in_link(entry) else None


def _is_sign_in_link(entry: JournalEntry) -> bool:
    return entry.fact == SignInLinkRequested.__name__


def _hand_over(message: QueuedMessage, way: Installation) -> None:
    mailer = platform().mailer
    sender = way.mail.sender if way.mail else settings().mail_from
    mail = as_email(message, sender=sender, address=way.address, mail_host=way.mail_host)
    mailer.send(mail, way.mail)
