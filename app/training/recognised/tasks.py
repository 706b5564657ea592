"""What follows from facts about training taken elsewhere."""

from datetime import datetime

from app.infra.journal import JournalEntry
from app.training.recognised.services import drop_file


def on_upload_dropped(entry: JournalEntry, *, now: datetime) -> None:
    """Deletes the file, once the change that dropped it is committed."""
    drop_file(entry.payload["file_key"])
