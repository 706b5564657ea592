"""What follows when an event is closed: its report is drawn in both languages and kept."""

from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.pdf import pdf_of
from app.kernel.actor import SYSTEM
from app.kernel.text import Language, languages
from app.office.reports import queries, services, wording
from app.office.reports.values import EventReport


def on_event_closed(entry: JournalEntry, *, now: datetime) -> None:
    """Draws the report outside any transaction, because drawing takes a moment, and keeps it. A
    second time it uses what was kept.
    """
    event_id = UUID(entry.payload["event_id"])
    for language in languages():
        with reading() as db:
            if queries.report_file(db, event_id=event_id, language=language) is not None:
                continue
            report = queries.event_report(db, actor=SYSTEM, event_id=event_id, today=clock.today())
        key = files().put(drawn(report, language=language, made_at=now, can_wait=True))
        with transaction() as db:
            services.keep_report(
                db, event_id=event_id, language=language, file_key=key, now=clock.now()
            )


def on_event_reopened(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    services.drop_reports(db, event_id=UUID(entry.payload["event_id"]))


def drawn(
    report: EventReport,
    *,
    language: Language,
    made_at: datetime,
    can_wait: bool = False,
    mark: str = "",
) -> bytes:
    """Returns the PDF of a report; `mark` says at the foot who took it along and when. Refuses as
    `pdf_of` does.
    """
    address = site_address()
    template = current_app.jinja_env.get_template("office/reports/print.html")
    html = template.render(
        wording.paper(report, language=language, made_at=made_at, address=address), mark=mark
    )
    return pdf_of(html, can_wait=can_wait)
