"""The list of registrations as a spreadsheet, with who took it along and when."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.infra.language import translate
from app.infra.sheets import Cell, SheetPage, workbook
from app.kernel.text import N_, Language
from app.participation.registrations.queries.registrations import RegistrationRow, Registrations
from app.participation.registrations.wording import ORIGINS, STATUS_WORDS

HEADING = (
    N_("Name"),
    N_("Organisation"),
    N_("Country"),
    N_("Registration status"),
    N_("Place on the waiting list"),
    N_("Registered by"),
    N_("Consent"),
)
WIDTHS = (32, 32, 22, 18, 12, 22, 12, 22)


def registrations_workbook(
    listed: Registrations, *, language: Language, timezone: str, made_at: datetime, mark: str
) -> bytes:
    """Returns the spreadsheet; instants are in the reader's zone, which the heading names."""
    zone = ZoneInfo(timezone)
    heading = [translate(language, msgid) for msgid in HEADING]
    heading.append(translate(language, N_("Registered on (%(zone)s)"), zone=timezone))
    rows = [_cells(row, language, zone) for row in listed.rows]
    return workbook(
        [
            SheetPage(
                title=listed.event.title.in_(language),
                heading=heading,
                rows=rows,
                widths=WIDTHS,
            )
        ],
        made_at=made_at,
        mark=mark,
    )


def _cells(row: RegistrationRow, language: Language, zone: ZoneInfo) -> Sequence[Cell]:
    return (
        row.name,
        row.organisation,
        row.country.in_(language),
        translate(language, STATUS_WORDS[row.status]),
        row.position,
        translate(language, ORIGINS[row.origin]),
        row.consent_version,
        f"{row.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
    )
