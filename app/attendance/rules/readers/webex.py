"""Webex: one row a connection, tab separated UTF-16, the meeting's own data repeated in each row."""

from collections.abc import Sequence

from app.attendance.rules.readers.stays import report_of
from app.attendance.rules.readers.tables import Row, tables
from app.attendance.rules.readers.times import Around
from app.attendance.values import Provider, Report

COLUMNS = {
    "name": frozenset({"display name", "attendee name", "participant name", "nombre para mostrar", "nombre mostrado",
                       "nombre del asistente", "nombre del participante"}),
    "first": frozenset({"first name", "nombre"}),
    "last": frozenset({"last name", "apellidos", "apellido"}),
    "email": frozenset({"attendee email", "participant email", "email address", "correo electronico del asistente",
                        "direccion de correo electronico del asistente", "correo electronico del participante"}),
    "joined": frozenset({"join time", "hora de incorporacion", "hora de entrada", "hora de union",
                         "hora de acceso"}),
    "left": frozenset({"leave time", "hora de salida", "hora de abandono"}),
    "length": frozenset({"attendance duration", "duracion de la asistencia", "duracion de asistencia"}),
    "connection": frozenset({"connection type", "tipo de conexion"}),
}  # fmt: skip


def read(rows: Sequence[Row], around: Around) -> Report | None:
    """None when it is no report of Webex."""
    found = list(tables(rows, COLUMNS, frozenset({"name", "joined", "length"})))
    return report_of(Provider.WEBEX, found, around) if found else None
