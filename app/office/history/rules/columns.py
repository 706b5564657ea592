"""What the columns of a sheet are: known by their headings, or asked about, and remembered.

Offices write sheets by hand: titles stand above the heading, a heading is abbreviated, totals stand
at the foot. The heading is the row that names most of what such a sheet has.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from app.kernel.days import dates_meant
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.office.history.values import (
    HistorySheet,
    ImportKind,
    SheetColumn,
    SheetField,
    SheetLine,
)
from app.people.directory.rules.headings import HEADINGS, heading_key, headings
from app.training.recognised.rules import COLUMNS

MOST_ROWS = 5_000
MOST_COLUMNS = 40
LOOKED_AT = 25
"""Rows among which the heading is looked for; samples from which dates are told."""
LONGEST_HEADING, LONGEST_SAMPLE = 80, 60
CELL = "cell:"
NOT_READ = "-"
"""The answer that a column is not brought in."""


class NoHeading(Refusal):
    kind = Kind.INVALID
    rule = "no-heading"
    msgid = N_(
        "This sheet has no row of headings that we know. Write above each column what it is, as in the "
        "example sheet."
    )


class TooManyHistoryRows(Refusal):
    kind = Kind.INVALID
    rule = "too-many-history-rows"
    msgid = N_("This sheet has more than %(most)s rows. Send it in parts.")


NAME = SheetField("name", N_("Person"), HEADINGS["name"], is_shown=True)
FIRST = SheetField("first", N_("First names"), HEADINGS["first"])
LAST = SheetField("last", N_("Surnames"), HEADINGS["last"])
SECOND_LAST = SheetField("second", N_("Second surname"), HEADINGS["second"])
EMAIL = SheetField("email", N_("E-mail"), HEADINGS["email"])
COUNTRY = SheetField("country", N_("Country"), HEADINGS["country"])
INSTITUTION = SheetField("institution", N_("Institution"), HEADINGS["institution"], is_shown=True)
POST = SheetField("post", N_("Post"), HEADINGS["post"], is_shown=True)
ON = SheetField(
    "on",
    N_("Date"),
    headings(
        "date, fecha, fechas, dia, day, fecha del evento, fecha evento, "
        "fecha de inicio, fecha inicio, start, start date, inicio, desde, from, "
        "dates, event date"
    ),
    is_shown=True,
    is_date=True,
)
YEAR = SheetField("year", N_("Year"), headings("ano, year, anio"))
MONTH_ALONE = SheetField("month", N_("Month"), headings("mes, month"))
EVENT = SheetField(
    "event",
    N_("Event"),
    headings(
        "event, evento, webinar, actividad, activity, nombre del evento, tema, "
        "titulo, title, reunion, meeting, congreso"
    ),
    is_shown=True,
)
HOURS = SheetField(
    "hours", N_("Length in hours"), COLUMNS["hours"] | headings("tiempo, duracion, time")
)
NAMED = (NAME, FIRST, LAST, SECOND_LAST, EMAIL, COUNTRY)
FIELDS: Mapping[ImportKind, tuple[SheetField, ...]] = {
    ImportKind.EVENTS: (
        ON,
        MONTH_ALONE,
        YEAR,
        SheetField(
            "until",
            N_("Last day"),
            headings(
                "end, end date, fecha de fin, fecha fin, fecha final, "
                "fecha de finalizacion, fin, hasta, until, last day, ultimo dia"
            ),
            is_date=True,
        ),
        SheetField(
            "title",
            N_("Title"),
            headings(
                "title, titulo, tema, event, evento, nombre del evento, actividad, "
                "activity, webinar, nombre, name, topic"
            ),
            is_shown=True,
        ),
        SheetField(
            "kind",
            N_("Kind"),
            headings("kind, tipo, type, tipo de evento, tipo de actividad, event type, clase"),
            is_shown=True,
        ),
        SheetField(
            "group",
            N_("Working group"),
            headings("group, grupo, grupo de trabajo, working group, gt, red"),
        ),
        SheetField("mode", N_("Mode"), headings("mode, modalidad, formato, format")),
        SheetField(
            "place",
            N_("Place"),
            headings("place, lugar, sede, venue, ciudad, location, lugar / sede"),
        ),
    ),
    ImportKind.ROSTER: (
        *NAMED,
        INSTITUTION,
        POST,
        SheetField("from", N_("Since"), HEADINGS["since"], is_shown=True, is_date=True),
        SheetField(
            "until",
            N_("Last day"),
            headings(
                "until, to, hasta, end, end date, fecha de salida, salida, baja, "
                "fecha de baja, fin, fecha fin, fecha de fin, last day, ultimo dia, egreso"
            ),
            is_date=True,
        ),
    ),
    ImportKind.ATTENDANCE: (
        ON,
        MONTH_ALONE,
        YEAR,
        EVENT,
        *NAMED,
        HOURS,
        SheetField("minutes", N_("Minutes"), headings("minutes, minutos, min")),
    ),
    ImportKind.CERTIFICATES: (
        *NAMED,
        SheetField(
            "course",
            N_("Course"),
            COLUMNS["title"] | headings("capacitacion, training, formacion, curso aprobado"),
            is_shown=True,
        ),
        SheetField(
            "on",
            N_("Completed on"),
            COLUMNS["done"]
            | headings(
                "date, fecha, fecha de emision, emision, issued, issued on, date issued, "
                "fecha del certificado, fecha certificado"
            ),
            is_shown=True,
            is_date=True,
        ),
        MONTH_ALONE,
        YEAR,
        HOURS,
    ),
    ImportKind.AGREEMENTS: (
        EVENT,
        ON,
        MONTH_ALONE,
        YEAR,
        SheetField(
            "number",
            N_("Paragraph"),
            headings("paragraph, parrafo, numero, number, n, no, num, #, n o, n°, nro, acuerdo n"),
            is_shown=True,
        ),
        SheetField(
            "text",
            N_("Text of the agreement"),
            headings("agreement, acuerdo, acuerdos, texto, text, compromiso, descripcion"),
            is_shown=True,
        ),
        SheetField(
            "responsible",
            N_("Responsible"),
            headings("responsible, responsable, responsables, a cargo de, encargado, quien"),
            is_shown=True,
        ),
        SheetField(
            "due",
            N_("Due"),
            headings("due, due date, plazo, fecha limite, vence, deadline, para cuando"),
            is_date=True,
        ),
        SheetField(
            "status",
            N_("Status"),
            headings("status, estado, situacion, avance, cumplimiento"),
        ),
    ),
}
NEEDED: Mapping[ImportKind, tuple[frozenset[str], ...]] = {
    ImportKind.EVENTS: (frozenset({"title"}),),
    ImportKind.ROSTER: (
        frozenset({"name", "last"}),
        frozenset({"institution"}),
        frozenset({"post"}),
    ),
    ImportKind.ATTENDANCE: (frozenset({"name", "last"}), frozenset({"event", "on", "year"})),
    ImportKind.CERTIFICATES: (frozenset({"name", "last"}), frozenset({"on", "year"})),
    ImportKind.AGREEMENTS: (frozenset({"event", "on", "year"}), frozenset({"text"})),
}
"""Of each set a sheet needs at least one column."""


def cell_key(number: int, field: str) -> str:
    """Returns what is answered where somebody types what a cell says: its row and field."""
    return f"{CELL}{number}:{field}"


def fields_of_kind(kind: ImportKind) -> dict[str, SheetField]:
    return {one.key: one for one in FIELDS[kind]}


def read_sheet(
    rows: Sequence[Sequence[str]],
    *,
    kind: ImportKind,
    remembered: Mapping[str, str],
    answers: Mapping[int, str],
    typed: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
) -> HistorySheet:
    """Reads a sheet as it was understood so far. `remembered`: what columns of earlier sheets were said
    to be, by their simplified heading; `answers`: what was said of this one, by the place of the
    column, NOT_READ for none; `typed`: what cells say instead, by row and field. Raises NoHeading, TooManyHistoryRows.
    """
    place = _place_of_heading(rows, kind, remembered)
    heading = rows[place]
    body = [
        (number, tuple(row)) for number, row in enumerate(rows[place + 1 :], place + 2) if any(row)
    ]
    if len(body) > MOST_ROWS:
        raise TooManyHistoryRows(most=MOST_ROWS)
    columns = _columns(heading, [row for _number, row in body], kind, remembered, answers)
    lines = tuple(
        SheetLine(
            number,
            {
                one.meaning: row[one.place]
                for one in columns
                if one.meaning and one.place < len(row) and row[one.place]
            }
            | dict(typed.get(number, {})),
            row,
            frozenset(typed.get(number, {})),
        )
        for number, row in body
    )
    return HistorySheet(kind, columns, lines, tuple(heading))


def missing_columns(sheet: HistorySheet) -> tuple[tuple[str, ...], ...]:
    """Returns the sets of fields of which a sheet has no column and needs one."""
    there = {one.meaning for one in sheet.columns}
    return tuple(
        tuple(one.key for one in FIELDS[sheet.kind] if one.key in wanted)
        for wanted in NEEDED[sheet.kind]
        if not wanted & there
    )


def _place_of_heading(
    rows: Sequence[Sequence[str]], kind: ImportKind, remembered: Mapping[str, str]
) -> int:
    known = frozenset().union(*(one.headings for one in FIELDS[kind])) | remembered.keys()
    worth = [
        (sum(heading_key(cell) in known for cell in row if cell), -number)
        for number, row in enumerate(rows[:LOOKED_AT])
    ]
    best, place = max(worth, default=(0, 0))
    if not best:
        raise NoHeading
    return -place


def _columns(
    heading: Sequence[str],
    body: Sequence[Sequence[str]],
    kind: ImportKind,
    remembered: Mapping[str, str],
    answers: Mapping[int, str],
) -> tuple[SheetColumn, ...]:
    fields = fields_of_kind(kind)
    width = min(MOST_COLUMNS, max([len(heading), *(len(row) for row in body)], default=0))
    meanings = {place: said for place, said in answers.items() if said in fields}
    settled = set(answers)
    names = [heading_key(heading[place]) if place < len(heading) else "" for place in range(width)]
    for place, name in enumerate(names):
        said = remembered.get(name, "") if name else ""
        if place not in settled and said:
            settled.add(place)
            if said in fields and said not in meanings.values():
                meanings[place] = said
    for place, name in enumerate(names):
        for one in fields.values():
            if place in settled or name not in one.headings or one.key in meanings.values():
                continue
            meanings[place] = one.key
            settled.add(place)
    there = set(meanings.values())
    lacking = {key for wanted in NEEDED[kind] if not wanted & there for key in wanted}
    columns = []
    for place, name in enumerate(names):
        cells = [row[place] for row in body if place < len(row) and row[place]]
        if not name and not cells:
            continue
        left = [fields[key] for key in fields if key not in meanings.values()]
        is_open = place not in settled and bool(cells)
        candidates = _likely(name, cells, left, lacking) if is_open else ()
        columns.append(
            SheetColumn(
                place=place,
                heading=(heading[place] if place < len(heading) else "")[:LONGEST_HEADING],
                sample=cells[0][:LONGEST_SAMPLE] if cells else "",
                meaning=meanings.get(place, ""),
                is_asked=bool(candidates),
                candidates=tuple(candidates),
            )
        )
    return tuple(columns)


def _likely(
    name: str, cells: Sequence[str], left: Sequence[SheetField], lacking: Collection[str]
) -> list[str]:
    """Returns the fields that a column may be: those whose headings share a word with its own; where
    most of its cells are dates, those that are dates; otherwise those that the sheet lacks.
    """
    words = {word for word in name.split() if len(word) > 2}  # noqa: PLR2004 - "de", "of"
    looked_at = cells[:LOOKED_AT]
    dated = sum(bool(dates_meant(cell)) for cell in looked_at) * 2 >= len(looked_at) > 0
    return [
        one.key
        for one in left
        if (one.is_date and dated)
        or (one.key in lacking and not dated)
        or any(words & set(heading.split()) for heading in one.headings)
    ]
