"""Spreadsheets as offices really have them, made by hand over years: a title above the heading, merged
cells, hidden columns, totals at the foot, dates in three styles, two surnames and accents.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter

Rows = Sequence[Sequence[object]]


def xlsx(rows: Rows, *, merged: Mapping[str, object] | None = None, hidden: str = "") -> bytes:
    """Returns a workbook of two sheets. `merged`: text by range ("A4:A6"); `hidden`: a column."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Datos")
        book.add_worksheet("Notas").write(0, 0, "no se lee")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    instant = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day
                    sheet.write_datetime(number, place, instant, day)
                elif cell != "":
                    sheet.write(number, place, cell)
        for cells, text in (merged or {}).items():
            sheet.merge_range(cells, text)
        if hidden:
            sheet.set_column(f"{hidden}:{hidden}", None, None, {"hidden": True})
    return buffer.getvalue()


EVENTS = xlsx(
    [
        ["RED DE OFICIALES DE ENLACE: EVENTOS 2019-2023"],
        [],
        ["N.º", "Fecha", "Tema", "Tipo", "Grupo", "Lugar", "Costo"],
        [
            1,
            date(2023, 3, 14),
            "Webinar: enfoque de género en frontera",
            "Webinar",
            "Protección",
            "",
            10,
        ],
        [
            2,
            "16-18 de agosto de 2022",
            "Taller de protección consular",
            "Taller",
            "",
            "San José",
            900,
        ],
        [3, "mar-21", "Reunión técnica sobre migración laboral", "Reunión", "", "", ""],
        [4, 2019, "Primera reunión de la Red", "", "", "Ciudad de Guatemala", ""],
        [5, "", "Encuentro sin fecha conocida", "Reunión", "", "", ""],
        [6, "31/02/2022", "Capacitación a consulados", "Capacitación", "", "", ""],
        [7, "03/04/22", "Mesa sobre niñez migrante", "Reunión", "", "", ""],
        [8, date(2023, 3, 14), "Webinar: Enfoque de Genero en Frontera", "Webinar", "", "", ""],
        ["", "", "TOTAL", "", "", "", 910],
    ],
    hidden="G",
)
"""Nine rows: two can only be read once somebody answers, one says what an earlier one says, one is a
total.
"""

ROSTER = xlsx(
    [
        ["Personal de enlace de Honduras, actualizado a mano"],
        ["País", "Apellidos", "Nombres", "Dependencia", "Cargo", "Ingreso", "Salida", "Cédula"],
        [
            "",
            "Zúñiga Ñáñez",
            "Suyapa",
            "Dirección de Migración",
            "Oficial de enlace",
            "01/02/2019",
            "30/06/2021",
            "x",
        ],
        [
            "",
            "Turcios Ochoa",
            "Raúl",
            "Dirección de Migración",
            "Oficial de enlace",
            "2021-07-01",
            "",
            "x",
        ],
        ["", "Bonilla", "Keidy", "Dir. de Migración", "Analista", "15 de enero de 2020", "", "x"],
        ["", "Madrid Fúnez", "Óscar", "Secretaría de la Mujer", "Jefe", 2018, "", "x"],
        ["Guatemala", "Ajena", "Persona", "Cancillería", "Jefa", "01/02/2019", "", "x"],
        ["Honduras", "TOTAL", "", "", "", "", "", ""],
    ],
    merged={"A3:A6": "Honduras"},
    hidden="H",
)
"""Six rows for Honduras, whose country stands in one merged cell: two people may be meant by one, a
year alone stands for a day, two institutions are written otherwise or not known; one row is another
country's, and one is a total.
"""

ATTENDANCE = xlsx(
    [
        ["Asistencia 2019-2023"],
        ["Fecha del evento", "Evento", "Nombre", "Pais", "HORAS", "Firma", "Correo"],
        ["", "", "Suyapa Zúñiga Ñáñez", "Honduras", 2.5, "x", ""],
        ["", "", "Turcios Ochoa, Raúl", "Honduras", "2,5", "x", ""],
        ["", "", "Keidy Bonilla", "Honduras", "1:30", "x", ""],
        ["2019", "Primera reunion de la red", "Óscar Madrid Fúnez", "Honduras", "", "x", ""],
        ["16/08/2022", "", "Ana de Guatemala López", "Guatemala", 8, "", "ana@example.org"],
        ["01/12/2020", "Un evento que no consta", "Suyapa Zúñiga Ñáñez", "Honduras", 1, "", ""],
        ["", "", "TOTAL", "", 14.5, "", ""],
    ],
    merged={"A3:A5": "14/03/2023", "B3:B5": "Webinar: enfoque de género en frontera"},
    hidden="F",
)
CERTIFICATES = xlsx(
    [
        ["Apellidos y nombre", "País", "Curso", "F. certificado", "Duración (horas)"],
        ["Zúñiga Ñáñez, Suyapa", "Honduras", "Lineamientos regionales", date(2023, 6, 30), 12],
        ["Turcios Ochoa, Raúl", "Honduras", "Lineamientos regionales", "15 de julio de 2023", "12"],
        ["Ucles Ortega, Fátima", "Honduras", "Lineamientos regionales", 2022, 12],
        ["Zúñiga Ñáñez, Suyapa", "Honduras", "Lineamientos regionales", "2023-06-30", 12],
        ["TOTAL", "", "", "", 48],
    ]
)
AGREEMENTS = xlsx(
    [
        ["Evento", "Fecha", "N.º", "Acuerdo", "Responsable", "Plazo", "Estado"],
        [
            "",
            "",
            1,
            "Intercambiar los contactos de la Red.",
            "Honduras y Guatemala",
            "31/12/2019",
            "Cumplido",
        ],
        [
            "",
            "",
            "2(a)",
            "Preparar una guía común.",
            "Secretaría Ejecutiva",
            "dic-2020",
            "En proceso",
        ],
        ["", "", "", "Convocar a la segunda reunión.", "Presidencia Pro Tempore", "", ""],
        [
            "Encuentro sin fecha conocida",
            "",
            1,
            "Revisar el directorio.",
            "Comité Ad Hoc",
            "",
            "Pendiente",
        ],
        ["TOTAL", "", "", "", "", "", ""],
    ],
    merged={"A2:A4": "Primera reunión de la Red", "B2:B4": "2019"},
)
