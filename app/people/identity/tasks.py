"""What follows for roles when an office changes hands; wired to facts in
app/wiring/listeners.py.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.people.identity.services.offices import follow_focal_points


def on_focal_point_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Grants the role of focal point from the day of the designation on, and ends it with the
    designation.
    """
    payload = entry.payload
    follow_focal_points(
        db, person_id=payload["person_id"], country_code=payload["country_code"], now=now
    )
