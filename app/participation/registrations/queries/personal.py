"""What events keep of one person: being needed, registering, agreeing, having been there."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.participation.registrations.models import Registration, RegistrationConsent
from app.planning.events.models import (
    Attendance,
    Event,
    EventPerson,
    EventSession,
    NamedPart,
    SessionPerson,
    WorkTable,
)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Instants in UTC, ISO 8601."""
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
