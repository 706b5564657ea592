"""Who has which part in an event, from its own people and those of its sessions. Not scoped by
actor: for letters.
"""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select, union
from sqlalchemy.orm import Session

from app.planning.events.models import EventPerson, EventSession, NamedPart, SessionPerson
from app.planning.events.values import PersonRole
from app.planning.events.values.agenda import SESSION_ROLES

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
    """The roles of each person, each once, in the order of SESSION_ROLES."""
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, role in db.execute(ROLES_IN_EVENT, {"event_id": event_id}):
        found[person_id].add(role)
    return {
        person_id: tuple(role for role in SESSION_ROLES if role in roles)
        for person_id, roles in found.items()
    }


def parts_told(db: Session, event_id: UUID) -> dict[int, NamedPart]:
    """By person what they were told, of those who were told anything."""
    return {part.person_id: part for part in db.scalars(PARTS_TOLD, {"event_id": event_id})}
