"""The matrix as a sheet: out in the reader's language, and in again, whichever of the languages its
words are in.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.followup.matrix.values import (
    MatrixLine,
    RowDraft,
    RowKind,
    RowSharing,
    RowView,
    SheetRead,
    UnreadLine,
)
from app.followup.matrix.wording import (
    INSTRUMENTS,
    KINDS,
    PHASES,
    SHARINGS,
    STATUSES,
    STATUSES_OF_NEW,
    statuses_of,
)
from app.infra.language import translate
from app.infra.sheets import FORMULAS, Cell, SheetPage, csv_of, workbook
from app.kernel.days import days_meant, month_meant
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, Language, LocalizedText, languages, name_key

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
NEEDED = (COUNTRY, KIND, FACT_ES, STATUS)
MOST_LINES = 500
"""As many as the field takes, which holds them between being read and being brought in."""
LONGEST_NUMBER, LONGEST_SHOWN = 15, 60
NO_HEADING = N_(
    "The first line names the columns, as in the sheet that you can download. This one lacks “%(name)s”."
)
TOO_MANY_LINES = N_("A sheet brings in at most %(most)s rows.")
NOT_A_CHOICE = N_("“%(text)s” is not known in the column “%(column)s”.")
NOT_A_DAY = N_("“%(text)s” is no date in the column “%(column)s”. Write it as 2027-03-15.")
NO_LINES = N_("No row was found under the names of the columns.")
YES = N_("yes")


def matrix_workbook(
    rows: Sequence[RowView],
    *,
    countries: Mapping[str, LocalizedText],
    language: Language,
    made_at: datetime,
    mark: str,
) -> bytes:
    """Returns the rows as XLSX."""
    page = SheetPage(
        translate(language, "Matrix of the region"),
        _heading(language),
        [_cells(row, countries, language) for row in rows],
        widths=WIDTHS,
    )
    return workbook([page], made_at=made_at, mark=mark)


def matrix_csv(
    rows: Sequence[RowView],
    *,
    countries: Mapping[str, LocalizedText],
    language: Language,
    mark: str,
) -> bytes:
    lines = [_cells(row, countries, language) for row in rows]
    return csv_of([_heading(language), *lines], mark=mark)


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
        words(statuses_of(row)[row.status] if row.status else None),
        row.month.isoformat()[:7] if row.month else "",
        row.evidence_url,
        row.contact,
        words(SHARINGS[row.sharing]),
        words(INSTRUMENTS[row.instrument_type] if row.instrument_type else None),
        row.instrument_date,
        words(YES if row.is_practice else None),
        row.evidence_name,
    )


def read_sheet(sheet: Sequence[Sequence[str]], countries: Mapping[str, LocalizedText]) -> SheetRead:
    """Returns the lines under the heading, understood or not. Columns stand in any order; one that is
    not ours is passed over, and a line with nothing but a note in one cell too.

    Raises InvalidInput at "rows" for a sheet without our columns, without a line, or with too many.
    """
    heading, columns = _columns(sheet)
    read = _LineReader(columns, countries)
    rows: list[MatrixLine] = []
    unread: list[UnreadLine] = []
    for line, cells in enumerate(sheet[heading + 1 :], start=heading + 2):
        if sum(map(bool, cells)) <= 1:
            continue
        try:
            rows.append(read.row(line, cells))
        except InvalidInput as refusal:
            unread.append(UnreadLine(line, " · ".join(filter(None, cells)), refusal.errors["cell"]))
    if len(rows) + len(unread) > MOST_LINES:
        raise InvalidInput({"rows": Sentence(TOO_MANY_LINES, {"most": MOST_LINES})})
    if not rows and not unread:
        raise InvalidInput({"rows": Sentence(NO_LINES)})
    return SheetRead(tuple(rows), tuple(unread))


def as_pasted(sheet: Sequence[Sequence[str]]) -> str:
    """Returns a sheet as a spreadsheet puts it on the clipboard, with nothing of a cell lost."""
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(sheet)
    return text.getvalue()


def _columns(sheet: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Returns where the heading stands, and where each column of ours does."""
    known = _choices({title: (title,) for title in COLUMNS})
    heading = next((number for number, cells in enumerate(sheet) if any(cells)), 0)
    cells = sheet[heading] if sheet else ()
    columns = {
        known[key]: number for number, cell in enumerate(cells) if (key := _key(cell)) in known
    }
    for title in NEEDED:
        if title not in columns:
            raise InvalidInput({"rows": Sentence(NO_HEADING, {"name": Sentence(title)})})
    return heading, columns


