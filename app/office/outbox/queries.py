"""Reads of the outbox: what waits, leaves and came back, for the secretariat; what became of
letters about events; texts of the office.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.infra.exchange import SealedColumn
from app.infra.installation import installation, secret_keys
from app.infra.journal import Delivery
from app.infra.sealing import CannotUnseal
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.office.outbox.models import AnswerAddress, LetterText, MailWish, Message
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.rules import (
    MARK,
    UNSETTLED,
    CalendarMessage,
    cause_of,
    stands,
    state_of,
    with_choices,
    with_keys,
    without_choices,
    without_keys,
)
from app.office.outbox.values import HANDED_OVER, LetterTexts, MessageFilter, QueuedMessage, Sending
from app.participation.invitations.rules import digest
from app.people.directory.models import Person
from app.planning.events.models import Event
from app.planning.events.values import LetterArrival
from app.planning.programme.exports import imip
from app.web.letters_ahead import FollowingLetter, LetterFate

# The outbox: what waits, what was sent, and what did not arrive. For the secretariat's eyes.

PER_PAGE = 25
SHOWN_ROWS = 6
NEED_SOMEBODY = (*UNSETTLED, MessageFilter.WAITING)
SENDER = "notifications.send_message"
m = Message


@dataclass(frozen=True)
class OutboxOverview:
    """How many letters are in each state, and the first of those that need somebody. `next_at` is
    when the next one is tried.
    """

    counts: Mapping[MessageFilter, int]
    returned: tuple[Sending, ...]
    waiting: tuple[Sending, ...]
    next_at: datetime | None

    @property
    def came_back(self) -> int:
        return sum(self.counts[show] for show in UNSETTLED)

    @property
    def need_somebody(self) -> int:
        return self.came_back + self.counts[MessageFilter.WAITING]

    @property
    def total(self) -> int:
        """Returns all but those that are not to leave any more."""
        return sum(self.counts.values()) - self.counts[MessageFilter.GIVEN_UP]


@dataclass(frozen=True)
class EventWords:
    id: UUID
    title: LocalizedText


@dataclass(frozen=True)
class OutboxPage:
    messages: tuple[Sending, ...]
    paging: Paging


def outbox_overview(db: Session, *, actor: Actor, event_id: UUID | None = None) -> OutboxOverview:
    """Returns what became of all letters, or of those about an event.

    A fixed number of statements.
    """
    require_may_see_messages(actor)
    about = m.event_id == event_id if event_id is not None else true()
    counts = [func.count().filter(_is(show)).label(show.name) for show in MessageFilter]
    next_at = func.min(Delivery.next_at).filter(_is(MessageFilter.ON_THE_WAY)).label("next_at")
    row = db.execute(
        select(*counts, next_at).select_from(m).outerjoin(Delivery, _sending()).where(about)
    ).one()
    returned = _messages().where(about, or_(*(_is(show) for show in UNSETTLED)))
    waiting = _messages().where(about, _is(MessageFilter.WAITING))
    newest = (m.created_at.desc(), m.id.desc())
    return OutboxOverview(
        counts={show: row._mapping[show.name] for show in MessageFilter},
        returned=_sendings(db, db.execute(returned.order_by(*newest).limit(SHOWN_ROWS)).all()),
        waiting=_sendings(
            db, db.execute(waiting.order_by(m.created_at, m.id).limit(SHOWN_ROWS)).all()
        ),
        next_at=row.next_at,
    )


def outbox_page(
    db: Session,
    *,
    actor: Actor,
    show: MessageFilter,
    number: int = 1,
    event_id: UUID | None = None,
) -> OutboxPage:
    """Returns a page of letters, the newest first; a page beyond the last is the last. A fixed
    number of statements.
    """
    require_may_see_messages(actor)
    wanted = (_is(show), m.event_id == event_id if event_id is not None else true())
    total = (
        db.scalar(
            select(func.count()).select_from(m).outerjoin(Delivery, _sending()).where(*wanted)
        )
        or 0
    )
    paging = Paging(total, PER_PAGE, number)
    messages = _messages().where(*wanted).order_by(m.created_at.desc(), m.id.desc())
    rows = db.execute(messages.limit(PER_PAGE).offset(paging.offset)).all()
    return OutboxPage(_sendings(db, rows), paging)


def event_words(db: Session, event_id: UUID) -> EventWords | None:
    """Returns the event that a list of letters is about; None where there is none."""
    row = db.execute(select(Event.id, Event.title).where(Event.id == event_id)).one_or_none()
    return EventWords(row.id, row.title) if row is not None else None


def sending_of(db: Session, *, actor: Actor, message_id: int) -> Sending:
    require_may_see_messages(actor)
    rows = db.execute(_messages().where(m.id == message_id)).all()
    if not rows:
        raise NotFound
    return _sendings(db, rows)[0]


def kept_text(db: Session, message_id: int) -> str:
    """Returns the words of a letter as they are stored: without the keys in its links.

    The caller has asked for `sending_of`.
    """
    return db.scalar(select(m.body).where(m.id == message_id)) or ""


def unsettled(db: Session, *, since: datetime) -> dict[MessageFilter, int]:
    """Returns how many messages written since then did not arrive, or could not leave, and wait for
    an organizer, by the list that shows them: for the home page.

    Letters that could not leave count whatever their age.
    """
    row = db.execute(_unsettled_since(), {"since": since}).one()
    return {show: row._mapping[show.name] for show in NEED_SOMEBODY}


@cache
def _unsettled_since() -> Select[*tuple[int, ...]]:
    counts = [func.count().filter(_is(show)).label(show.name) for show in NEED_SOMEBODY]
    since = bindparam("since", type_=m.created_at.type)
    return (
        select(*counts)
        .select_from(m)
        .outerjoin(Delivery, _sending())
        .where(or_(m.created_at >= since, m.held_at.is_not(None)))
    )


_OLDEST = select(func.min(m.created_at)).where(
    m.sent_at.is_(None), m.given_up_at.is_(None), m.bounced_at.is_(None)
)


def oldest_waiting(db: Session) -> datetime | None:
    """Returns when the oldest letter was written that has not left and is not given up."""
    return db.scalar(_OLDEST)


def undelivered(db: Session, *, limit: int) -> list[int]:
    ids = select(m.id).outerjoin(Delivery, _sending()).where(_is(MessageFilter.UNDELIVERED))
    return list(db.scalars(ids.order_by(m.id).limit(limit)))


def unsettled_to(db: Session, person_id: int | None, address: str) -> list[int]:
    """Returns messages to a person at an address that wait for somebody to settle them, the oldest
    first.
    """
    ids = (
        select(m.id)
        .outerjoin(Delivery, _sending())
        .where(m.person_id == person_id, m.recipient == address)
    )
    return list(
        db.scalars(
            ids.where(or_(_is(MessageFilter.UNDELIVERED), _is(MessageFilter.BOUNCED))).order_by(
                m.id
            )
        )
    )


def delivery_of(db: Session, message: Message) -> Delivery | None:
    """Returns the delivery that sends it, locked."""
    delivery = select(Delivery).where(
        Delivery.entry_id == message.entry_id, Delivery.handler == SENDER
    )
    return db.scalar(delivery.with_for_update()) if message.entry_id is not None else None


def _sending() -> ColumnElement[bool]:
    return and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER)


def _is(show: MessageFilter) -> ColumnElement[bool]:
    """Says in a statement what `rules.state_of` says of a value."""
    unsettled, is_dead = m.given_up_at.is_(None), Delivery.state == "dead"
    if show is MessageFilter.GIVEN_UP:
        return m.given_up_at.is_not(None)
    if show is MessageFilter.BOUNCED:
        return and_(unsettled, m.bounced_at.is_not(None))
    if show in HANDED_OVER:
        is_filed = m.is_filed if show is MessageFilter.FILED else not_(m.is_filed)
        return and_(unsettled, m.bounced_at.is_(None), m.sent_at.is_not(None), is_filed)
    waits = and_(unsettled, m.bounced_at.is_(None), m.sent_at.is_(None))
    if show is MessageFilter.WAITING:
        return and_(waits, m.held_at.is_not(None))
    tried = and_(waits, m.held_at.is_(None))
    return (
        and_(tried, is_dead)
        if show is MessageFilter.UNDELIVERED
        else and_(tried, not_(func.coalesce(is_dead, False)))
    )


def _messages() -> Any:
    return (
        select(
            m, Person.full_name, Delivery.state, Delivery.error, Delivery.attempts, Delivery.next_at
        )
        .select_from(m)
        .outerjoin(Person, Person.id == m.person_id)
        .outerjoin(Delivery, _sending())
        .where(or_(Person.id.is_(None), Person.withheld == ""))
    )


def _sendings(db: Session, rows: Collection[Any]) -> tuple[Sending, ...]:
    known = _freshness(db, {row[0].recipient for row in rows})
    sendings = []
    for message, name, delivery, error, attempts, next_at in rows:
        is_dead = delivery == "dead"
        state = state_of(
            is_sent=message.sent_at is not None,
            has_bounced=message.bounced_at is not None,
            is_given_up=message.given_up_at is not None,
            is_dead=is_dead,
            is_held=message.held_at is not None,
            is_filed=message.is_filed,
        )
        bounces, taken_at = known.get(message.recipient, (0, None))
        reason = message.given_up_reason or message.bounce_note or _sentence(error or "")
        sendings.append(
            Sending(
                id=message.id,
                subject=message.subject,
                recipient=message.recipient,
                person_id=message.person_id,
                name=name or "",
                event_id=message.event_id,
                created_at=message.created_at,
                sent_at=message.sent_at,
                state=state,
                reason=reason,
                attempts=attempts or 0,
                next_at=None if is_dead else next_at,
                bounces=bounces,
                taken_at=taken_at,
                language=message.language,
            )
        )
    return tuple(sendings)


def _freshness(db: Session, addresses: Collection[str]) -> dict[str, tuple[int, datetime | None]]:
    """Returns for each address how many letters came back, and when one was last taken that did
    not.
    """
    returned = func.count(m.bounced_at)
    taken = func.max(case((m.bounced_at.is_(None), m.sent_at)))
    rows = db.execute(
        select(m.recipient, returned, taken).where(m.recipient.in_(addresses)).group_by(m.recipient)
    )
    return {address: (count, at) for address, count, at in rows}


def _sentence(error: str) -> str:
    """Returns what a server said without the name of the exception before it."""
    return error.partition(": ")[2] or error


# What became of the letters about events: the ground on which a page says that somebody was
# reached. Not scoped by actor: nobody is named, and nothing of their words is read.

IDS: Any = bindparam("ids", type_=Uuid(), expanding=True)
ARRIVAL = case(
    (m.bounced_at.is_not(None), LetterArrival.RETURNED.value),
    (or_(m.given_up_at.is_not(None), Delivery.state == "dead"), LetterArrival.NOT_SENT.value),
    (m.sent_at.is_not(None), LetterArrival.HANDED_OVER.value),
    else_=LetterArrival.WAITING.value,
)
ABOUT = (
    select(m.event_id, m.dedupe, m.person_id, ARRIVAL)
    .outerjoin(Delivery, and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER))
    .where(m.event_id.in_(IDS))
    .order_by(m.id)
)


@dataclass(frozen=True)
class LetterAbout:
    """`cause`: the journal's number of the fact it follows from, None for what the clock caused.
    `person_id` None: to a guest who is not in the directory yet.
    """

    cause: int | None
    person_id: int | None
    arrival: LetterArrival


def letters_about(db: Session, event_ids: Collection[UUID]) -> dict[UUID, list[LetterAbout]]:
    """Returns the letters of each event, the oldest first; one statement."""
    letters: dict[UUID, list[LetterAbout]] = defaultdict(list)
    for event_id, dedupe, person_id, arrival in db.execute(ABOUT, {"ids": list(event_ids)}):
        letters[event_id].append(LetterAbout(cause_of(dedupe), person_id, LetterArrival(arrival)))
    return letters


FATE = case(
    (m.bounced_at.is_not(None), LetterFate.RETURNED.value),
    (or_(m.given_up_at.is_not(None), Delivery.state == "dead"), LetterFate.NOT_SENT.value),
    (and_(m.sent_at.is_not(None), m.is_filed), LetterFate.FILED.value),
    (m.sent_at.is_not(None), LetterFate.HANDED_OVER.value),
    else_=LetterFate.WAITING.value,
)
WRITTEN = (
    select(
        m.dedupe,
        m.recipient,
        FATE,
        func.coalesce(m.bounced_at, m.given_up_at, m.sent_at, m.created_at),
        m.id,
    )
    .outerjoin(Delivery, and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER))
    .where(m.dedupe.in_(bindparam("keys", expanding=True)))
)


def letters_written(db: Session, causes: Collection[tuple[int, int]]) -> dict[int, FollowingLetter]:
    """Returns the letter to a person about a fact, by the journal's number of the fact; one
    statement. Not scoped by actor: callers show addresses only to whoever may see them.
    """
    keys = {f"{entry_id}.{person_id}": entry_id for entry_id, person_id in causes}
    rows = db.execute(WRITTEN, {"keys": list(keys)})
    return {
        keys[dedupe]: FollowingLetter(address, LetterFate(fate), at, message_id)
        for dedupe, address, fate, at, message_id in rows
    }


# Where calendars answer and letters come back to, and in which calendars an invitation stands.


def answer_address(db: Session, token: str) -> AnswerAddress | None:
    """Returns None for a token that we did not give out."""
    return db.get(AnswerAddress, digest(token))


def message_of_token(db: Session, token: str) -> Message | None:
    """Returns the letter whose envelope sender has the token, locked; None without any."""
    if not token:
        return None
    return db.scalar(select(Message).where(Message.token_sha256 == digest(token)).with_for_update())


def answer_tokens_of(db: Session, event_id: UUID, person_ids: Collection[int]) -> dict[int, str]:
    """Returns the tokens by person, only of people who have been asked. "" where the secret of the
    application changed since.
    """
    a = AnswerAddress
    rows = db.execute(
        select(a.person_id, a.sealed_token).where(
            a.event_id == event_id, a.person_id.in_(person_ids)
        )
    )
    return {person_id: opened_token(db, sealed) for person_id, sealed in rows}


def invited_mailboxes(db: Session, event_id: UUID, person_id: int) -> set[str]:
    """Returns the addresses, in lower case, to which invitations of this person to the event were
    sent.
    """
    m = Message
    rows = db.scalars(
        select(m.recipient)
        .where(m.event_id == event_id, m.person_id == person_id, m.calendar_method != "")
        .distinct()
    )
    return {address.lower() for address in rows}


def invited_of(db: Session, event_id: UUID, person_ids: Collection[int]) -> dict[int, str]:
    """Returns the tokens of those in whose calendars an invitation to the event stands, by person."""
    a, m = AnswerAddress, Message
    sent = and_(m.event_id == a.event_id, m.person_id == a.person_id, m.calendar_method != "")
    rows = db.execute(
        select(
            a.person_id, a.sealed_token, m.calendar_method, m.sent_at, m.bounced_at, m.given_up_at
        )
        .outerjoin(m, sent)
        .where(a.event_id == event_id, a.person_id.in_(person_ids))
        .order_by(m.id)
    )
    tokens, told = dict[int, str](), dict[int, list[CalendarMessage]]()
    for row in rows:
        tokens[row.person_id] = row.sealed_token
        messages = told.setdefault(row.person_id, [])
        if row.calendar_method is not None:
            has_arrived, is_withdrawn = (
                row.sent_at is not None and row.bounced_at is None,
                row.given_up_at is not None,
            )
            messages.append(
                CalendarMessage(
                    row.calendar_method, has_arrived=has_arrived, is_withdrawn=is_withdrawn
                )
            )
    return {
        person_id: opened_token(db, sealed)
        for person_id, sealed in tokens.items()
        if stands(told[person_id])
    }


# A letter as it leaves: with the keys of its links, which lead to the address of today, and the
# tokens of its addresses.

PURPOSE, TOKENS = "letter-keys", "letter-tokens"
SEALED = (
    SealedColumn("keys in letters that wait or may be sent again", Message.sealed_keys, PURPOSE),
    SealedColumn("tokens of letters", Message.sealed_token, TOKENS),
    SealedColumn("addresses to which calendars answer", AnswerAddress.sealed_token, TOKENS),
)


def message_to_send(db: Session, message_id: int, *, entry_id: int) -> QueuedMessage | None:
    """Returns the message when it still waits to be sent by the delivery of that fact.

    What is held waits for the office, and what the office sent anew has a delivery of its own: a
    worker that was killed may have left an earlier one to run again.
    """
    row = db.get(Message, message_id)
    if row is None or row.sent_at is not None or row.given_up_at is not None:
        return None
    if row.held_at is not None or row.entry_id != entry_id:
        return None
    message = QueuedMessage(
        id=row.id,
        dedupe=row.dedupe,
        recipient=row.recipient,
        subject=row.subject,
        body=with_keys(row.body, _opened_keys(db, row.sealed_keys)),
        language=row.language,
        created_at=row.created_at,
        calendar=row.calendar,
        calendar_method=row.calendar_method,
        has_attachment=row.has_attachment,
        reply_to=row.reply_to,
        unsubscribe_url=row.unsubscribe_url,
        token=opened_token(db, row.sealed_token),
    )
    return _as_of_today(db, _of_its_reader(db, message, row), row.site)


def _of_its_reader(db: Session, message: QueuedMessage, row: Message) -> QueuedMessage:
    """Returns the message with the keys and the address that are its reader's for good."""
    if row.person_id is None:
        return message
    keys, person_id = secret_keys(db), row.person_id
    message = replace(
        message,
        body=with_choices(message.body, keys=keys, person_id=person_id),
        unsubscribe_url=with_choices(message.unsubscribe_url, keys=keys, person_id=person_id),
    )
    if row.event_id is None or MARK not in message.reply_to:
        return message
    token = answer_tokens_of(db, row.event_id, [person_id]).get(person_id, "")
    organizer = message.reply_to.replace(MARK, token)
    calendar = imip.replaced(message.calendar, message.reply_to, organizer)
    return replace(message, reply_to=organizer, calendar=calendar)


