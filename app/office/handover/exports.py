"""The journal as a table for a spreadsheet."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.infra.language import translate
from app.infra.sheets import SheetPage, workbook
from app.kernel.text import Language
from app.office.handover.queries.journal import JournalPage
from app.office.handover.wording import told


def journal_workbook(
    page: JournalPage, *, language: Language, timezone: str, by: str, made_at: datetime
) -> bytes:
    """Returns the journal as XLSX. Instants are in the reader's zone, which the heading names. The
    last line says who exported it and when.
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
    footer = translate(
        language,
        "Taken by %(name)s on %(at)s.",
        name=by,
        at=f"{made_at.astimezone(zone):%Y-%m-%d %H:%M} ({timezone})",
    )
    title = translate(language, "Journal")
    return workbook(
        [
            SheetPage(
                title=title, heading=heading, rows=rows, footer=footer, widths=(20, 28, 80, 24, 30)
            )
        ],
        made_at=made_at,
    )
