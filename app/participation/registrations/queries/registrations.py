"""Registrations of an event and of a person, as their readers may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.refusal import NotAllowed
from app.kernel.text import LocalizedText
from app.participation.registrations import policy
from app.participation.registrations.facts import (
    InvitationAnswered,
    RegistrationMade,
    RegistrationPending,
    RegistrationWaiting,
)
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.queries.capacity import EventCapacity, event_capacity
from app.participation.registrations.rules import has_entrance
from app.participation.registrations.values import Origin, RegistrationStatus
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.identity.policy import acts_for_the_region
from app.planning.events.models import (
    Attendance,
    Event,
    EventGroup,
    EventPerson,
    EventSession,
    NamedPart,
    SessionPerson,
    WorkTable,
)
from app.planning.events.policy import may_see_drafts
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import length_of
from app.planning.events.rules.presence import Presence, presence
from app.planning.events.values import EventDetail, EventStatus, Mode

MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class RegistrationRow:
    """`position` on the waiting list, 1 is promoted next; None for who does not wait."""

    person_id: int
    name: str
    organisation: str
    country: LocalizedText
    is_guest: bool
    status: RegistrationStatus
    origin: Origin
    position: int | None
    created_at: datetime
    consent_version: str


@dataclass(frozen=True)
class Registrations:
    """A stretch of the list. `counts` are of the people that the actor may see; `paging` of those
    that were asked for. `may_decide` is false for a focal point, who changes nothing here.
    """

    event: EventDetail
    capacity: EventCapacity
    counts: Mapping[RegistrationStatus, int]
    rows: tuple[RegistrationRow, ...]
    paging: Paging
    may_decide: bool


def registrations(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    status: RegistrationStatus | None = None,
    size: int = MOST_EXPORTED,
    number: int = 1,
) -> Registrations:
    """Returns a page of the list: those who wait by their position, all others by name. Refuses who
    neither runs the event nor answers for a country.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    may_decide = policy.may_decide_registrations(actor, event.group_slugs)
    seen = _seen_by(actor, event_id, sees_all=may_see_drafts(actor, event.group_slugs))
    counted = (
        select(Registration.status, func.count())
        .join(Person, Person.id == Registration.person_id)
        .where(*seen)
    )
    counts = {
        RegistrationStatus(row[0]): row[1]
        for row in db.execute(counted.group_by(Registration.status))
    }
    query = _people_of(event_id).where(*seen)
    if status is not None:
        query = query.where(Registration.status == status)
    else:
        query = query.where(Registration.status != RegistrationStatus.CANCELLED)
    current = sum(count for one, count in counts.items() if one is not RegistrationStatus.CANCELLED)
    paging = Paging(current if status is None else counts.get(status, 0), size, number)
    rows = tuple(_row(*row) for row in db.execute(query.limit(size).offset(paging.offset)))
    return Registrations(
        event=event,
        capacity=event_capacity(db, actor=actor, event=event),
        counts=counts,
        rows=rows,
        paging=paging,
        may_decide=may_decide,
    )


def _seen_by(actor: Actor, event_id: UUID, *, sees_all: bool) -> tuple[ColumnElement[bool], ...]:
    of_event = Registration.event_id == event_id
    if sees_all:
        return (of_event,)
    countries = actor.countries_named()
    if not countries:
        raise NotAllowed
    return of_event, Person.country_code.in_(countries), Person.is_guest.is_(False)


def _people_of(event_id: UUID) -> Select[Registration, Person, LocalizedText, int]:
    position = (
        func.row_number()
        .over(order_by=(Registration.waiting_since, Registration.id))
        .label("position")
    )
    waiting = select(Registration.id, position).where(
        Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING
    )
    positions = waiting.subquery()
    return (
        select(Registration, Person, Country.name, positions.c.position)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(positions, positions.c.id == Registration.id)
        .order_by(func.coalesce(positions.c.position, 0), Person.sort_key, Person.id)
    )


def _row(
    row: Registration, person: Person, country: LocalizedText | None, position: int | None
) -> RegistrationRow:
    return RegistrationRow(
        person_id=person.id,
        name=person.full_name,
        organisation=person.organisation,
        country=country or LocalizedText(),
        is_guest=person.is_guest,
        status=RegistrationStatus(row.status),
        origin=Origin(row.origin),
        position=position,
        created_at=row.created_at,
        consent_version=row.consent_version,
    )


