"""Zoom: the participants of a meeting, and the attendee report of a webinar with its blocks of
hosts and panelists.

Each connection is a row. Waiting rooms have rows of their own, which are no attendance. The list of
unique users has totals and no times: nothing can be clipped to the event, so it is refused. The
history of many meetings has the data of the meeting, and of its host, before those of each
participant.
"""

from collections.abc import Sequence

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.participation.attendance.rules.readers.tables import (
    Around,
    Line,
    ReportTable,
    Row,
    folded,
    report_of,
    tables,
)
from app.participation.attendance.values import ParticipantReport, ReportProvider

COLUMNS = {
    "name": frozenset(
        {
            "name (original name)",
            "name",
            "user name (original name)",
            "user name",
            "nombre (nombre original)",
            "nombre",
            "nombre de usuario (nombre original)",
            "nombre de usuario",
        }
    ),
    "first": frozenset({"first name", "nombre", "nombre de pila"}),
    "last": frozenset({"last name", "apellido", "apellidos"}),
    "email": frozenset(
        {
            "user email",
            "email",
            "email address",
            "correo electronico",
            "correo electronico del usuario",
            "e-mail del usuario",
            "direccion de correo electronico",
        }
    ),
    "joined": frozenset(
        {"join time", "hora de entrada", "hora para unirse", "hora de ingreso", "hora de union"}
    ),
    "left": frozenset({"leave time", "hora de salida", "hora para salir"}),
    "length": frozenset(
        {
            "duration (minutes)",
            "time in session (minutes)",
            "duracion (minutos)",
            "tiempo en la sesion (minutos)",
            "tiempo en sesion (minutos)",
        }
    ),
    "total": frozenset({"total duration (minutes)", "duracion total (minutos)"}),
    "waiting": frozenset({"in waiting room", "en sala de espera", "en la sala de espera"}),
    "attended": frozenset({"attended", "asistio"}),
}
ORIGINAL = frozenset({"name (original name)", "nombre (nombre original)"})
TOPIC = frozenset({"topic", "tema"})
YES = frozenset({"yes", "si", "true"})
NO = frozenset({"no", "false"})


class TotalsOnly(Refusal):
    kind = Kind.INVALID
    rule = "report-totals-only"
    msgid = N_(
        "This Zoom report has totals and no times. Export it again without “Show unique users”."
    )


def read(rows: Sequence[Row], around: Around) -> ParticipantReport | None:
    """Returns None when it is no report of Zoom."""
    rows = _of_participants(rows)
    own_tables = [
        _attended(_named(table))
        for table in tables(rows, COLUMNS, frozenset({"joined", "left"}))
        if _names_people(table)
    ]
    if any(table.has("length") for table in own_tables):
        return report_of(ReportProvider.ZOOM, own_tables, around)
    if any(map(_names_people, tables(rows, COLUMNS, frozenset({"total"})))):
        raise TotalsOnly
    return None


def _names_people(table: ReportTable) -> bool:
    return table.has("name") or table.has("first", "last")


def _named(table: ReportTable) -> ReportTable:
    """Returns the table with whole names where first and last names stand apart: “Nombre” is both
    in Spanish.
    """
    if not table.has("first", "last") or table.heading.get("name") not in (
        None,
        table.heading["first"],
    ):
        return table
    lines = (
        Line({**line.cells, "name": f"{line['first']} {line['last']}".strip()})
        for line in table.lines
    )
    return ReportTable(table.heading, tuple(lines))


def _of_participants(rows: Sequence[Row]) -> Sequence[Row]:
    """Returns the rows without the columns of the meeting, where a heading has both."""
    for number, row in enumerate(rows[:60]):
        words = [folded(cell) for cell in row[:40]]
        place = next((place for place, word in enumerate(words) if word in ORIGINAL), 0)
        if TOPIC & set(words[:place]):
            return [one[place:] for one in rows[number:]]
    return rows


def _attended(table: ReportTable) -> ReportTable:
    return ReportTable(table.heading, tuple(line for line in table.lines if _was_in(line)))


def _was_in(line: Line) -> bool:
    return folded(line["waiting"]) not in YES and folded(line["attended"]) not in NO
