"""The attendance list for a spreadsheet. Every cell is text or a number; the last line says who
took it along.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.infra.language import translate
from app.infra.sheets import SheetPage, workbook
from app.kernel.text import N_, Language
from app.participation.attendance.queries.sheet import SheetRow
from app.planning.events.rules.presence import Presence

HEADING = (
    N_("Name"),
    N_("Country"),
    N_("Organisation"),
    N_("On the register"),
    N_("Minutes"),
    N_("Attendance"),
    N_("Known from"),
)
WIDTHS = (36, 18, 28, 12, 10, 14, 16)


def list_as_xlsx(
    rows: Sequence[SheetRow],
    *,
    title: str,
    mark: str,
    language: Language,
    presences: Mapping[Presence, str],
    sources: Mapping[str, str],
    made_at: datetime,
) -> bytes:
    """Returns the list as a spreadsheet. `mark` says who exported it and when."""

    def say(msgid: str) -> str:
        return translate(language, msgid)

    lines = [
        (
            row.name,
            row.country.in_(language),
            row.organisation,
            say(N_("yes")) if row.is_registered else say(N_("no")),
            row.minutes,
            say(presences[row.presence]),
            say(sources[row.source]) if row.source in sources else "",
        )
        for row in rows
    ]
    page = SheetPage(
        title=title,
        heading=[say(msgid) for msgid in HEADING],
        rows=lines,
        widths=WIDTHS,
    )
    return workbook([page], made_at=made_at, mark=mark)
