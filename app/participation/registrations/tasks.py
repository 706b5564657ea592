"""What follows from the facts of other packages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.journal import Entry
from app.kernel.actor import Actor
from app.participation.registrations.services.registering import promote_where_waiting


def on_event_changed(db: Session, entries: Sequence[Entry], *, actor: Actor, now: datetime) -> None:
    """Promotes people from the waiting lists of events that were changed or moved: there may be
    more capacity now.
    """
    events = [UUID(entry.subject_id) for entry in entries]
    promote_where_waiting(db, event_ids=events, actor=actor, now=now)
