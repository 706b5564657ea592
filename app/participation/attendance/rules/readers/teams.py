"""Microsoft Teams: the report in three numbered sections, the one before it with a single table,
and the first of all, which is a log of who joined and who left.

The activities of the third section are the connections. Where they are missing, the first join and
the last leave embrace absences, so the length that Teams states is what counts.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.participation.attendance.rules.readers.tables import (
    LONGEST_NAME,
    Around,
    Line,
    ReportTable,
    Row,
    address_of,
    folded,
    instants,
    report_of,
    tables,
)
from app.participation.attendance.values import ParticipantReport, ReportProvider, Span, Stay

PEOPLE = {
    "name": frozenset({"name", "full name", "nombre", "nombre completo"}),
    "email": frozenset(
        {"email", "correo electronico", "correo", "direccion de correo electronico"}
    ),
    "upn": frozenset(
        {
            "participant id (upn)",
            "id. de participante (upn)",
            "id de participante (upn)",
            "identificador de participante (upn)",
        }
    ),
    "role": frozenset({"role", "rol", "funcion"}),
}
TOTALS = PEOPLE | {
    "joined": frozenset(
        {
            "first join",
            "first join time",
            "primera union",
            "primera conexion",
            "primer acceso",
            "primera entrada",
            "primera incorporacion",
            "hora de primera union",
        }
    ),
    "left": frozenset(
        {
            "last leave",
            "last leave time",
            "ultima salida",
            "ultimo abandono",
            "ultima desconexion",
            "hora de ultima salida",
        }
    ),
    "length": frozenset(
        {
            "in-meeting duration",
            "duration",
            "duracion",
            "duracion en la reunion",
            "duracion de la reunion",
            "tiempo en la reunion",
        }
    ),
}
ACTIVITIES = PEOPLE | {
    "joined": frozenset(
        {
            "join time",
            "hora de union",
            "hora de incorporacion",
            "hora de entrada",
            "hora de conexion",
        }
    ),
    "left": frozenset({"leave time", "hora de salida", "hora de abandono", "hora de desconexion"}),
    "length": frozenset({"duration", "duracion"}),
}
LOG = {
    "name": frozenset({"full name", "nombre completo"}),
    "action": frozenset({"user action", "accion del usuario", "accion de usuario"}),
    "at": frozenset({"timestamp", "marca de tiempo", "marca temporal", "hora"}),
}
TIMES = frozenset({"name", "joined", "left"})
WHOLE_NAMES = LOG["name"]
DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
A_CLOCK = re.compile(r"\d{1,2}:\d{2}")
SECTIONS = (
    "meeting summary",
    "1. summary",
    "2. participants",
    "3. in-meeting activities",
    "resumen de la reunion",
    "1. resumen",
    "2. participantes",
    "3. actividades",
)
CAME = (
    "join",
    "unio",
    "se unio",
    "unido",
    "se ha unido",
    "entro",
    "entrada",
    "ingres",
    "se incorpor",
    "incorpor",
    "conect",
    "se conect",
)
LEFT = (
    "left",
    "leave",
    "sali",
    "ha salido",
    "abandon",
    "se fue",
    "se ha ido",
    "se retir",
    "desconect",
    "se desconect",
)


def read(rows: Sequence[Row], around: Around) -> ParticipantReport | None:
    """Returns None when it is no report of Teams."""
    rows = [_joined(row) for row in rows]
    log = list(tables(rows, LOG, frozenset(LOG)))
    if log:
        return _of_log(log, around)
    if not _is_its_own(rows):
        return None
    activities = [_addressed(table) for table in tables(rows, ACTIVITIES, TIMES)]
    if any(table.lines for table in activities):
        return report_of(ReportProvider.TEAMS, activities, around)
    totals = [_addressed(table) for table in tables(rows, TOTALS, TIMES)]
    return report_of(ReportProvider.TEAMS, totals, around, is_total=True) if totals else None


def _is_its_own(rows: Sequence[Row]) -> bool:
    """Recognises Teams by its sections, by the participant's id, or by how it calls the whole name
    beside a length: who leaves the columns of addresses out leaves those out too.
    """
    if any(row and folded(row[0]).startswith(SECTIONS) for row in rows[:60]) or _has_upn(rows):
        return True
    return any(
        folded(table.heading["name"]) in WHOLE_NAMES and table.has("length")
        for columns in (ACTIVITIES, TOTALS)
        for table in tables(rows[:60], columns, TIMES)
    )


def _joined(row: Row) -> Row:
    """Joins a day and its hour into one cell again, where the file was written with commas and
    without quotes: “12/10/26, 8:50:00 AM” has a comma of its own.
    """
    cells: list[str] = []
    for cell in row:
        if cells and DAY.fullmatch(cells[-1]) and A_CLOCK.match(cell):
            cells[-1] = f"{cells[-1]}, {cell}"
        else:
            cells.append(cell)
    return cells


def _has_upn(rows: Sequence[Row]) -> bool:
    return any(folded(cell) in PEOPLE["upn"] for row in rows[:60] for cell in row)


def _addressed(table: ReportTable) -> ReportTable:
    """Returns the table with the participant's id as the address where there is none: for people of
    the organizer's own institution the id is an address.
    """
    lines = (Line({**line.cells, "email": address_of(line) or line["upn"]}) for line in table.lines)
    return ReportTable(table.heading, tuple(lines))


def _of_log(log: Sequence[ReportTable], around: Around) -> ParticipantReport:
    """Pairs joining with leaving; who never left was there until the last thing that happened, or
    until the end.
    """
    stays: list[Stay] = []
    skipped = 0
    for table in log:
        moments = instants(
            [line["at"] for line in table.lines], around, heading=table.heading["at"]
        )
        by_name: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
        for line, at in zip(table.lines, moments, strict=True):
            action = folded(line["action"])
            if at is None or not line["name"] or not action.startswith(CAME + LEFT):
                skipped += 1
            else:
                by_name[line["name"][:LONGEST_NAME]].append((at, action.startswith(CAME)))
        last = max([at for at in moments if at is not None], default=around.ends_at)
        for name, moves in by_name.items():
            stays.extend(Stay(name, "", span) for span in _pairs(moves, max(last, around.ends_at)))
    return ParticipantReport(ReportProvider.TEAMS, tuple(stays), skipped)


def _pairs(moves: list[tuple[datetime, bool]], last: datetime) -> Iterator[Span]:
    opened: datetime | None = None
    for at, came in sorted(moves):
        if came:
            opened = opened or at
        elif opened is not None:
            yield Span(opened, at)
            opened = None
    if opened is not None:
        yield Span(opened, max(opened, last))
