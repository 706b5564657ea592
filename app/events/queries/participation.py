"""Who registered and who was there, scoped by actor: another country's people are never loaded for a focal point."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.directory.models import Country, Person
from app.events import policy
from app.events.models import Attendance, Event, Registration
from app.events.queries.events import event_of
from app.events.values import EventDetail, EventStatus
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.kernel.text import LocalizedText

REGISTERED = "registered"
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Places:
    """Of one event, for one actor. `capacity` None means that there is no limit."""

    capacity: int | None
    taken: int
    is_registered: bool

    @property
    def free(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)


@dataclass(frozen=True)
class AttendanceRow:
    person_id: int
    name: str
    country: LocalizedText
    is_registered: bool
    minutes: int | None


@dataclass(frozen=True)
class AttendanceSheet:
    """`may_record` is false for a focal point, who sees the people of the own country and changes nothing."""

    event: EventDetail
    rows: tuple[AttendanceRow, ...]
    may_record: bool


@dataclass(frozen=True)
class MyWebinar:
    """An event that I registered for; minutes None while nobody has written them down."""

    event_id: UUID
    title: LocalizedText
    status: EventStatus
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    is_all_day: bool
    is_registered: bool
    minutes: int | None


def places(db: Session, *, actor: Actor, event_id: UUID) -> Places:
    mine = func.count(Registration.id).filter(Registration.person_id == (actor.person_id or 0))
    row = db.execute(
        select(Event.capacity, func.count(Registration.id), mine)
        .outerjoin(Registration, and_(Registration.event_id == Event.id, Registration.status == REGISTERED))
        .where(Event.id == event_id)
        .group_by(Event.id, Event.capacity)
    ).one_or_none()
    return Places(row[0], row[1], bool(row[2])) if row else Places(None, 0, is_registered=False)


def attendance_sheet(db: Session, *, actor: Actor, event_id: UUID) -> AttendanceSheet:
    """Who registered or was there. Refuses who neither runs the event nor answers for a country."""
    event = event_of(db, actor=actor, event_id=event_id)
    may_record = policy.may_record_attendance(actor, event.group_slugs)
    countries = actor.scopes(Role.FOCAL_POINT)
    sees_all = policy.may_see_drafts(actor, event.group_slugs)
    if not sees_all and not countries:
        raise NotAllowed
    asked = _people_of(event_id)
    if not sees_all:
        asked = asked.where(Person.country_code.in_(countries))
    rows = db.execute(asked)
    people = tuple(
        AttendanceRow(row.id, row.full_name, row.name or LocalizedText(""), row.status == REGISTERED, row.minutes)
        for row in rows
    )
    return AttendanceSheet(event, people, may_record)


def _people_of(event_id: UUID) -> Select[int, str, LocalizedText, str, int]:
    registered = and_(Registration.person_id == Person.id, Registration.event_id == event_id)
    attended = and_(Attendance.person_id == Person.id, Attendance.event_id == event_id)
    return (
        select(Person.id, Person.full_name, Country.name, Registration.status, Attendance.minutes)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(Registration, registered)
        .outerjoin(Attendance, attended)
        .where(or_(Registration.status == REGISTERED, Attendance.id.is_not(None)))
        .order_by(Person.sort_key, Person.id)
    )


def my_webinars(db: Session, *, actor: Actor) -> tuple[MyWebinar, ...]:
    """What the actor registered for or attended, the earliest first; what has no exact date cannot be among it."""
    person_id = actor.person_id or 0
    registered = and_(Registration.event_id == Event.id, Registration.person_id == person_id)
    attended = and_(Attendance.event_id == Event.id, Attendance.person_id == person_id)
    rows = db.execute(
        select(Event, Registration.status, Attendance.minutes)
        .outerjoin(Registration, registered)
        .outerjoin(Attendance, attended)
        .where(or_(Registration.status == REGISTERED, Attendance.id.is_not(None)), Event.starts_at.is_not(None))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(_my_webinar(event, status, minutes) for event, status, minutes in rows)


def _my_webinar(event: Event, status: str | None, minutes: int | None) -> MyWebinar:
    return MyWebinar(
        event.id, event.title, EventStatus(event.status), event.starts_at, event.ends_at, event.timezone,
        event.is_all_day, status == REGISTERED, minutes,
    )  # fmt: skip
