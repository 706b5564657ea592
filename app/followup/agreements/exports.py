"""The list of agreements as a workbook."""

from collections.abc import Sequence
from datetime import date, datetime

from app.followup.agreements.values import AgreementView, ResponsibleView
from app.followup.agreements.wording import BODIES, STATUSES, VERBS
from app.infra.language import translate
from app.infra.sheets import SheetPage, workbook
from app.kernel.text import N_, Language

COLUMNS = (
    N_("Meeting"),
    N_("Paragraph"),
    N_("Agreement (Spanish)"),
    N_("Agreement (English)"),
    N_("What it provides"),
    N_("Who answers"),
    N_("Due on"),
    N_("Overdue"),
    N_("Status"),
    N_("Evidence"),
    N_("Section of the Guidelines"),
)
YES, NO = N_("yes"), N_("no")
WIDTHS = (34, 10, 60, 60, 14, 40, 12, 10, 20, 50, 16)


def sheet_of(
    agreements: Sequence[AgreementView],
    *,
    language: Language,
    today: date,
    made_at: datetime,
    mark: str,
) -> bytes:
    """Returns the list as XLSX in the reader's language."""
    page = SheetPage(
        translate(language, "Agreements"),
        tuple(translate(language, one) for one in COLUMNS),
        [_row(one, language, today) for one in agreements],
        widths=WIDTHS,
    )
    return workbook([page], made_at=made_at, mark=mark)


def names_of(responsible: Sequence[ResponsibleView], language: Language) -> str:
    return ", ".join(
        translate(language, BODIES[one.kind]) if one.kind in BODIES else one.name.in_(language)
        for one in responsible
    )


def _row(one: AgreementView, language: Language, today: date) -> tuple[str | date | None, ...]:
    evidence = " ".join(part for part in (one.evidence, one.evidence_url) if part)
    return (
        one.event_title.in_(language),
        str(one.paragraph),
        one.text["es"],
        one.text["en"],
        translate(language, VERBS[one.verb]),
        names_of(one.responsible, language),
        one.due,
        translate(language, YES if one.is_overdue(today) else NO),
        translate(language, STATUSES[one.status]),
        evidence,
        one.section,
    )
