"""Whose mailbox an address is. Only the address is compared, because a guest and an official may be
one person.
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
    """Returns the person's folded addresses: the contact in the directory and the address of the
    account.
    """
    row = db.execute(MAILBOXES, {"person_id": person_id}).one_or_none() or ()
    return frozenset(box.lower() for box in row if box)


def guests_there(db: Session, event_id: UUID, mailboxes: Collection[str]) -> Sequence[Registration]:
    """Returns what guests with one of these folded addresses have at an event: a place, a turn in
    line or a request. Addresses of guests are stored folded, so that the index finds them.
    """
    if not mailboxes:
        return ()
    return db.scalars(GUESTS, {"event_id": event_id, "mailboxes": sorted(mailboxes)}).all()


def registered_there(db: Session, event_id: UUID, mailbox: str) -> int | None:
    """Returns who of the directory has one of the folded addresses, and a place, a turn or a
    request at the event.
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
