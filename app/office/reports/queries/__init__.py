"""Reads for reports: `event`, what one event was; `donor`, what a source paid for; `files`, what
was made of them.
"""

from app.office.reports.queries.donor import donor_report
from app.office.reports.queries.event import event_report
from app.office.reports.queries.files import report_file

__all__ = ["donor_report", "event_report", "report_file"]
