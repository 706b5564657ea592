"""Writes letters into the outbox and notes what becomes of them; settles what did not arrive;
forgets.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.email_address import canonical_email
from app.infra.installation import installation
from app.infra.jobs import retry
from app.infra.journal import Delivery
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_, Language
from app.office.outbox.facts import (
    ContactCorrected,
    LetterTextChanged,
    MessageBounced,
    MessageGivenUp,
    MessageQueued,
    MessageRetried,
)
from app.office.outbox.models import AnswerAddress, LetterText, MailWish, Message
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.queries import (
    HELD,
    answer_tokens_of,
    delivery_of,
    kept_body,
    kept_token,
    texts_by_kind,
    undelivered,
    unsettled_to,
)
from app.office.outbox.rules import (
    ANSWER_TOKEN,
    DROPPED,
    KEYED,
    MARK,
    KeysForgotten,
    NothingToSettle,
    OurTexts,
    lacks_keys,
    only_changed,
    require_reason,
    require_texts,
    require_unsettled,
    reworded,
    state_of,
    without_choices,
    without_keys,
)
from app.office.outbox.values import (
    OUR_TEXTS,
    CalendarInvitation,
    Letter,
    LetterDraft,
    LetterTexts,
)
from app.people.directory.queries.people import emails_of_person, person_of
from app.people.identity.queries import accounts_of_person
from app.planning.programme.exports.imip import readdressed, replaced

# Writing letters into the outbox, and noting that one was sent or came back.

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


def as_they_leave(db: Session, drafts: Sequence[LetterDraft]) -> list[LetterDraft]:
    """Returns the drafts in the words in which they would be written, for whoever looks first."""
    texts = texts_by_kind(db, [draft.letter.kind for draft in drafts])
    return [worded(draft, texts) for draft in drafts]


def worded(draft: LetterDraft, texts: Mapping[str, LetterTexts]) -> LetterDraft:
    """Returns the draft with the office's words where it has its own."""
    own = texts.get(draft.letter.kind)
    if own is None:
        return draft
    return replace(draft, letter=reworded(draft.letter, own, draft.language))


def _row(db: Session, draft: LetterDraft, *, site: str, now: datetime) -> dict[str, Any]:
    organizer, calendar = _kept_invitation(draft.invitation)
    body, keys = kept_body(db, draft.letter.body)
    token_sha256, sealed_token = kept_token(db, new_token())
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
        "calendar": calendar,
        "calendar_method": draft.invitation.method if draft.invitation else "",
        "reply_to": organizer,
        "has_attachment": draft.has_attachment,
        "unsubscribe_url": without_choices(draft.unsubscribe_url),
        "token_sha256": token_sha256,
        "sealed_token": sealed_token,
        "event_sequence": draft.event_sequence,
    }


def _kept_invitation(invitation: CalendarInvitation | None) -> tuple[str, str]:
    """Returns organizer and calendar as they are stored, with a mark in place of the token."""
    if invitation is None:
        return "", ""
    organizer = ANSWER_TOKEN.sub(rf"\1{MARK}@", invitation.organizer)
    return organizer, replaced(invitation.text, invitation.organizer, organizer)


def new_token() -> str:
    return secrets.token_hex(TOKEN_BYTES)


def note_sent(db: Session, *, message_id: int, is_filed: bool, now: datetime) -> None:
    """Notes that a message was sent. `is_filed`: it became a file, and nobody got it."""
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
    """Keeps a message from leaving, by the platform itself. `reason` is one of WITHDRAWN in its
    rules.
    """
    message = db.get(Message, message_id, with_for_update=True)
    if message is None or message.sent_at is not None or message.given_up_at is not None:
        return
    message.given_up_at, message.given_up_reason = now, reason
    message.held_at = None
    db.flush()
    journal.record(db, MessageGivenUp(message.id), actor=SYSTEM, now=now)


