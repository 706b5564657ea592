"""What this domain keeps about a person, in plain values, for the person's own copy."""

from base64 import b64encode
from typing import Any

from sqlalchemy.orm import Session, undefer

from app.participation.speakers.models import OutsideSpeaker


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the person's part in an event from outside. The key is nobody's to take along."""
    row = db.get(OutsideSpeaker, person_id, options=[undefer(OutsideSpeaker.photo)])
    if row is None:
        return {"speaker": None}
    return {
        "speaker": {
            "event": str(row.event_id),
            "state": row.state,
            "lines": row.lines.as_dict(),
            "photo_jpeg": b64encode(row.photo).decode() if row.photo else None,
            "asked_at": row.asked_at.isoformat(),
            "answered_at": row.answered_at.isoformat() if row.answered_at else None,
            "taken_out_at": row.taken_out_at.isoformat() if row.taken_out_at else None,
        }
    }
