"""Words of the sheets of earlier years."""

from datetime import date

from app.infra.language import say, translate
from app.kernel.days import WrittenDate
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText
from app.office.history.rules.columns import fields_of_kind
from app.office.history.values import ImportKind, JudgedRow, Label
from app.web.render import short_day_text

KINDS = {
    ImportKind.EVENTS: N_("Events"),
    ImportKind.ROSTER: N_("Who served"),
    ImportKind.ATTENDANCE: N_("Attendance"),
    ImportKind.CERTIFICATES: N_("Certificates"),
    ImportKind.AGREEMENTS: N_("Agreements"),
}
WHAT_A_ROW_IS = {
    ImportKind.EVENTS: N_(
        "One event in each row: its date, as exactly as you know it, and its title. A year alone is "
        "enough."
    ),
    ImportKind.ROSTER: N_(
        "One person in one post in each row: name, institution, post, since when, and the last day "
        "where they have left."
    ),
    ImportKind.ATTENDANCE: N_(
        "One person at one event in each row. The event is on record already, and is found by its "
        "title or its date."
    ),
    ImportKind.CERTIFICATES: N_(
        "One certificate in each row: who, which course, and when. It counts as recognised, apart "
        "from those that the platform issues. What the secretariat brings in, and your own, waits "
        "until the focal point of the country, or another one, accepts it."
    ),
    ImportKind.AGREEMENTS: N_(
        "One agreement in each row, with its event, who answers for it and where it stands."
    ),
}


def label_of(label: Label, language: Language) -> str:
    """Returns what stands on a button."""
    if isinstance(label, Sentence):
        return say(language, label)
    if isinstance(label, LocalizedText):
        return label.in_(language)
    return short_day_text(label, "yMMMd", language) if isinstance(label, date) else label


def written_date(when: WrittenDate, language: Language) -> str:
    """Returns a date as exactly as it is known: "14 mar 2023", "mar 2023", "2023"."""
    if when.day is None:
        skeleton = "yMMM" if "-" in when.found else "y"
        return short_day_text(when.earliest, skeleton, language)
    first = short_day_text(when.day, "yMMMd", language)
    if not when.ends:
        return first
    return f"{first} – {short_day_text(date.fromisoformat(when.ends), 'yMMMd', language)}"


def cells_of(row: JudgedRow, kind: ImportKind, language: Language) -> list[str]:
    """Returns what tables show of a row: what was understood, or else the words of its cells."""
    cells = []
    for field in fields_of_kind(kind).values():
        if field.is_shown:
            said = row.read.get(field.key, row.line[field.key])
            if field.key == "name" and not said:
                said = " ".join(filter(None, (row.line["first"], row.line["last"])))
            is_date = isinstance(said, WrittenDate)
            cells.append(written_date(said, language) if is_date else label_of(said, language))
    return cells


def headings_of(kind: ImportKind, language: Language) -> list[str]:
    return [
        translate(language, field.label)
        for field in fields_of_kind(kind).values()
        if field.is_shown
    ]
