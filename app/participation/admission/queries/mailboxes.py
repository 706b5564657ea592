"""Whose mailbox it is: by the address alone, as a guest and somebody of the directory may be one
person.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.models import Registration
from app.planning.events.values.places import STANDING

GUESTS = (
    select(Registration)
    .join(Person, Person.id == Registration.person_id)
    .where(Registration.event_id == bindparam("event_id"), Registration.status.in_(STANDING))
    .where(
        Person.is_guest,
        Person.email.in_(bindparam("mailboxes", type_=Person.email.type, expanding=True)),
    )
    .order_by(Registration.id)
)
MAILBOXES = (
    select(Person.email, Account.email)
    .outerjoin(Account, Account.person_id == Person.id)
    .where(Person.id == bindparam("person_id"))
)


def mailboxes_of(db: Session, person_id: int) -> frozenset[str]:
    """Folded: the contact of the directory and the address she signs in with."""
    row = db.execute(MAILBOXES, {"person_id": person_id}).one_or_none() or ()
    return frozenset(box.lower() for box in row if box)


def guests_there(db: Session, event_id: UUID, mailboxes: Collection[str]) -> Sequence[Registration]:
    """What guests with one of these folded addresses have at an event: a place, a turn in line or a
    request. Those of guests are kept folded, so that the index finds them among the thousands who
    are there.
    """
    if not mailboxes:
        return ()
    return db.scalars(GUESTS, {"event_id": event_id, "mailboxes": sorted(mailboxes)}).all()


def registered_there(db: Session, event_id: UUID, mailbox: str) -> int | None:
    """Who of the directory is reached at a folded address and has a place, a turn or a request at
    the event.
    """
    if not mailbox:
        return None
    asked = (
        select(Registration.person_id)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Registration.event_id == event_id,
            Registration.status.in_(STANDING),
            Person.is_guest.is_(False),
        )
        .where(or_(func.lower(Person.email) == mailbox, func.lower(Account.email) == mailbox))
    )
    return db.scalar(asked.order_by(Registration.person_id).limit(1))