def reword(db: Session, *, message_id: int, letter: Letter, language: Language) -> None:
    """Replaces the words of a message that waited too long for them to be true."""
    message = db.get(Message, message_id, with_for_update=True)
    if message is not None and message.sent_at is None:
        message.subject, message.language = letter.subject, language
        message.body, message.sealed_keys = kept_body(db, letter.body)
        message.site = installation(db).address


def answer_tokens(db: Session, *, event_id: UUID, person_ids: Sequence[int]) -> dict[int, str]:
    """Returns by person the token of the address where their calendar answers for the event; made
    once, the same for good, or until the secret of the application is lost. The number of statements
    does not grow with the people.
    """
    tokens = answer_tokens_of(db, event_id, person_ids)
    if lost := [person_id for person_id, token in tokens.items() if not token]:
        a = AnswerAddress
        db.execute(delete(a).where(a.event_id == event_id, a.person_id.in_(lost)))
    new = {
        person_id: new_token()
        for person_id in dict.fromkeys(person_ids)
        if not tokens.get(person_id)
    }
    for person_id, token in new.items():
        token_sha256, sealed = kept_token(db, token)
        db.add(
            AnswerAddress(
                token_sha256=token_sha256,
                sealed_token=sealed,
                event_id=event_id,
                person_id=person_id,
            )
        )
    db.flush()
    return {**tokens, **new}


# What did not arrive is settled by an organizer: tried again, sent to another address, or given up
# with a reason.

NOT_AN_ADDRESS = N_("Write one e-mail address, for example name@example.org.")
AT_ONCE = 200
SAME_ADDRESS = N_("This is the address that did not work. Write another one, or try again.")


def try_again(db: Session, *, actor: Actor, message_id: int, now: datetime) -> None:
    """Sends a message again from the beginning, at once. Refuses (NothingToSettle) one that was
    sent or is still being tried.
    """
    message = _unsettled(db, actor, message_id)
    _send_anew(db, message, actor=actor, now=now)


def try_all_again(db: Session, *, actor: Actor, now: datetime) -> int:
    """Sends again what could not be delivered, as after an outage of the mail server, the oldest
    first and at most AT_ONCE; returns how many. Letters that came back are left, because each is a
    matter of its own mailbox.
    """
    require_may_see_messages(actor)
    tried = 0
    for message_id in undelivered(db, limit=AT_ONCE):
        with suppress(NothingToSettle, KeysForgotten):  # somebody else was quicker
            try_again(db, actor=actor, message_id=message_id, now=now)
            tried += 1
    return tried


def correct_address(
    db: Session, *, actor: Actor, message_id: int, address: str, now: datetime
) -> None:
    """Writes the address down as the person's contact, for this and every later letter, and tries
    again, also what else did not reach them at the old one. What they sign in with stays as it is:
    who may change a letter's address must not be able to become somebody else.

    Refuses at `address` what is not one address, and the one that did not work.
    """
    message = _unsettled(db, actor, message_id)
    normal = _normal(address)
    if normal.casefold() == message.recipient.casefold():
        raise InvalidInput({"address": Sentence(SAME_ADDRESS)})
    old = message.recipient
    person = person_of(db, message.person_id)
    if person is not None:
        person.email = normal
        journal.record(db, ContactCorrected(person.id, message.id), actor=actor, now=now)
    for one in (message, *(_others(db, message) if person is not None else ())):
        one.recipient, one.calendar = normal, readdressed(one.calendar, old, normal)
        _send_anew(db, one, actor=actor, now=now)


def _others(db: Session, message: Message) -> list[Message]:
    """Returns what else went to this person at the same address and waits for somebody to settle
    it.
    """
    ids = unsettled_to(db, message.person_id, message.recipient)
    others = (
        db.get(Message, number, with_for_update=True) for number in ids if number != message.id
    )
    return [one for one in others if one is not None]


def give_up(db: Session, *, actor: Actor, message_id: int, reason: str, now: datetime) -> None:
    """Notes that nothing more is to be done about a message, and why."""
    message = _unsettled(db, actor, message_id)
    message.given_up_at, message.given_up_reason = now, require_reason(reason)
    db.flush()
    journal.record(db, MessageGivenUp(message.id), actor=actor, now=now)


