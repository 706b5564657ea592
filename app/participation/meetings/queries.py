"""The connection, the meetings kept for events, and which reports are due."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.infra.exchange import SealedColumn
from app.infra.meetings.choosing import PURPOSE
from app.kernel.refusal import Sentence
from app.participation.meetings.models import EventMeeting, MeetingConnection
from app.participation.meetings.values import (
    ConnectionShown,
    MeetingState,
    PersonToAdmit,
    PersonToDismiss,
)
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.models import Event
from app.planning.events.rules.joining import MeetingProvider

MOST_AT_ONCE = 50
"""People of one event whose links are asked for before others get their turn."""

CONNECTION_KEYS = SealedColumn("keys of the meeting program", MeetingConnection.sealed, PURPOSE)
CONNECTION = select(MeetingConnection).limit(1)
DUE = (
    select(EventMeeting.event_id)
    .where(EventMeeting.report_at <= bindparam("now"), EventMeeting.state == MeetingState.MADE)
    .order_by(EventMeeting.report_at)
    .limit(50)
)
IN_TROUBLE = (
    select(EventMeeting.event_id)
    .join(Event, Event.id == EventMeeting.event_id)
    .where(EventMeeting.problem != "", Event.ends_at > bindparam("now"))
    .order_by(Event.starts_at)
)

r = Registration
ADDRESS = case(
    (Person.withheld == "", func.coalesce(func.nullif(Person.email, ""), Account.email)),
)
"""None for whoever's name stays inside the country: they come by the link of the event."""
TO_GIVE = (
    select(r.id, r.person_id, Person.full_name, ADDRESS)
    .join(Person, Person.id == r.person_id)
    .outerjoin(Account, Account.person_id == r.person_id)
    .where(
        r.event_id == bindparam("event_id"),
        r.status == RegistrationStatus.REGISTERED,
        r.own_link_of != bindparam("meeting"),
        ADDRESS.is_not(None),
    )
    .order_by(r.id)
    .limit(MOST_AT_ONCE)
)
TO_TAKE = (
    select(r.id, r.person_id, r.own_link_ref)
    .where(
        r.event_id == bindparam("event_id"),
        r.status != RegistrationStatus.REGISTERED,
        r.own_link_of == bindparam("meeting"),
    )
    .order_by(r.id)
    .limit(MOST_AT_ONCE)
)
ADDRESSES_BY_REF = (
    select(r.own_link_ref, ADDRESS)
    .join(Person, Person.id == r.person_id)
    .outerjoin(Account, Account.person_id == r.person_id)
    .where(r.event_id == bindparam("event_id"), r.own_link_ref != "")
)


def connection_row(db: Session) -> MeetingConnection | None:
    return db.scalar(CONNECTION)


def connection(db: Session) -> ConnectionShown | None:
    """Returns the connection without its keys; None where there is none."""
    row = connection_row(db)
    if row is None:
        return None
    return ConnectionShown(
        provider=MeetingProvider(row.provider),
        host=row.host,
        ending=row.ending,
        checked_at=row.checked_at,
    )


def meeting_of(db: Session, *, event_id: UUID) -> EventMeeting | None:
    return db.get(EventMeeting, event_id)


def reports_due(db: Session, *, now: datetime) -> list[UUID]:
    """Returns events whose meeting is over and whose report is to be asked for, longest due first."""
    return list(db.scalars(DUE, {"now": now}))


def meetings_in_trouble(db: Session, *, now: datetime) -> list[UUID]:
    """Returns events to come whose meeting does not follow them."""
    return list(db.scalars(IN_TROUBLE, {"now": now}))


def problem_of(row: EventMeeting) -> Sentence | None:
    if not row.problem:
        return None
    msgid, params = json.loads(row.problem)
    return Sentence(msgid, params)


def links_to_give(db: Session, *, event_id: UUID, meeting: str) -> tuple[PersonToAdmit, ...]:
    """Returns whoever is registered, has an address and was not asked for at this meeting yet; at
    most MOST_AT_ONCE.
    """
    rows = db.execute(TO_GIVE, {"event_id": event_id, "meeting": meeting})
    return tuple(PersonToAdmit(*row) for row in rows)


def links_to_take(db: Session, *, event_id: UUID, meeting: str) -> tuple[PersonToDismiss, ...]:
    """Returns whoever is no longer registered and had been asked for."""
    rows = db.execute(TO_TAKE, {"event_id": event_id, "meeting": meeting})
    return tuple(PersonToDismiss(*row) for row in rows)


def is_ref_taken(db: Session, *, event_id: UUID, ref: str) -> bool:
    """Returns True when another person of the event has that very link: they share an address."""
    return db.scalar(select(r.id).where(r.event_id == event_id, r.own_link_ref == ref)) is not None


def addresses_by_ref(db: Session, *, event_id: UUID) -> dict[str, str]:
    """Returns the address of everybody with a link of their own, by what the program calls them."""
    rows = db.execute(ADDRESSES_BY_REF, {"event_id": event_id})
    return {ref: address for ref, address in rows if address}
