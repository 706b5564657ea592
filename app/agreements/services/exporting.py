"""Taking the list of agreements along leaves a fact."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.directory.facts import ExportMade
from app.infra import journal
from app.kernel.actor import Actor

KIND = "agreements"


def note_export(db: Session, *, actor: Actor, rows: int, now: datetime) -> None:
    """`scope` of the fact is "": the list is over all countries."""
    journal.record(db, ExportMade(KIND, "", rows), actor=actor, now=now)
