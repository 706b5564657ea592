"""Reads for letters. Not scoped by actor: only the platform itself writes letters, to those a fact concerns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.models import Person
from app.events.models import Event, Registration
from app.identity.models import Account
from app.infra.journal import Delivery
from app.kernel.text import as_language
from app.kernel.timespan import Timespan
from app.notifications.models import Message
from app.notifications.values import EventNotice, QueuedMessage, Recipient


def recipient(db: Session, person_id: int) -> Recipient | None:
    """The person with the address of their account, else of the directory; None without any address."""
    row = db.execute(
        select(Person, Account.email).outerjoin(Account, Account.person_id == Person.id).where(Person.id == person_id)
    ).one_or_none()
    return _recipient(*row) if row else None


def registered(db: Session, event_id: UUID) -> list[Recipient]:
    rows = db.execute(
        select(Person, Account.email)
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Registration.event_id == event_id, Registration.status == "registered")
        .order_by(Person.id)
    )
    return [found for row in rows if (found := _recipient(*row))]


def event_notice(db: Session, event_id: UUID) -> EventNotice | None:
    event = db.get(Event, event_id)
    if event is None:
        return None
    span = Timespan(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    return EventNotice(event.id, event.title, span, event.timezone, event.place, event.sequence)


def queued_message(db: Session, message_id: int) -> QueuedMessage | None:
    """The message when it still waits to be sent."""
    m = db.get(Message, message_id)
    if m is None or m.sent_at is not None:
        return None
    return QueuedMessage(m.id, m.dedupe, m.recipient, m.subject, m.body, m.language, m.created_at)


def undelivered(db: Session, *, since: datetime) -> int:
    """How many deliveries gave up since then: for the organizers' home page."""
    dead = select(func.count()).where(Delivery.state == "dead", Delivery.next_at >= since)
    return db.scalar(dead) or 0


def _recipient(person: Person, account_email: str | None) -> Recipient | None:
    address = account_email or person.email
    if not address:
        return None
    return Recipient(person.id, person.full_name, address, as_language(person.language), person.timezone)
