"""How many are registered for an event, for the planning of it."""

from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.planning.events.models.registration import REGISTRATION
from app.planning.events.values.registration import REGISTERED

NUMBER = (
    select(func.count())
    .select_from(REGISTRATION)
    .where(REGISTRATION.c.event_id == bindparam("event_id"), REGISTRATION.c.status == REGISTERED)
)


def registered_number(db: Session, event_id: UUID) -> int:
    """Returns how many are registered. Not scoped by actor: nobody is named."""
    return db.scalar(NUMBER, {"event_id": event_id}) or 0