@dataclass(frozen=True)
class Requests:
    """How many people wait for a decision about a place at one event."""

    event_id: UUID
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    count: int


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """Returns a condition that holds for events whose requests the actor may decide (policy.py,
    may_decide_registrations).
    """
    if acts_for_the_region(actor):
        return true()
    groups = select(EventGroup.event_id).join(WorkingGroup).where(EventGroup.event_id == Event.id)
    foreign = groups.where(WorkingGroup.slug.not_in(actor.scopes(Role.CONVENOR)))
    return and_(exists(groups), not_(exists(foreign)))


PENDING = (
    select(
        Event.id,
        Event.title,
        Event.starts_at,
        Event.ends_at,
        Event.timezone,
        func.count(Registration.id),
    )
    .join(Registration, Registration.event_id == Event.id)
    .where(
        Registration.status == RegistrationStatus.PENDING,
        Event.status == EventStatus.PUBLISHED,
        Event.starts_at > bindparam("now", type_=Event.starts_at.type),
    )
    .group_by(Event.id)
    .order_by(Event.starts_at, Event.id)
)


def requests_to_decide(db: Session, *, actor: Actor, now: datetime) -> tuple[Requests, ...]:
    """Returns the events that have not begun and have requests, the soonest first; one statement."""
    rows = db.execute(PENDING.where(decided_by(actor)), {"now": now})
    return tuple(Requests(*row) for row in rows)


REGISTERED = RegistrationStatus.REGISTERED


@dataclass(frozen=True)
class MyWebinar:
    """An event that the actor registered for. `minutes` is None while nobody has entered them.
    `registration`: its status; None for people who came without one. `has_pass`:
    there is a code for the entrance.
    """

    event_id: UUID
    title: LocalizedText
    status: EventStatus
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    is_all_day: bool
    registration: RegistrationStatus | None
    has_pass: bool
    minutes: int | None

    @property
    def is_registered(self) -> bool:
        return self.registration is RegistrationStatus.REGISTERED

    @property
    def is_undecided(self) -> bool:
        """Returns True for who is on the waiting list, or waits for the organizers."""
        return self.registration in (RegistrationStatus.WAITING, RegistrationStatus.PENDING)

    @property
    def was_present(self) -> bool:
        """Returns True for 80 % of the time or more."""
        return presence(self.minutes, length_of(self.starts_at, self.ends_at)) is Presence.PRESENT


_READER = bindparam("reader", type_=Registration.person_id.type)
_OWN_WEBINARS = (
    select(
        Event.id,
        Event.title,
        Event.status,
        Event.starts_at,
        Event.ends_at,
        Event.timezone,
        Event.is_all_day,
        Event.mode,
        Registration.status.label("registration"),
        Registration.check_in_code,
        Attendance.minutes,
    )
    .outerjoin(
        Registration, and_(Registration.event_id == Event.id, Registration.person_id == _READER)
    )
    .outerjoin(Attendance, and_(Attendance.event_id == Event.id, Attendance.person_id == _READER))
    .where(or_(Registration.status != RegistrationStatus.CANCELLED, Attendance.id.is_not(None)))
    .where(Event.starts_at.is_not(None))
    .order_by(Event.starts_at, Event.id)
)
_OWN_STILL_TO_END = _OWN_WEBINARS.where(Event.ends_at > bindparam("now"))


def my_webinars(
    db: Session, *, actor: Actor, ending_after: datetime | None = None
) -> tuple[MyWebinar, ...]:
    """Returns what the actor registered for or attended, the earliest first; with an instant, only
    what ends after it. Events without an exact date are left out.
    """
    given = {"reader": actor.person_id or 0}
    if ending_after is None:
        rows = db.execute(_OWN_WEBINARS, given)
    else:
        rows = db.execute(_OWN_STILL_TO_END, {**given, "now": ending_after})
    return tuple(map(_my_webinar, rows))


def _my_webinar(row: Row[*tuple[Any, ...]]) -> MyWebinar:
    status = row.registration
    registration = (
        RegistrationStatus(status) if status and status != RegistrationStatus.CANCELLED else None
    )
    return MyWebinar(
        event_id=row.id,
        title=row.title,
        status=EventStatus(row.status),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        is_all_day=row.is_all_day,
        registration=registration,
        has_pass=bool(row.check_in_code)
        and registration is REGISTERED
        and has_entrance(Mode(row.mode)),
        minutes=row.minutes,
    )


