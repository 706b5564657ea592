"""Who takes a list along leaves a fact."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.registrations.queries.registrations import Registrations, registrations
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.facts import ExportMade

KIND = "registrations"


def export_registrations(
    db: Session, *, actor: Actor, event_id: UUID, status: RegistrationStatus | None, now: datetime
) -> Registrations:
    """Returns the rows that the actor may see, and records that they were taken."""
    listed = registrations(db, actor=actor, event_id=event_id, status=status)
    journal.record(db, ExportMade(KIND, str(event_id), len(listed.rows)), actor=actor, now=now)
    return listed
