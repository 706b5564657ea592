"""The register as a table: CSV and XLSX, and the PDFs of a list in one ZIP."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from app.infra.language import translate
from app.infra.sheets import Cell, SheetPage, csv_of, workbook
from app.kernel.text import N_, Language, LocalizedText
from app.training.certificates import rules
from app.training.certificates.queries.listing import RegisterRow
from app.training.certificates.wording import KINDS, LISTED_STATES, REASONS

COLUMNS = (
    N_("Code"),
    N_("Name as printed"),
    N_("Institution"),
    N_("Country"),
    N_("Kind"),
    N_("Course or event"),
    N_("Edition"),
    N_("Completed on"),
    N_("Issued on"),
    N_("Last valid day"),
    N_("State"),
    N_("Revoked on"),
    N_("Reason"),
    N_("Replaced by"),
)
WIDTHS = (22, 36, 36, 18, 14, 50, 12, 14, 14, 14, 16, 14, 30, 22)
README = "README.txt"


def register_csv(
    rows: Sequence[RegisterRow],
    *,
    countries: Mapping[str, LocalizedText],
    language: Language,
    mark: str,
) -> bytes:
    lines = [_csv_row(row, countries, language) for row in rows]
    return csv_of([_heading(language), *lines], mark=mark)


def register_workbook(
    rows: Sequence[RegisterRow],
    *,
    countries: Mapping[str, LocalizedText],
    language: Language,
    made_at: datetime,
    mark: str,
) -> bytes:
    """Returns the list as XLSX; `mark` says who takes it along and when."""
    page = SheetPage(
        translate(language, "Certificates"),
        _heading(language),
        [_cells(row, countries, language) for row in rows],
        widths=WIDTHS,
    )
    return workbook([page], made_at=made_at, mark=mark)


def zip_of(
    rows: Sequence[RegisterRow],
    pdf_of: Callable[[str], bytes | None],
    *,
    sentence: str,
    mark: str,
) -> io.BytesIO:
    """Returns an archive of the PDFs by name, uncompressed because they are compressed already, with
    a text file that begins with `mark`, who took them along and when: the PDFs are sealed.

    `pdf_of` is asked for one at a time, by code; what it has not is named in the text file, after
    the sentence.
    """
    out = io.BytesIO()
    missing = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            facts, pdf = row.record.facts, pdf_of(row.code)
            name = rules.grouped(row.code)
            if facts is not None and row.record.has_name:
                name = rules.file_name(facts.holder_name, facts.course_title["es"], row.code)
            if pdf is None:
                missing.append(name)
            else:
                archive.writestr(name, pdf)
        lines = [sentence, "", *missing, ""] if missing else []
        archive.writestr(README, "\r\n".join((f"\ufeff{mark}", "", *lines)))
    out.seek(0)
    return out


def _heading(language: Language) -> tuple[str, ...]:
    return tuple(translate(language, one) for one in COLUMNS)


def _csv_row(
    row: RegisterRow, countries: Mapping[str, LocalizedText], language: Language
) -> tuple[Cell, ...]:
    return tuple(
        one.isoformat() if isinstance(one, date) else one
        for one in _cells(row, countries, language)
    )


def _cells(
    row: RegisterRow, countries: Mapping[str, LocalizedText], language: Language
) -> tuple[Cell, ...]:
    record, facts = row.record, row.record.facts
    if facts is None:
        raise ValueError(row.code)
    country = countries.get(row.country_code or "", facts.country)
    return (
        rules.grouped(row.code),
        facts.holder_name,
        facts.institution.in_(language),
        country.in_(language),
        translate(language, KINDS[row.kind]),
        facts.course_title.in_(language),
        facts.edition,
        facts.completed_on,
        row.issued_on,
        facts.last_valid_on,
        translate(language, LISTED_STATES[row.state]),
        record.revoked_on,
        translate(language, REASONS[record.reason]) if record.reason else "",
        rules.grouped(record.replaced_by) if record.replaced_by else "",
    )
