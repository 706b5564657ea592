"""The agenda of an event as its reader may see it; a constant number of statements however long it
is.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.people.directory.models import Person
from app.planning.events.models import Edition, EventLink, EventSession, SessionPerson, WorkTable
from app.planning.events.values import (
    NO_TEXT,
    PersonRole,
    PersonSummary,
    SessionDetail,
    SessionKind,
    TableChoice,
)

SESSIONS = (
    select(EventSession, WorkTable)
    .outerjoin(WorkTable, WorkTable.id == EventSession.work_table_id)
    .where(EventSession.event_id == bindparam("event_id"))
    .order_by(
        EventSession.starts_at,
        EventSession.ends_at,
        WorkTable.position,
        EventSession.room,
        EventSession.id,
    )
)
PEOPLE = (
    select(
        SessionPerson.session_id,
        SessionPerson.role,
        Person.id,
        Person.full_name,
        Person.country_code,
    )
    .join(Person, Person.id == SessionPerson.person_id)
    .join(EventSession, EventSession.id == SessionPerson.session_id)
    .where(EventSession.event_id == bindparam("event_id"))
    .order_by(Person.sort_key, Person.id)
)
TABLES = (
    select(WorkTable.id, Edition.label, WorkTable)
    .join(Edition, Edition.id == WorkTable.edition_id)
    .where(
        WorkTable.edition_id.in_(
            select(EventLink.edition_id).where(EventLink.event_id == bindparam("event_id"))
        )
    )
    .order_by(Edition.id, WorkTable.position, WorkTable.id)
)


def session_details(
    db: Session, *, event_id: UUID, with_people: bool = True
) -> tuple[SessionDetail, ...]:
    """In order of time, then as the tables stand; two statements. Whether the event may be seen was
    asked before.
    """
    rows: Sequence[tuple[EventSession, WorkTable | None]] = db.execute(
        SESSIONS, {"event_id": event_id}
    ).all()
    people = _people(db, event_id) if with_people else {}
    return tuple(
        SessionDetail(
            id=row.id,
            kind=SessionKind(row.kind),
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room=row.room,
            notes=row.notes,
            work_table_id=row.work_table_id,
            table=table.theme if table else NO_TEXT,
            people=people.get(row.id, ()),
        )
        for row, table in rows
    )


def _people(db: Session, event_id: UUID) -> dict[UUID, tuple[PersonSummary, ...]]:
    rows = db.execute(PEOPLE, {"event_id": event_id})
    found: dict[UUID, tuple[PersonSummary, ...]] = {}
    for session_id, role, person_id, name, country in rows:
        person = PersonSummary(
            id=person_id, name=name, country=country or "", role=PersonRole(role)
        )
        found[session_id] = (*found.get(session_id, ()), person)
    return found


def tables_of(db: Session, *, event_id: UUID) -> tuple[TableChoice, ...]:
    """Returns the work tables of the editions that the event belongs to."""
    rows = db.execute(TABLES, {"event_id": event_id})
    return tuple(TableChoice(number, label, table.theme) for number, label, table in rows)
