"""Sheets to download and fill in: one for each kind, with people who do not exist."""

from datetime import datetime

from app.infra.language import translate
from app.infra.sheets import SheetPage, csv_of, workbook
from app.kernel.text import N_, Language
from app.office.history.rules.columns import fields_of_kind
from app.office.history.values import ImportKind
from app.office.history.wording import KINDS

EXAMPLES: dict[ImportKind, tuple[dict[str, str], ...]] = {
    ImportKind.EVENTS: (
        {
            "on": "14/03/2023",
            "title": N_("Webinar: a gender perspective at the border"),
            "kind": N_("Webinar"),
            "mode": N_("Online"),
        },
        {
            "on": "16/08/2022",
            "until": "18/08/2022",
            "title": N_("Workshop on consular protection"),
            "kind": N_("Workshop"),
            "mode": N_("In person"),
            "place": "San José",
        },
        {"on": "2019", "title": N_("First meeting of the network"), "kind": N_("Meeting")},
    ),
    ImportKind.ROSTER: (
        {
            "name": "Ana Lucía Ejemplo Muñoz",
            "country": "Honduras",
            "institution": "Instituto Nacional de Migración",
            "post": N_("Protection officer"),
            "from": "01/02/2021",
            "until": "30/06/2023",
        },
        {
            "name": "Óscar Ejemplo Ñáñez",
            "email": "oscar@example.org",
            "country": "Honduras",
            "institution": "Instituto Nacional de Migración",
            "post": N_("Protection officer"),
            "from": "01/07/2023",
        },
    ),
    ImportKind.ATTENDANCE: (
        {
            "on": "14/03/2023",
            "event": N_("Webinar: a gender perspective at the border"),
            "name": "Ana Lucía Ejemplo Muñoz",
            "country": "Honduras",
            "hours": "1.5",
        },
    ),
    ImportKind.CERTIFICATES: (
        {
            "name": "Ana Lucía Ejemplo Muñoz",
            "country": "Honduras",
            "course": N_("Guidelines on a gender perspective"),
            "on": "30/06/2023",
            "hours": "12",
        },
    ),
    ImportKind.AGREEMENTS: (
        {
            "event": N_("First meeting of the network"),
            "on": "2019",
            "number": "1",
            "text": N_("Exchange the contact data of the network twice a year."),
            "responsible": N_("Secretariat"),
            "due": "31/12/2020",
            "status": N_("Fulfilled"),
        },
    ),
}
LEFT_OUT = ("first", "last", "second", "minutes")
"""Fields that an example says in another column."""


def example_rows(kind: ImportKind, language: Language) -> list[list[str]]:
    """Returns the headings and some rows, in a language."""
    fields = [one for one in fields_of_kind(kind).values() if one.key not in LEFT_OUT]
    heading = [translate(language, one.label) for one in fields]
    return [
        heading,
        *(
            [translate(language, row[one.key]) if row.get(one.key) else "" for one in fields]
            for row in EXAMPLES[kind]
        ),
    ]


def example_sheet(kind: ImportKind, language: Language, ending: str, *, made_at: datetime) -> bytes:
    """Returns the example as XLSX, or as CSV for an office without a spreadsheet program."""
    heading, *rows = example_rows(kind, language)
    if ending == "csv":
        return csv_of([heading, *rows])
    page = SheetPage(translate(language, KINDS[kind]), heading, rows, widths=[24] * len(heading))
    return workbook([page], made_at=made_at)
