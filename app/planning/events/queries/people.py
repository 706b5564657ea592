"""Who has a part in an event, how many are registered, and who was there. Not scoped by actor."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    select,
    union,
)
from sqlalchemy.orm import Session

from app.planning.events.models import (
    REGISTRATION,
    Attendance,
    Event,
    EventPerson,
    EventSession,
    NamedPart,
    SessionPerson,
)
from app.planning.events.rules.presence import enough_minutes, most_minutes
from app.planning.events.values import REGISTERED, SESSION_ROLES, PersonRole

EVENT_ID: BindParameter[UUID] = bindparam("event_id")
NAMED_ROLES = tuple(role.value for role in SESSION_ROLES)
ROLES_IN_EVENT = union(
    select(EventPerson.person_id, EventPerson.role).where(
        EventPerson.event_id == EVENT_ID, EventPerson.role.in_(NAMED_ROLES)
    ),
    select(SessionPerson.person_id, SessionPerson.role)
    .join(EventSession, EventSession.id == SessionPerson.session_id)
    .where(EventSession.event_id == EVENT_ID, SessionPerson.role.in_(NAMED_ROLES)),
)
PARTS_TOLD = select(NamedPart).where(NamedPart.event_id == EVENT_ID)


def roles_in(db: Session, event_id: UUID) -> dict[int, tuple[PersonRole, ...]]:
    """Returns the roles of each person, each once, in the order of SESSION_ROLES."""
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, role in db.execute(ROLES_IN_EVENT, {"event_id": event_id}):
        found[person_id].add(role)
    return {
        person_id: tuple(role for role in SESSION_ROLES if role in roles)
        for person_id, roles in found.items()
    }


def parts_told(db: Session, event_id: UUID) -> dict[int, NamedPart]:
    """Returns by person what they were told, of those who were told anything."""
    return {part.person_id: part for part in db.scalars(PARTS_TOLD, {"event_id": event_id})}


NUMBER = (
    select(func.count())
    .select_from(REGISTRATION)
    .where(REGISTRATION.c.event_id == bindparam("event_id"), REGISTRATION.c.status == REGISTERED)
)


def registered_number(db: Session, event_id: UUID) -> int:
    """Returns how many are registered. Not scoped by actor: nobody is named."""
    return db.scalar(NUMBER, {"event_id": event_id}) or 0


# How many were at an event: the same numbers for its page, its list, its report, its closing and
# its files.

WHO_CAME = select(Attendance.person_id).where(
    Attendance.event_id == EVENT_ID, Attendance.minutes > 0
)
OWN_MINUTES = select(
    select(Attendance.minutes)
    .where(Attendance.event_id == EVENT_ID, Attendance.person_id == bindparam("person_id"))
    .scalar_subquery(),
    exists().where(Attendance.event_id == EVENT_ID),
)


@dataclass(frozen=True)
class PresenceCounts:
    """`present` for 80 % of the time or more, `partly` for less; `recorded` counts everybody whose
    minutes are written down, those with 0 among them.
    """

    present: int
    partly: int
    recorded: int

    @property
    def came(self) -> int:
        return self.present + self.partly


def length_of(starts_at: datetime | None, ends_at: datetime | None) -> int:
    """Returns the whole minutes of an event; 0 while its hours are not known."""
    return most_minutes(starts_at, ends_at) if starts_at and ends_at else 0


def is_present(length: int) -> ColumnElement[bool]:
    """Says of a row of Attendance that the person was there for 80 % of `length` minutes or more."""
    enough = enough_minutes(length)
    return Attendance.minutes < 0 if enough is None else Attendance.minutes >= enough


def is_partly(length: int) -> ColumnElement[bool]:
    """Says of a row of Attendance that the person was there for less."""
    return and_(Attendance.minutes > 0, not_(is_present(length)))


def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def presence_of(db: Session, *, event: Event) -> PresenceCounts:
    """Counts in one statement. Not scoped by actor: nobody is named."""
    return presence_in(db, event_id=event.id, starts_at=event.starts_at, ends_at=event.ends_at)


def presence_in(
    db: Session, *, event_id: UUID, starts_at: datetime | None, ends_at: datetime | None
) -> PresenceCounts:
    length = length_of(starts_at, ends_at)
    statement = select(
        counted(is_present(length)), counted(is_partly(length)), func.count(Attendance.id)
    )
    return PresenceCounts(*db.execute(statement.where(Attendance.event_id == event_id)).one())


def who_came(db: Session, *, event_id: UUID) -> frozenset[int]:
    """Returns the persons on record as having been there for any time. Not scoped by actor: for
    letters.
    """
    return frozenset(db.scalars(WHO_CAME, {"event_id": event_id}))


def own_minutes(db: Session, *, event_id: UUID, person_id: int) -> tuple[int | None, bool]:
    """Returns one person's minutes, None where none are written down, and whether anybody's are:
    then who has none was absent.
    """
    minutes, is_recorded = db.execute(
        OWN_MINUTES, {"event_id": event_id, "person_id": person_id}
    ).one()
    return minutes, bool(is_recorded)


def has_attendance(db: Session, *, event_id: UUID) -> bool:
    """Returns True if anybody is on record as having been there. Not scoped: nobody is named."""
    there = select(Attendance.person_id).where(
        Attendance.event_id == event_id, Attendance.minutes > 0
    )
    return db.scalar(there.limit(1)) is not None
