"""Writing letters into the outbox, and noting that one was sent or came back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.installation import installation
from app.kernel.actor import SYSTEM
from app.kernel.text import Language
from app.office.outbox.facts import MessageBounced, MessageGivenUp, MessageQueued
from app.office.outbox.models import Message
from app.office.outbox.queries.leaving import kept_body
from app.office.outbox.queries.texts import texts_by_kind
from app.office.outbox.rules.texts import reworded
from app.office.outbox.values import Letter, LetterDraft, LetterTexts

TOKEN_BYTES = 10
"""Eighty bits; hexadecimal, because mail servers may write the part before the @ in small
letters.
"""


def queue_message(
    db: Session,
    *,
    dedupe: str,
    address: str,
    language: Language,
    letter: Letter,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Writes one letter; the same `dedupe` again writes nothing, so a repeated delivery sends no
    second letter.
    """
    queue_messages(
        db,
        [
            LetterDraft(
                dedupe=dedupe,
                address=address,
                language=language,
                letter=letter,
                person_id=person_id,
            )
        ],
        now=now,
    )


def queue_messages(db: Session, drafts: Iterable[LetterDraft], *, now: datetime) -> int:
    """Writes those letters that are not there yet; returns how many. The number of statements does
    not grow.
    """
    wanted = {draft.dedupe: draft for draft in drafts}
    there = (
        set(db.scalars(select(Message.dedupe).where(Message.dedupe.in_(wanted))))
        if wanted
        else set()
    )
    drafts = [draft for dedupe, draft in wanted.items() if dedupe not in there]
    texts = texts_by_kind(db, [draft.letter.kind for draft in drafts])
    if not drafts:
        return 0
    site = installation(db).address
    rows = [_row(db, worded(draft, texts), site=site, now=now) for draft in drafts]
    written = list(db.scalars(insert(Message).returning(Message.id), rows))
    facts = [MessageQueued(number) for number in sorted(written)]
    entries = journal.record_all(db, facts, actor=SYSTEM, now=now)
    db.execute(
        update(Message), [{"id": int(entry.subject_id), "entry_id": entry.id} for entry in entries]
    )
    return len(written)


def worded(draft: LetterDraft, texts: Mapping[str, LetterTexts]) -> LetterDraft:
    """Returns the draft with the office's words where it has its own."""
    own = texts.get(draft.letter.kind)
    if own is None:
        return draft
    return replace(draft, letter=reworded(draft.letter, own, draft.language))


def _row(db: Session, draft: LetterDraft, *, site: str, now: datetime) -> dict[str, Any]:
    invitation = draft.invitation
    body, keys = kept_body(db, draft.letter.body)
    return {
        "dedupe": draft.dedupe,
        "person_id": draft.person_id,
        "event_id": draft.event_id,
        "recipient": draft.address,
        "language": draft.language,
        "subject": draft.letter.subject,
        "body": body,
        "sealed_keys": keys,
        "site": site,
        "created_at": now,
        "calendar": invitation.text if invitation else "",
        "calendar_method": invitation.method if invitation else "",
        "reply_to": invitation.organizer if invitation else "",
        "has_attachment": draft.has_attachment,
        "unsubscribe_url": draft.unsubscribe_url,
        "token": new_token(),
        "event_sequence": draft.event_sequence,
    }


def new_token() -> str:
    return secrets.token_hex(TOKEN_BYTES)


def note_sent(db: Session, *, message_id: int, is_filed: bool, now: datetime) -> None:
    """`is_filed`: it became a file, and nobody got it."""
    message = db.get(Message, message_id)
    if message is not None and message.sent_at is None:
        message.sent_at, message.is_filed = now, is_filed


def hold(db: Session, *, message_id: int, now: datetime) -> None:
    """Notes that it could not leave; it waits until the office sends or drops what is held."""
    message = db.get(Message, message_id, with_for_update=True)
    if message is not None and message.sent_at is None and message.given_up_at is None:
        message.held_at = now


def note_bounced(db: Session, *, message_id: int, status: str, note: str, now: datetime) -> None:
    """Notes that the message came back. `status` is the code of RFC 3463."""
    message = db.get_one(Message, message_id)
    message.bounced_at = now
    message.bounce_note = f"{status} {note.removeprefix(status).strip()}".strip()[:400]
    db.flush()
    journal.record(db, MessageBounced(message.id, status), actor=SYSTEM, now=now)


def withdraw(db: Session, *, message_id: int, reason: str, now: datetime) -> None:
    """By the platform itself: it is not to leave any more. `reason` is one of those of
    rules.outbox.
    """
    message = db.get(Message, message_id, with_for_update=True)
    if message is None or message.sent_at is not None or message.given_up_at is not None:
        return
    message.given_up_at, message.given_up_reason = now, reason
    message.held_at = None
    db.flush()
    journal.record(db, MessageGivenUp(message.id), actor=SYSTEM, now=now)


def reword(db: Session, *, message_id: int, letter: Letter, language: Language) -> None:
    """What waited too long for its words to be true."""
    message = db.get(Message, message_id, with_for_update=True)
    if message is not None and message.sent_at is None:
        message.subject, message.language = letter.subject, language
        message.body, message.sealed_keys = kept_body(db, letter.body)
        message.site = installation(db).address