# When a person last asked to come and last answered, from the journal. Not scoped by actor: for
# letters and answers.

ASKED = frozenset(
    {RegistrationMade.__name__, RegistrationWaiting.__name__, RegistrationPending.__name__}
)
"""Facts of a person who asks for a place, and so has seen where the event is."""
j = JournalEntry


def asked_in(db: Session, event_id: UUID, person_id: int) -> int:
    """Returns the entry of the journal by which the person last asked to be registered, or was
    registered by others; 0 when there is none.
    """
    return _last_of(db, event_id, person_id=person_id, facts=ASKED)


def answered_in(db: Session, event_id: UUID, person_id: int) -> int:
    """Returns the entry of the person's last answer by calendar; 0 where there is none."""
    return _last_of(db, event_id, person_id=person_id, facts=(InvitationAnswered.__name__,))


def _last_of(db: Session, event_id: UUID, person_id: int, facts: Collection[str]) -> int:
    about = (j.subject_kind == "event", j.subject_id == str(event_id), j.fact.in_(facts))
    entries = select(j.id).where(*about, j.payload["person_id"].as_integer() == person_id)
    return db.scalar(entries.order_by(j.id.desc()).limit(1)) or 0


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what is kept of a person's registrations; instants in UTC, ISO 8601."""
    needed = db.execute(
        select(EventPerson.role, Event.id, Event.title)
        .join(Event, Event.id == EventPerson.event_id)
        .where(EventPerson.person_id == person_id)
        .order_by(Event.starts_at, Event.id)
    )
    speaks = db.execute(
        select(SessionPerson.role, EventSession.id, EventSession.title)
        .join(EventSession, EventSession.id == SessionPerson.session_id)
        .where(SessionPerson.person_id == person_id)
        .order_by(EventSession.id)
    )
    came = db.execute(
        select(Attendance, Event.title)
        .join(Event, Event.id == Attendance.event_id)
        .where(Attendance.person_id == person_id)
        .order_by(Attendance.id)
    )
    tables = select(WorkTable.id).where(
        (WorkTable.moderator_id == person_id) | (WorkTable.rapporteur_id == person_id)
    )
    parts = select(NamedPart).where(NamedPart.person_id == person_id).order_by(NamedPart.changed_at)
    return {
        "needed_in": [
            {"event": str(key), "title": title.in_(), "role": role} for role, key, title in needed
        ],
        "sessions": [
            {"session": str(key), "title": title.in_(), "role": role} for role, key, title in speaks
        ],
        "told_of_parts": [
            {"event": str(row.event_id), "roles": row.roles, "calendar_answer": row.partstat}
            for row in db.scalars(parts)
        ],
        "registrations": _registrations(db, person_id),
        "attendance": [
            {
                "event": str(row.event_id),
                "title": title.in_(),
                "minutes": row.minutes,
                "source": row.source,
            }
            for row, title in came
        ],
        "work_tables": [str(one) for one in db.scalars(tables.order_by(WorkTable.id))],
    }


def _registrations(db: Session, person_id: int) -> list[dict[str, Any]]:
    agreed: dict[int, list[dict[str, Any]]] = {}
    own_ids = select(Registration.id).where(Registration.person_id == person_id)
    consents = select(RegistrationConsent).where(RegistrationConsent.registration_id.in_(own_ids))
    for one in db.scalars(consents.order_by(RegistrationConsent.given_at)):
        withdrawn = one.withdrawn_at.isoformat() if one.withdrawn_at else None
        agreed.setdefault(one.registration_id, []).append(
            {
                "purpose": one.purpose,
                "version": one.version,
                "given_at": one.given_at.isoformat(),
                "withdrawn_at": withdrawn,
            }
        )
    rows = db.execute(
        select(Registration, Event.title)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person_id)
        .order_by(Registration.created_at, Registration.id)
    )
    return [
        {
            "event": str(row.event_id),
            "title": title.in_(),
            "status": row.status,
            "origin": row.origin,
            "since": row.created_at.isoformat(),
            "calendar_answer": row.partstat,
            "consents": agreed.get(row.id, []),
        }
        for row, title in rows
    ]
