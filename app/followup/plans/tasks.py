"""What follows from the facts of other packages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.followup.plans.services import open_plans
from app.infra.journal import Entry
from app.kernel.actor import Actor


def on_tables_changed(
    db: Session, entries: Sequence[Entry], *, actor: Actor, now: datetime
) -> None:
    """Gives each table of the editions that were changed a plan, where it has none (R6)."""
    for edition_id in sorted({int(entry.subject_id) for entry in entries}):
        open_plans(db, edition_id=edition_id, actor=actor, now=now)
