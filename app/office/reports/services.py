"""Keeping the files of reports, and putting on record that one was taken along."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.text import Language
from app.office.reports import policy
from app.office.reports.models import ReportFile
from app.office.reports.queries import donor_report
from app.office.reports.values import DonorReport, EventReport
from app.people.directory.facts import ExportMade


def keep_report(
    db: Session, *, event_id: UUID, language: Language, file_key: str, now: datetime
) -> None:
    """Keeps the file of a closed event's report. The first one made stays, because a closed event
    does not change.
    """
    if db.get(ReportFile, (event_id, language)) is None:
        db.add(ReportFile(event_id=event_id, language=language, file_key=file_key, made_at=now))
        db.flush()


def drop_reports(db: Session, *, event_id: UUID) -> None:
    """Drops the kept files of an event that is open again; its report is made anew when it is
    closed.
    """
    db.execute(delete(ReportFile).where(ReportFile.event_id == event_id))


def export_donor_report(
    db: Session, *, actor: Actor, slug: str, year: int, now: datetime
) -> DonorReport:
    """Returns the report and records that a copy was taken."""
    policy.require_may_report_to_donors(actor)
    report = donor_report(db, actor=actor, slug=slug, year=year)
    journal.record(db, ExportMade("donor-report", slug, len(report.events)), actor=actor, now=now)
    return report


def note_complete_report(db: Session, *, actor: Actor, report: EventReport, now: datetime) -> None:
    """Records that a report of an event with its small numbers was taken along. The rows are those
    of its countries.
    """
    fact = ExportMade("event-report", str(report.event.id), len(report.countries))
    journal.record(db, fact, actor=actor, now=now)