def _unsettled(db: Session, actor: Actor, message_id: int) -> Message:
    """Returns the message, locked, so that it is sent once when two people press at once."""
    require_may_see_messages(actor)
    message = db.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound
    delivery = delivery_of(db, message)
    is_dead = delivery is not None and delivery.state == "dead"
    require_unsettled(
        state_of(
            is_sent=message.sent_at is not None,
            has_bounced=message.bounced_at is not None,
            is_given_up=message.given_up_at is not None,
            is_dead=is_dead,
            is_held=message.held_at is not None,
            is_filed=message.is_filed,
        )
    )
    return message


def _send_anew(db: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """Sends a message anew. One that never left is taken up by its own delivery; one that came back
    needs a new delivery, with a token of its own, so that a late report about the first copy is not
    taken for one about the second.
    """
    has_bounced = message.bounced_at is not None
    if lacks_keys(message.body) and not message.sealed_keys:
        raise KeysForgotten
    message.token_sha256, message.sealed_token = kept_token(db, new_token())
    message.sent_at, message.bounced_at, message.bounce_note = None, None, ""
    message.is_filed = False
    db.flush()
    journal.record(db, MessageRetried(message.id), actor=actor, now=now)
    delivery = delivery_of(db, message)
    if not has_bounced and delivery is not None and retry(db, delivery.id, now=now):
        return
    message.entry_id = journal.record(db, MessageQueued(message.id), actor=actor, now=now).id
    db.flush()


def _normal(address: str) -> str:
    canonical = canonical_email(address.strip())
    if canonical is None:
        raise InvalidInput({"address": Sentence(NOT_AN_ADDRESS)})
    return canonical


# Letters that waited because none could leave: the office sends or drops them all.


class CannotSendYet(Refusal):
    rule = "letters-cannot-leave"
    msgid = N_("Letters cannot leave yet: the public address or the mail server is missing.")


def send_waiting(db: Session, *, actor: Actor, now: datetime) -> int:
    """Lets them leave, each as it is true then; returns how many. Pressed twice, the second press
    finds none. Raises CannotSendYet.
    """
    require_may_see_messages(actor)
    if not installation(db).can_send:
        raise CannotSendYet
    held = _locked(db)
    journal.record_all(db, [MessageRetried(number) for number in held], actor=actor, now=now)
    entries = journal.record_all(
        db, [MessageQueued(number) for number in held], actor=SYSTEM, now=now
    )
    if entries:
        rows = [{"id": int(one.subject_id), "entry_id": one.id, "held_at": None} for one in entries]
        db.execute(update(Message), rows)
    return len(held)


def drop_waiting(db: Session, *, actor: Actor, now: datetime) -> int:
    """Gives them up, with that reason; returns how many."""
    require_may_see_messages(actor)
    held = _locked(db)
    if held:
        ended = {"given_up_at": now, "given_up_reason": DROPPED, "held_at": None}
        db.execute(update(Message).where(Message.id.in_(held)).values(**ended))
        journal.record_all(db, [MessageGivenUp(number) for number in held], actor=actor, now=now)
    return len(held)


def _locked(db: Session) -> list[int]:
    wanted = select(Message.id).where(*HELD).order_by(Message.id)
    return list(db.scalars(wanted.with_for_update()))


def change_texts(
    db: Session, *, actor: Actor, kind: str, texts: LetterTexts, ours: OurTexts, now: datetime
) -> None:
    """Replaces the texts of a kind from the next letter on. Texts that say the same as ours are not
    kept. Refuses at the field what `require_texts` refuses.
    """
    require_may_see_messages(actor)
    require_texts(texts, ours)
    kept = only_changed(texts, ours)
    if kept == OUR_TEXTS:
        reset_texts(db, actor=actor, kind=kind, now=now)
        return
    row = db.get(LetterText, kind, with_for_update=True)
    if row is None:
        row = LetterText(kind=kind)
        db.add(row)
    elif LetterTexts(row.subject, row.introduction, row.closing) == kept:
        return
    row.subject, row.introduction, row.closing = kept.subject, kept.introduction, kept.closing
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()
    journal.record(db, LetterTextChanged(kind, "changed"), actor=actor, now=now)


def reset_texts(db: Session, *, actor: Actor, kind: str, now: datetime) -> None:
    """Drops the office's texts of a kind, so that ours are used again."""
    require_may_see_messages(actor)
    row = db.get(LetterText, kind, with_for_update=True)
    if row is None:
        return
    db.delete(row)
    db.flush()
    journal.record(db, LetterTextChanged(kind, "reset"), actor=actor, now=now)


# Letters to somebody who is to be forgotten: gone with name and address, sent or not.


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes the letters to a person, also those that went to the address alone, such as links to
    sign in. Called while the address is known.
    """
    owned = accounts_of_person(db, person_id).values()
    addresses = {*emails_of_person(db, person_id), *owned}
    about = or_(Message.person_id == person_id, Message.recipient.in_(addresses))
    _delete(db, about)
    db.execute(delete(MailWish).where(MailWish.person_id == person_id))
    db.execute(delete(AnswerAddress).where(AnswerAddress.person_id == person_id))
    db.flush()


def forget_country(db: Session, *, country_code: str, names: Collection[str]) -> None:
    """Takes out the letters to anybody in which one of the names stands, sent or not."""
    for name in names:
        said = (
            column.contains(name, autoescape=True)
            for column in (Message.subject, Message.body, Message.calendar)
        )
        _delete(db, or_(*said))


def drop_letters_to(db: Session, *, person_id: int) -> None:
    """Takes out the letters to one record, sent or not, and no others of a shared mailbox."""
    _delete(db, Message.person_id == person_id)
    db.execute(delete(MailWish).where(MailWish.person_id == person_id))
    db.flush()


def drop_letters_from(db: Session, *, causes: Collection[int]) -> None:
    """Takes out the letters that follow from those facts, sent or not. `causes`: their numbers in
    the journal.
    """
    if causes:
        _delete(db, or_(*(Message.dedupe.startswith(f"{number}.") for number in causes)))


def expire_letters(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Deletes letters that were sent or given up before that instant; returns how many."""
    over = or_(Message.sent_at.is_not(None), Message.given_up_at.is_not(None))
    old = and_(Message.created_at < before, over)
    number = db.scalar(select(func.count()).select_from(Message).where(old)) or 0
    if not dry_run:
        _delete(db, old)
    return number


def drop_keys(db: Session, *, before: datetime) -> int:
    """Forgets the keys of letters that left before that instant, when their links have lapsed, and
    takes them out of what was stored before letters were kept without them. Returns how many.
    """
    left = and_(Message.sent_at.is_not(None), Message.sent_at < before)
    sealed = and_(left, Message.sealed_keys != "")
    dropped = db.scalar(select(func.count()).select_from(Message).where(sealed)) or 0
    in_clear = [
        (number, without_keys(body)[0])
        for number, body in db.execute(
            select(Message.id, Message.body).where(
                left,
                Message.sealed_keys == "",
                or_(*(Message.body.contains(f"/{path}/") for path in KEYED)),
            )
        )
        if without_keys(body)[1]
    ]
    db.execute(update(Message).where(sealed).values(sealed_keys=""))
    if in_clear:
        db.execute(update(Message), [{"id": one, "body": body} for one, body in in_clear])
    return dropped + len(in_clear)


def _delete(db: Session, which: ColumnElement[bool]) -> None:
    """Deletes messages, and what their deliveries noted of failures, since that may hold addresses."""
    entries = select(Message.entry_id).where(which, Message.entry_id.is_not(None))
    db.execute(
        update(Delivery)
        .where(Delivery.entry_id.in_(entries), Delivery.error != "")
        .values(error="")
    )
    db.execute(delete(Message).where(which))
    db.flush()
