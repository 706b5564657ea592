"""Reads for letters. Not scoped by actor: only the platform itself writes letters, to those a fact concerns."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.directory.models import Person
from app.events.models import Event, Registration
from app.events.values import REFERENCE_ZONE, holder_of
from app.identity.models import Account, RoleGrant
from app.infra.journal import Delivery
from app.kernel.actor import Role
from app.kernel.text import as_language
from app.kernel.timespan import Timespan
from app.notifications.models import Message
from app.notifications.values import NOBODY, EventNotice, QueuedMessage, Recipient
from app.scheduling.models import ConflictCase


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


def owner_of(db: Session, event_id: UUID) -> Recipient | None:
    """Who planned the event, while their account is active; somebody who is not in the directory has no person."""
    planned = select(Account).join(Event, Event.created_by == Account.id).where(Event.id == event_id, Account.active)
    account = db.scalar(planned)
    if account is None:
        return None
    if account.person_id is None:
        return Recipient(NOBODY, account.email, account.email, as_language("es"), REFERENCE_ZONE)
    return recipient(db, account.person_id)


def is_in_conflict(db: Session, event_id: UUID) -> bool:
    """Whether a conflict case about the event waits for the secretariat."""
    holder = holder_of(event_id)
    about = or_(ConflictCase.holder == holder, ConflictCase.against == holder)
    return db.scalar(select(ConflictCase.id).where(about, ConflictCase.state == "open").limit(1)) is not None


def organizers(db: Session, *, on: date) -> list[Recipient]:
    """The secretariat: whoever holds the role on a day, with an active account and a person behind it."""
    rows = db.execute(
        select(Person, Account.email)
        .join(Account, Account.person_id == Person.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.active, RoleGrant.role == Role.ORGANIZER.value, RoleGrant.valid_from <= on)
        .where((RoleGrant.valid_until.is_(None)) | (RoleGrant.valid_until > on))
        .distinct()
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
