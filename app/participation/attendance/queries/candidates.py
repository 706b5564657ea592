"""The event that a report should be of, and the people who may have been there."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.participation.attendance import policy
from app.participation.attendance.rules.matching import address
from app.participation.attendance.rules.readers.times import Around
from app.participation.attendance.values import Known
from app.participation.registrations.models import Registration
from app.participation.registrations.rules.registering import NoDateYet
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.models import Attendance, EventPerson
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail

A_QUERY = 500
MAY_HAVE_COME = (
    RegistrationStatus.REGISTERED,
    RegistrationStatus.WAITING,
    RegistrationStatus.PENDING,
)


def kept_event(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Returns the event for those who keep its attendance list; refuses others."""
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_keep_list(actor, event.group_slugs)
    return event


def around_of(event: EventDetail, zone: str = "") -> Around:
    """Returns the hours around which times of a report are read. `zone`: whose hours the report
    writes, "" for the event's. Raises NoDateYet for an event that has no hours itself.
    """
    if event.starts_at is None or event.ends_at is None:
        raise NoDateYet
    return Around(event.starts_at, event.ends_at, ZoneInfo(zone or event.timezone))


def people_at(db: Session, emails: Collection[str]) -> tuple[Known, ...]:
    """Returns everybody in the directory who has one of these folded addresses, registered or not."""
    addresses: dict[int, set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    wanted = sorted(emails)
    for first in range(0, len(wanted), A_QUERY):
        part = wanted[first : first + A_QUERY]
        query = (
            select(Person.id, Person.full_name, Person.email, Account.email.label("account"))
            .outerjoin(Account, Account.person_id == Person.id)
            .where(or_(func.lower(Person.email).in_(part), func.lower(Account.email).in_(part)))
        )
        for row in db.execute(query):
            names[row.id] = row.full_name
            addresses[row.id] |= {
                address(email) for email in (row.email, row.account) if email
            } & set(part)
    return tuple(Known(who, names[who], frozenset(addresses[who])) for who in sorted(addresses))


def known_people(db: Session, *, event_id: UUID) -> tuple[Known, ...]:
    """Returns the people who are registered, waiting, on the event's own list or have minutes, each
    with all their addresses.
    """
    registered = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.status.in_(MAY_HAVE_COME)
    )
    ids = registered.union(
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
        Known(
            row.id,
            row.full_name,
            frozenset(address(email) for email in (row.email, row.account) if email),
        )
        for row in rows
    )
