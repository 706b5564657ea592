"""Puts on record that a copy of a year was taken along."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.office.reports.values import Audience
from app.office.yearly.queries import year_report
from app.office.yearly.values import YearReport
from app.people.directory.facts import ExportMade


def export_year(db: Session, *, actor: Actor, year: int, now: datetime) -> YearReport:
    """Returns the year as it may be handed on, and records the export."""
    report = year_report(
        db, actor=actor, year=year, now=now, audience=Audience.HANDED_ON, is_copy=True
    )
    journal.record(
        db, ExportMade("year-report", str(year), report.sums.planned), actor=actor, now=now
    )
    return report
