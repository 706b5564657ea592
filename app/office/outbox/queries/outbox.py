"""The outbox: what waits, what was sent, and what did not arrive. For the secretariat's eyes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, not_, or_, select, true
from sqlalchemy.orm import Session

from app.infra.journal import Delivery
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.rules.outbox import UNSETTLED, state_of
from app.office.outbox.values import HANDED_OVER, MessageFilter, Sending
from app.people.directory.models import Person
from app.planning.events.models import Event

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
    """The newest first; a page beyond the last is the last. A fixed number of statements."""
    require_may_see_messages(actor)
    wanted = (_is(show), m.event_id == event_id if event_id is not None else true())
    total = (
        db.scalar(
            select(func.count()).select_from(m).outerjoin(Delivery, _sending()).where(*wanted)
        )
        or 0
    )
    paging = Paging(total, PER_PAGE, number)
    asked = _messages().where(*wanted).order_by(m.created_at.desc(), m.id.desc())
    rows = db.execute(asked.limit(PER_PAGE).offset(paging.offset)).all()
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


def undelivered(db: Session, *, limit: int) -> list[int]:
    asked = select(m.id).outerjoin(Delivery, _sending()).where(_is(MessageFilter.UNDELIVERED))
    return list(db.scalars(asked.order_by(m.id).limit(limit)))


def unsettled_to(db: Session, person_id: int | None, address: str) -> list[int]:
    """Messages to a person at an address that wait for somebody to settle them, the oldest
    first.
    """
    asked = (
        select(m.id)
        .outerjoin(Delivery, _sending())
        .where(m.person_id == person_id, m.recipient == address)
    )
    return list(
        db.scalars(
            asked.where(or_(_is(MessageFilter.UNDELIVERED), _is(MessageFilter.BOUNCED))).order_by(
                m.id
            )
        )
    )


def delivery_of(db: Session, message: Message) -> Delivery | None:
    """Returns the delivery that sends it, locked."""
    found = select(Delivery).where(
        Delivery.entry_id == message.entry_id, Delivery.handler == SENDER
    )
    return db.scalar(found.with_for_update()) if message.entry_id is not None else None


def _sending() -> ColumnElement[bool]:
    return and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER)


def _is(show: MessageFilter) -> ColumnElement[bool]:
    """The same as rules.outbox.state_of, for the database."""
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
    )


def _sendings(db: Session, rows: Collection[Any]) -> tuple[Sending, ...]:
    known = _freshness(db, {row[0].recipient for row in rows})
    found = []
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
        found.append(
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
    return tuple(found)


def _freshness(db: Session, addresses: Collection[str]) -> dict[str, tuple[int, datetime | None]]:
    """Of each address: how many letters came back, and when one was last taken that did not."""
    returned = func.count(m.bounced_at)
    taken = func.max(case((m.bounced_at.is_(None), m.sent_at)))
    rows = db.execute(
        select(m.recipient, returned, taken).where(m.recipient.in_(addresses)).group_by(m.recipient)
    )
    return {address: (count, at) for address, count, at in rows}


def _sentence(error: str) -> str:
    """Without the name of the exception before it."""
    return error.partition(": ")[2] or error