class _LineReader:
    """Reads lines of one sheet: `columns` says where each column stands."""

    def __init__(self, columns: Mapping[str, int], countries: Mapping[str, LocalizedText]) -> None:
        self.columns = columns
        self.countries = {
            _key(name): code for code, names in countries.items() for name in names.values()
        } | {_key(code): code for code in countries}
        self.kinds = _choices({one: (words,) for one, words in KINDS.items()})
        self.phases = _choices({one: (words,) for one, words in PHASES.items()})
        self.statuses = _choices(
            {one: (words, STATUSES_OF_NEW.get(one, words)) for one, words in STATUSES.items()}
        )
        self.sharings = _choices({one: (words,) for one, words in SHARINGS.items()})
        self.instruments = _choices({one: (words,) for one, words in INSTRUMENTS.items()})
        self.yes = _choices({YES: (YES,)})

    def row(self, line: int, cells: Sequence[str]) -> MatrixLine:
        """Raises InvalidInput with a sentence at "cell" for the first that cannot be read."""

        def text(column: str) -> str:
            number = self.columns.get(column, len(cells))
            return _unguarded(cells[number]) if number < len(cells) else ""

        def one_of(column: str, choices: Mapping[str, Any]) -> Any:
            written = text(column)
            if written and _key(written) not in choices:
                raise _unread(NOT_A_CHOICE, written, column)
            return choices[_key(written)] if written else None

        country = one_of(COUNTRY, self.countries)
        if country is None:
            raise _unread(NOT_A_CHOICE, "", COUNTRY)
        agreement = text(ACTIVITY)
        if agreement and not (agreement.isascii() and agreement.isdecimal()):
            raise _unread(NOT_A_CHOICE, agreement, ACTIVITY)
        draft = RowDraft(
            status=one_of(STATUS, self.statuses),
            fact=LocalizedText(es=text(FACT_ES), en=text(FACT_EN)),
            kind=one_of(KIND, self.kinds) or RowKind.PROGRESS,
            section=text(SECTION),
            phase=one_of(PHASE, self.phases),
            month=_month(text(MONTH)),
            evidence_url=text(EVIDENCE),
            contact=text(CONTACT),
            sharing=one_of(SHARED, self.sharings) or RowSharing.REGION,
            instrument_type=one_of(INSTRUMENT, self.instruments),
            instrument_date=_day(text(INSTRUMENT_DATE), INSTRUMENT_DATE),
            is_practice=one_of(PRACTICE, self.yes) is not None,
        )
        return MatrixLine(
            line=line,
            country=country,
            agreement_id=int(agreement[:LONGEST_NUMBER]) if agreement else None,
            draft=draft,
        )


def _choices(words: Mapping[Any, Sequence[str]]) -> dict[str, Any]:
    """Returns what each word stands for, in every language of the house, and each value's own key."""
    return {
        _key(translate(language, msgid)): value
        for value, msgids in words.items()
        for msgid in msgids
        for language in (*languages(), "en")
    } | {_key(str(value)): value for value in words}


def _key(text: str) -> str:
    return name_key(" ".join(text.split()))


def _unguarded(cell: str) -> str:
    """Returns a cell without the apostrophe that our CSV puts before what looks like a formula."""
    is_guarded = cell.startswith("'") and cell[1:].lstrip(" ").startswith(FORMULAS)
    return cell[1:] if is_guarded else cell


def _day(written: str, column: str) -> date | None:
    """Returns the day, the one that begins with its day of the month where two can be meant."""
    if not written:
        return None
    days = days_meant(written)
    if not days:
        raise _unread(NOT_A_DAY, written, column)
    return days[0]


def _month(written: str) -> date | None:
    """Returns the first day of a month that is named, or in which a day that is named lies."""
    named = month_meant(written) or _day(written, MONTH)
    return named and named.replace(day=1)


def _unread(msgid: str, written: str, column: str) -> InvalidInput:
    shown = {"text": written[:LONGEST_SHOWN], "column": Sentence(column)}
    return InvalidInput({"cell": Sentence(msgid, shown)})
