"""Everything that attendance keeps about one person, for the person's own export."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceInterval,
    AttendanceParticipant,
)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    intervals = select(AttendanceInterval).where(AttendanceInterval.person_id == person_id)
    changes = select(AttendanceChange).where(AttendanceChange.person_id == person_id)
    named = select(AttendanceParticipant).where(AttendanceParticipant.person_id == person_id)
    return {
        "intervals": [
            {
                "event": str(row.event_id),
                "from": row.starts_at.isoformat(),
                "until": row.ends_at.isoformat(),
                "source": row.source,
            }
            for row in db.scalars(intervals.order_by(AttendanceInterval.starts_at))
        ],
        "corrections": [
            {
                "event": str(row.event_id),
                "before": row.before,
                "after": row.after,
                "reason": row.reason,
                "at": row.at.isoformat(),
            }
            for row in db.scalars(changes.order_by(AttendanceChange.at))
        ],
        "reports": [
            {
                "report": str(row.import_id),
                "name": row.name,
                "email": row.email,
                "minutes": row.minutes,
            }
            for row in db.scalars(named.order_by(AttendanceParticipant.id))
        ],
    }
