"""Letting go of who was there, years after an event."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.planning.events.models import Attendance, Event


def expire_attendance(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Minutes of people at events that ended before that instant; returns how many rows. What was
    counted stands in the events' reports.
    """
    old = Attendance.event_id.in_(select(Event.id).where(Event.ends_at < before))
    found = db.scalar(select(func.count()).select_from(Attendance).where(old)) or 0
    if not dry_run:
        db.execute(delete(Attendance).where(old))
        db.flush()
    return found