def kept_body(db: Session, body: str) -> tuple[str, str]:
    """Returns the text as it is stored, and its keys, sealed; "" where it has none."""
    stored, keys = without_keys(without_choices(body))
    if not keys:
        return stored, ""
    return stored, secret_keys(db).seal(json.dumps(keys), purpose=PURPOSE)


def _opened_keys(db: Session, sealed: str) -> list[str]:
    """Returns the keys; none where they were dropped, or where the secret of the application changed."""
    opened: list[str] = json.loads(_opened(db, sealed, PURPOSE) or "[]")
    return opened


def kept_token(db: Session, token: str) -> tuple[str, str]:
    """Returns the hash by which a token of an address is found, and the token, sealed."""
    return digest(token), secret_keys(db).seal(token, purpose=TOKENS)


def opened_token(db: Session, sealed: str) -> str:
    return _opened(db, sealed, TOKENS)


def _opened(db: Session, sealed: str, purpose: str) -> str:
    if not sealed:
        return ""
    try:
        return secret_keys(db).unseal(sealed, purpose=purpose)
    except CannotUnseal:
        return ""


def _as_of_today(db: Session, message: QueuedMessage, site: str) -> QueuedMessage:
    """Returns the message with the public address and the domain of answers of today, which may be
    others than when it was written.
    """
    now = installation(db)
    if site and site != now.address:
        message = replace(
            message,
            body=message.body.replace(site, now.address),
            unsubscribe_url=message.unsubscribe_url.replace(site, now.address),
            calendar=imip.replaced(message.calendar, site, now.address),
        )
    mailbox, _, host = message.reply_to.rpartition("@")
    if mailbox and host != now.mail_host:
        organizer = f"{mailbox}@{now.mail_host}"
        calendar = imip.replaced(message.calendar, message.reply_to, organizer)
        message = replace(message, reply_to=organizer, calendar=calendar)
    return message


