"""Taking the list of agreements along leaves a fact."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.people.directory.facts import ExportMade

KIND = "agreements"


def note_export(db: Session, *, actor: Actor, rows: int, now: datetime) -> None:
    """Records that a list was taken. `scope` of the fact is "": it is over all countries."""
    journal.record(db, ExportMade(KIND, "", rows), actor=actor, now=now)
