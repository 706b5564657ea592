"""Saving in the background, part by part, and letting go of old sheets every night."""

from datetime import datetime

from app.infra import clock
from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.office.history.services import let_sheets_go, save_part


def on_save_asked(entry: JournalEntry, *, now: datetime) -> None:
    """Saves a sheet to its end. Idempotent: what a killed worker had begun goes on."""
    more = True
    while more:
        with transaction() as db:
            more = save_part(
                db, import_id=entry.payload["import_id"], today=clock.today(), now=clock.now()
            )


def let_go() -> None:
    with transaction() as db:
        let_sheets_go(db, today=clock.today(), now=clock.now())