HELD = (Message.held_at.is_not(None), Message.sent_at.is_(None), Message.given_up_at.is_(None))


@dataclass(frozen=True)
class WaitingLetters:
    """How many wait, and when the oldest was written."""

    count: int
    oldest_at: datetime | None


def waiting_letters(db: Session) -> WaitingLetters:
    """Returns how many letters wait, and since when. Not scoped by actor: a count, for whoever sets
    up the mail.
    """
    count, oldest = db.execute(
        select(func.count(), func.min(Message.created_at)).where(*HELD)
    ).one()
    return WaitingLetters(count, oldest)


NO_TEXTS: Mapping[str, LetterTexts] = {}


def texts_by_kind(db: Session, kinds: Collection[str]) -> Mapping[str, LetterTexts]:
    """Returns the office's texts. Not scoped by actor: for letters that are being written."""
    wanted = {kind for kind in kinds if kind}
    if not wanted:
        return NO_TEXTS
    rows = db.scalars(select(LetterText).where(LetterText.kind.in_(wanted)))
    return {row.kind: LetterTexts(row.subject, row.introduction, row.closing) for row in rows}


def changed_texts(db: Session, *, actor: Actor) -> Mapping[str, LetterTexts]:
    """Returns the texts of all kinds that the office has changed."""
    require_may_see_messages(actor)
    rows = db.scalars(select(LetterText))
    return {row.kind: LetterTexts(row.subject, row.introduction, row.closing) for row in rows}


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what the outbox keeps of a person: letters, and which ones are wanted."""
    letters = (
        select(Message)
        .where(Message.person_id == person_id)
        .order_by(Message.created_at, Message.id)
    )
    answers = select(AnswerAddress.event_id).where(AnswerAddress.person_id == person_id)
    wish = db.get(MailWish, person_id)
    return {
        "letters": [
            {
                "to": row.recipient,
                "subject": row.subject,
                "body": row.body,
                "at": row.created_at.isoformat(),
            }
            for row in db.scalars(letters)
        ],
        "answer_addresses_for": sorted(str(event_id) for event_id in db.scalars(answers)),
        "wishes": {
            "week": wish.week,
            "day": wish.day,
            "hour": wish.hour,
            "calendar": wish.calendar,
            "letters": wish.letters,
        }
        if wish
        else {},
    }
