"""The region's matrix as a sheet: in the reader's language, and such that it can be brought in again
whole (`forms.sheet_rows`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app.followup.matrix.values import RowView
from app.followup.matrix.wording import INSTRUMENTS, KINDS, PHASES, SHARINGS, STATUSES
from app.infra.language import translate
from app.infra.sheets import Cell, SheetPage, csv_of, workbook
from app.kernel.text import N_, Language, LocalizedText

COUNTRY, ACTIVITY, KIND = N_("Country"), N_("Number of the agreement"), N_("Kind")
FACT_ES, FACT_EN = N_("What happened (Spanish)"), N_("What happened (English)")
SECTION, PHASE, STATUS = N_("Section"), N_("Phase"), N_("Status")
MONTH, EVIDENCE, CONTACT = N_("Month"), N_("Evidence (link)"), N_("Post to ask")
SHARED = N_("Who may read it")
INSTRUMENT, INSTRUMENT_DATE = N_("Instrument"), N_("Day of the instrument")
PRACTICE, FILE = N_("Good practice too"), N_("Evidence (file)")
COLUMNS = (
    COUNTRY,
    ACTIVITY,
    KIND,
    FACT_ES,
    FACT_EN,
    SECTION,
    PHASE,
    STATUS,
    MONTH,
    EVIDENCE,
    CONTACT,
    SHARED,
    INSTRUMENT,
    INSTRUMENT_DATE,
    PRACTICE,
    FILE,
)
WIDTHS = (18, 10, 18, 60, 60, 10, 14, 14, 10, 40, 30, 28, 18, 14, 10, 24)
YES = N_("yes")


def matrix_workbook(
    rows: Sequence[RowView],
    *,
    countries: Mapping[str, LocalizedText],
    language: Language,
    made_at: datetime,
    day: date,
) -> bytes:
    """Returns the rows as XLSX."""
    page = SheetPage(
        translate(language, "Matrix of the region"),
        _heading(language),
        [_cells(row, countries, language) for row in rows],
        widths=WIDTHS,
        footer=translate(language, "Matrix of the region as of %(day)s", day=day.isoformat()),
    )
    return workbook([page], made_at=made_at)


def matrix_csv(
    rows: Sequence[RowView], *, countries: Mapping[str, LocalizedText], language: Language
) -> bytes:
    return csv_of([_heading(language), *(_cells(row, countries, language) for row in rows)])


def _heading(language: Language) -> tuple[str, ...]:
    return tuple(translate(language, one) for one in COLUMNS)


def _cells(
    row: RowView, countries: Mapping[str, LocalizedText], language: Language
) -> tuple[Cell, ...]:
    def words(msgid: str | None) -> str:
        return translate(language, msgid) if msgid else ""

    return (
        countries[row.country].in_(language),
        row.agreement_id,
        words(KINDS[row.kind]),
        row.fact["es"],
        row.fact["en"],
        row.section,
        words(PHASES[row.phase] if row.phase else None),
        words(STATUSES[row.status] if row.status else None),
        row.month.isoformat()[:7] if row.month else "",
        row.evidence_url,
        row.contact,
        words(SHARINGS[row.sharing]),
        words(INSTRUMENTS[row.instrument_type] if row.instrument_type else None),
        row.instrument_date,
        words(YES if row.is_practice else None),
        row.evidence_name,
    )
