"""Who took a list of certificates along."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.people.directory.facts import ExportMade

KIND = "certificates"


def note_export(db: Session, *, actor: Actor, country: str, rows: int, now: datetime) -> None:
    """Records that a list was taken; `country` is "" for one over all countries."""
    journal.record(db, ExportMade(KIND, country, rows), actor=actor, now=now)
