"""Who takes part in an event and who leads its agenda, for what its stages lack."""

from uuid import UUID

from sqlalchemy import BindParameter, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.planning.events.models import Attendance, EventSession, Registration, SessionPerson
from app.planning.events.rules.stages import TakingPart
from app.planning.events.values import PersonRole
from app.planning.events.values.agenda import SessionKind
from app.planning.events.values.places import RegistrationStatus

EVENT_ID: BindParameter[UUID] = bindparam("event_id")
HERE = select(func.count()).select_from(Registration).where(Registration.event_id == EVENT_ID)
COUNTS = select(
    HERE.where(Registration.status == RegistrationStatus.REGISTERED.value).scalar_subquery(),
    HERE.where(Registration.status == RegistrationStatus.PENDING.value).scalar_subquery(),
    exists().where(Attendance.event_id == EVENT_ID),
)
SPOKEN = (
    select(EventSession.id)
    .where(EventSession.event_id == EVENT_ID, EventSession.kind != SessionKind.BREAK.value)
    .correlate(None)
)
LED = select(SessionPerson.session_id).where(
    SessionPerson.role.in_([PersonRole.SPEAKER.value, PersonRole.MODERATOR.value])
)
IS_LED = select(SPOKEN.exists(), SPOKEN.where(EventSession.id.not_in(LED)).exists())


def is_agenda_led(db: Session, *, event_id: UUID) -> bool:
    """True where the event has sessions and somebody speaks or moderates in each but the breaks.
    For whoever organizes the event.
    """
    has_sessions, has_unled = db.execute(IS_LED, {"event_id": event_id}).one()
    return bool(has_sessions) and not has_unled


def taking_part(db: Session, *, event_id: UUID) -> TakingPart:
    """For whoever organizes the event; one statement."""
    registered, pending, is_recorded = db.execute(COUNTS, {"event_id": event_id}).one()
    return TakingPart(registered, pending, bool(is_recorded))
