"""Who takes a list along leaves a fact: which list, whose people, how many (R59)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.attendance.queries.sheet import SheetRow, whole_sheet
from app.people.directory.facts import ExportMade
from app.planning.events.values import EventDetail


def export_list(
    db: Session, *, actor: Actor, event_id: UUID, kind: str, now: datetime
) -> tuple[EventDetail, tuple[SheetRow, ...]]:
    """Returns the rows the actor may see, by country. `kind`: print, pdf or xlsx."""
    event, _most, rows = whole_sheet(db, actor=actor, event_id=event_id)
    journal.record(
        db, ExportMade(f"attendance-{kind}", str(event_id), len(rows)), actor=actor, now=now
    )
    return event, rows
