"""The journal as a table for a spreadsheet."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.infra.language import translate
from app.infra.sheets import SheetPage, workbook
from app.kernel.text import Language
from app.office.handover.queries.journal import JournalPage
from app.office.handover.wording import told


def journal_workbook(
    page: JournalPage, *, language: Language, timezone: str, made_at: datetime, mark: str
) -> bytes:
    """Returns the journal as XLSX. Instants are in the reader's zone, which the heading names;
    `mark` says who exported it and when.
    """
    zone = ZoneInfo(timezone)
    when = translate(language, "When (%(zone)s)", zone=timezone)
    heading = (
        when,
        translate(language, "Who"),
        translate(language, "What"),
        translate(language, "Fact"),
        translate(language, "About"),
    )
    rows = [
        (
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.by or "Convoca",
            told(language, one, page.names),
            one.fact,
            one.subject,
        )
        for one in page.entries
    ]
    title = translate(language, "Journal")
    return workbook(
        [
            SheetPage(title=title, heading=heading, rows=rows, widths=(20, 28, 80, 24, 30)),
        ],
        made_at=made_at,
        mark=mark,
    )
