"""Sheets to download and fill in: one for each kind, with people who do not exist."""

from datetime import datetime

from app.infra.body import current_body
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
            "title": N_("Webinar: first steps for new officials"),
            "kind": N_("Webinar"),
            "mode": N_("Online"),
        },
        {
            "on": "16/08/2022",
            "until": "18/08/2022",
            "title": N_("Workshop on interviews"),
            "kind": N_("Workshop"),
            "mode": N_("In person"),
            "place": "Villa Ejemplo",
        },
        {"on": "2019", "title": N_("First meeting of the network"), "kind": N_("Meeting")},
    ),
    ImportKind.ROSTER: (
        {
            "name": "Ana Lucía Ejemplo Muñoz",
            "institution": "Instituto Nacional de Ejemplo",
            "post": N_("Liaison officer"),
            "from": "01/02/2021",
            "until": "30/06/2023",
        },
        {
            "name": "Óscar Ejemplo Ñáñez",
            "email": "oscar@example.org",
            "institution": "Instituto Nacional de Ejemplo",
            "post": N_("Liaison officer"),
            "from": "01/07/2023",
        },
    ),
    ImportKind.ATTENDANCE: (
        {
            "on": "14/03/2023",
            "event": N_("Webinar: first steps for new officials"),
            "name": "Ana Lucía Ejemplo Muñoz",
            "hours": "1.5",
        },
    ),
    ImportKind.CERTIFICATES: (
        {
            "name": "Ana Lucía Ejemplo Muñoz",
            "course": N_("Introduction for new officials"),
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
    """Returns the headings and some rows, in a language, of people of the body's first country."""
    country = next(iter(current_body().country_names.values())).in_(language)
    fields = [one for one in fields_of_kind(kind).values() if one.key not in LEFT_OUT]
    heading = [translate(language, one.label) for one in fields]
    return [
        heading,
        *(
            [_cell(row.get(one.key, ""), language) for one in fields]
            for row in ({"country": country, **each} for each in EXAMPLES[kind])
        ),
    ]


def _cell(words: str, language: Language) -> str:
    return words and translate(language, words)


def example_sheet(kind: ImportKind, language: Language, ending: str, *, made_at: datetime) -> bytes:
    """Returns the example as XLSX, or as CSV for an office without a spreadsheet program."""
    heading, *rows = example_rows(kind, language)
    if ending == "csv":
        return csv_of([heading, *rows])
    page = SheetPage(translate(language, KINDS[kind]), heading, rows, widths=[24] * len(heading))
    return workbook([page], made_at=made_at)
