"""What follows from facts for materials."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.refusal import NotFound
from app.participation.materials.services import copy_materials


def on_event_duplicated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Hands out at the copy what its source hands out; a second delivery adds nothing."""
    with suppress(NotFound):  # the copy may have been deleted since
        copy_materials(
            db,
            actor=SYSTEM,
            source_id=UUID(entry.payload["source_id"]),
            event_id=UUID(entry.payload["event_id"]),
            now=now,
        )
