"""Brings in who was at events of earlier years."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.attendance.facts import AttendanceBrought
from app.people.directory.policy import require_may_correct
from app.planning.events.models import Attendance


def bring_attendance(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    person_id: int,
    country_code: str,
    minutes: int,
    now: datetime,
) -> None:
    """Writes down that somebody of a country was at an event of which the sheet says so, closed or
    not. Nothing follows from it: no course is completed by it, and nobody is told. The caller has
    seen that nothing is on record of this person there.
    """
    require_may_correct(actor, country_code)
    row = Attendance(
        event_id=event_id,
        person_id=person_id,
        minutes=minutes,
        source="import",
        recorded_at=now,
        recorded_by=actor.account_id or None,
    )
    db.add(row)
    db.flush()
    journal.record(db, AttendanceBrought(event_id, person_id), actor=actor, now=now)
