"""Webex: one row a connection, tab separated UTF-16, the meeting's or event's own data repeated in
each row.

Meetings have a display name, events only a "Name"; hours may be written as formulas, ="2026-12-10
09:00:00".
"""

from collections.abc import Sequence

from app.participation.attendance.rules.readers.tables import Around, Row, report_of, tables
from app.participation.attendance.values import ParticipantReport, ReportProvider

COLUMNS = {
    "name": frozenset(
        {
            "display name",
            "name",
            "attendee name",
            "participant name",
            "nombre para mostrar",
            "nombre mostrado",
            "nombre del asistente",
            "nombre del participante",
        }
    ),
    "first": frozenset({"first name", "nombre"}),
    "last": frozenset({"last name", "apellidos", "apellido"}),
    "email": frozenset(
        {
            "attendee email",
            "participant email",
            "email address",
            "correo electronico del asistente",
            "direccion de correo electronico del asistente",
            "correo electronico del participante",
        }
    ),
    "joined": frozenset(
        {"join time", "hora de incorporacion", "hora de entrada", "hora de union", "hora de acceso"}
    ),
    "left": frozenset({"leave time", "hora de salida", "hora de abandono"}),
    "length": frozenset(
        {"attendance duration", "duracion de la asistencia", "duracion de asistencia"}
    ),
    "connection": frozenset({"connection type", "tipo de conexion"}),
}


def read(rows: Sequence[Row], around: Around) -> ParticipantReport | None:
    """Returns None when it is no report of Webex."""
    own_tables = [
        one
        for one in tables(rows, COLUMNS, frozenset({"joined", "length"}))
        if one.has("name") or one.has("first")
    ]
    return report_of(ReportProvider.WEBEX, own_tables, around) if own_tables else None
