"""Google Meet: one row a person, with the first joining, the last leaving and the length in between
that counts.

Times may be bare hours; the day is then the event's.
"""

from collections.abc import Sequence

from app.participation.attendance.rules.readers.tables import (
    Around,
    ReportTable,
    Row,
    folded,
    report_of,
    tables,
)
from app.participation.attendance.values import ParticipantReport, ReportProvider

COLUMNS = {
    "first": frozenset({"first name", "nombre", "nombre de pila"}),
    "last": frozenset({"last name", "apellidos", "apellido"}),
    "name": frozenset(
        {
            "name",
            "full name",
            "participant name",
            "nombre completo",
            "nombre del participante",
            "attendee",
            "participante",
        }
    ),
    "email": frozenset(
        {
            "email",
            "email address",
            "correo electronico",
            "direccion de correo electronico",
            "correo",
        }
    ),
    "length": frozenset(
        {
            "duration",
            "duracion",
            "attended duration",
            "call duration",
            "time in call",
            "tiempo en la llamada",
            "tiempo en llamada",
        }
    ),
    "joined": frozenset(
        {
            "time joined",
            "joined",
            "first joined",
            "first seen",
            "visto por primera vez",
            "primera vez visto",
            "hora a la que se unio",
            "hora de union",
            "se unio a las",
            "hora de ingreso",
            "hora de entrada",
        }
    ),
    "left": frozenset(
        {
            "time exited",
            "exited",
            "left",
            "last exited",
            "hora a la que salio",
            "hora de salida",
            "salio a las",
            "hora a la que abandono la reunion",
            "hora de finalizacion",
        }
    ),
}
ITS_OWN = frozenset(
    {
        *("time joined", "hora a la que se unio"),
        *("first seen", "visto por primera vez", "primera vez visto"),
    }
)
"""No other program says it so. The last three are of the lists that an extension of the browser
writes, which have the length of the call and no leaving.
"""


def read(rows: Sequence[Row], around: Around) -> ParticipantReport | None:
    """Returns None when it is no report of Google Meet: first and last names apart, or its own word
    for joining.
    """
    own_tables = [
        table
        for table in tables(rows, COLUMNS, frozenset({"joined", "length"}))
        if _is_its_own(table)
    ]
    return report_of(ReportProvider.MEET, own_tables, around, is_total=True) if own_tables else None


def _is_its_own(table: ReportTable) -> bool:
    is_named = table.has("name") or table.has("first")
    return table.has("first", "last") or (is_named and folded(table.heading["joined"]) in ITS_OWN)
