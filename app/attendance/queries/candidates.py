"""The event that a report should be of, and the people who may have been there."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.attendance import policy
from app.attendance.rules.matching import address
from app.attendance.rules.readers.times import Around
from app.attendance.values import Known
from app.directory.models import Person
from app.events.models import Attendance, EventPerson, Registration
from app.events.queries.events import event_of
from app.events.rules import participation as rules
from app.events.values import EventDetail
from app.events.values.places import RegistrationStatus
from app.identity.models import Account
from app.kernel.actor import Actor

MAY_HAVE_COME = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.PENDING)


def kept_event(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """The event, for who keeps its list. Refuses everybody else."""
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_keep_list(actor, event.group_slugs)
    return event


def around_of(event: EventDetail) -> Around:
    """Refuses an event without hours: nothing can be measured against it."""
    if event.starts_at is None or event.ends_at is None:
        raise rules.NoDateYet
    return Around(event.starts_at, event.ends_at, ZoneInfo(event.timezone))


def known_people(db: Session, *, event_id: UUID) -> tuple[Known, ...]:
    """Registered or waiting, on the event's own list, or written down before; with every address they are known by."""
    ids = union(
        select(Registration.person_id).where(Registration.event_id == event_id, Registration.status.in_(MAY_HAVE_COME)),
        select(EventPerson.person_id).where(EventPerson.event_id == event_id),
        select(Attendance.person_id).where(Attendance.event_id == event_id),
    ).subquery()
    rows = db.execute(
        select(Person.id, Person.full_name, Person.email, Account.email.label("account"))
        .join(ids, ids.c.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .order_by(Person.sort_key, Person.id)
    )
    return tuple(
        Known(row.id, row.full_name, frozenset(address(email) for email in (row.email, row.account) if email))
        for row in rows
    )
