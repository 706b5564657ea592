"""What follows from facts for the search, and the nightly comparison."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra.database import transaction
from app.infra.journal import JournalEntry
from app.office.search.services import rebuild, refresh
from app.office.search.values import HitKind


def on_event_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    refresh(db, kind=HitKind.EVENT, subject=entry.payload["event_id"])


def on_material_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    refresh(db, kind=HitKind.MATERIAL, subject=entry.payload["material_id"])


def on_agreement_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    refresh(db, kind=HitKind.AGREEMENT, subject=str(entry.payload["agreement_id"]))


def on_plan_validated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Finds the activities of a plan from its validation on."""
    for activity_id in entry.payload["activity_ids"]:
        refresh(db, kind=HitKind.AGREEMENT, subject=str(activity_id))


def on_national_page_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    refresh(db, kind=HitKind.NATIONAL, subject=entry.payload["country_code"])


def on_course_published(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    rebuild(db)


def on_rows_taken_out(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Forgets what an import had added and its undo took out."""
    rebuild(db)


def compare() -> None:
    """Mends the index every night, where a killed process or another hand left it untrue."""
    with transaction() as db:
        rebuild(db)
