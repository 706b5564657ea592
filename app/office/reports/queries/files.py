"""What was made of reports."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.text import Language
from app.office.reports.models import ReportFile


def report_file(db: Session, *, event_id: UUID, language: Language) -> ReportFile | None:
    """Not scoped by actor; the edge asks `event_report` first."""
    return db.get(ReportFile, (event_id, language))
