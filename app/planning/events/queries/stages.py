"""How many take part in an event, for what its stages lack."""

from uuid import UUID

from sqlalchemy import BindParameter, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.planning.events.models import Attendance, Registration
from app.planning.events.rules.stages import TakingPart
from app.planning.events.values.places import RegistrationStatus

EVENT_ID: BindParameter[UUID] = bindparam("event_id")
HERE = select(func.count()).select_from(Registration).where(Registration.event_id == EVENT_ID)
COUNTS = select(
    HERE.where(Registration.status == RegistrationStatus.REGISTERED.value).scalar_subquery(),
    HERE.where(Registration.status == RegistrationStatus.PENDING.value).scalar_subquery(),
    exists().where(Attendance.event_id == EVENT_ID),
)


def taking_part(db: Session, *, event_id: UUID) -> TakingPart:
    """For whoever organizes the event; one statement."""
    registered, pending, is_recorded = db.execute(COUNTS, {"event_id": event_id}).one()
    return TakingPart(registered, pending, bool(is_recorded))
