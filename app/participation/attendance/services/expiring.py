"""Letting go of how we know who was there, years after an event."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceImport,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.services.erasing import drop_originals
from app.planning.events.models import Attendance, Event


def expire_details(db: Session, *, before: datetime, now: datetime, dry_run: bool) -> int:
    """Times of joining and leaving, corrections and what reports said, of events that ended before
    that instant; the reports' original files are dropped.
    """
    events = select(Event.id).where(Event.ends_at < before)
    imports = select(AttendanceImport.id).where(AttendanceImport.event_id.in_(events))
    old = (
        (AttendanceInterval, AttendanceInterval.event_id.in_(events)),
        (AttendanceChange, AttendanceChange.event_id.in_(events)),
        (AttendanceParticipant, AttendanceParticipant.import_id.in_(imports)),
    )
    number = sum(
        db.scalar(select(func.count()).select_from(table).where(where)) or 0 for table, where in old
    )
    if not dry_run:
        for table, where in old:
            db.execute(delete(table).where(where))
        drop_originals(db, AttendanceImport.id.in_(imports), now=now)
        db.flush()
    return number


def expire_attendance(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Removes the minutes of people at events that ended before that instant; returns how many
    rows. What was counted stands in the events' reports.
    """
    old = Attendance.event_id.in_(select(Event.id).where(Event.ends_at < before))
    number = db.scalar(select(func.count()).select_from(Attendance).where(old)) or 0
    if not dry_run:
        db.execute(delete(Attendance).where(old))
        db.flush()
    return number
