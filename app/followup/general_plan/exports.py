"""The general plan as a workbook, as CSV and as the paper that is printed as PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from app.followup.agreements.exports import names_of
from app.followup.agreements.wording import STATUSES
from app.followup.general_plan.rules import PlanProgress, due_in, months_of, progress_of
from app.followup.plans.exports import capital, month_text, period_of
from app.followup.plans.values import GeneralPlan, PlannedActivity, PlanState, PlanView
from app.infra.language import counting, date_text, translate
from app.infra.sheets import Cell, SheetPage, csv_of, workbook
from app.kernel.reference import reference_day
from app.kernel.text import N_, Language
from app.planning.arranging.wording import GENDER_MARKERS
from app.planning.cycles.queries import EditionLine
from app.web.render import short_day_text

COLUMNS = (
    N_("No."),
    N_("Work table"),
    N_("Activity (Spanish)"),
    N_("Activity (English)"),
    N_("Who answers"),
    N_("Due on"),
    N_("Indicator"),
    N_("Target"),
    N_("Gender marker"),
    N_("Section of the Guidelines"),
    N_("Partners"),
    N_("Status"),
)
WIDTHS = (6, 30, 60, 60, 36, 12, 36, 16, 14, 16, 30, 20)


def rows_of_plan(plan: GeneralPlan, *, language: Language) -> list[tuple[Cell, ...]]:
    """Returns the heading and a row for each activity, in the reader's language."""
    heading: tuple[Cell, ...] = tuple(translate(language, one) for one in COLUMNS)
    return [heading, *(_row(one, language) for one in plan.activities)]


def sheet_of_plan(plan: GeneralPlan, *, language: Language, made_at: datetime, mark: str) -> bytes:
    """Returns the plan as XLSX, with who took it along and when."""
    heading, *rows = rows_of_plan(plan, language=language)
    page = SheetPage(
        title=translate(language, "General work plan"),
        heading=[str(one) for one in heading],
        rows=rows,
        widths=WIDTHS,
    )
    return workbook([page], made_at=made_at, mark=mark)


def csv_of_plan(plan: GeneralPlan, *, language: Language, mark: str) -> bytes:
    """Returns the plan as CSV; days as in ISO 8601."""
    lines = [
        [cell.isoformat() if isinstance(cell, date) else cell for cell in row]
        for row in rows_of_plan(plan, language=language)
    ]
    return csv_of(lines, mark=mark)


@dataclass(frozen=True)
class PaperTable:
    """A validated plan with its numbered activities."""

    plan: PlanView
    activities: tuple[PlannedActivity, ...]


@dataclass(frozen=True)
class PaperMonth:
    name: str
    activities: tuple[PlannedActivity, ...]


def paper_of_plan(
    plan: GeneralPlan,
    edition: EditionLine,
    *,
    language: Language,
    today: date,
    address: str,
) -> Mapping[str, Any]:
    """Returns what `general_plan/print.html` needs. `address` is the public address of the site."""
    return {
        "lang": language,
        "_": partial(translate, language),
        "ngettext": counting(language),
        "edition": edition,
        "plan": plan,
        "progress": progress_of(plan, today),
        "period": period_of((one.activity.due for one in plan.activities), language),
        "tables": [
            PaperTable(table, tuple(one for one in plan.activities if one.plan.id == table.id))
            for table in plan.tables
            if table.state is PlanState.VALIDATED
        ],
        "missing": [one for one in plan.tables if one.state is not PlanState.VALIDATED],
        "months": [
            PaperMonth(capital(month_text(month, language)), due)
            for month in months_of(one.activity.due for one in plan.activities if one.activity.due)
            if (due := due_in(plan, month))
        ],
        "markers": GENDER_MARKERS.values(),
        "statuses": STATUSES,
        "who": partial(names_of, language=language),
        "codes": codes_of,
        "short_day": lambda on: short_day_text(on, "yMMMd", language),
        "reference_day": reference_day,
        "is_overdue": lambda one: one.activity.is_overdue(today),
        "made_on": date_text(language, today),
        "url": f"{address}/editions/{edition.slug}/general-plan",
    }


def codes_of(one: PlannedActivity) -> str:
    """Returns the codes of the countries that answer, "HN MX"; "" where only bodies do."""
    return " ".join(sorted(one.activity.countries))


def figures_of(progress: PlanProgress) -> Sequence[tuple[str, str, int]]:
    """Returns mark, words and number of each part of the progress that is not empty."""
    parts = (
        ("good", N_("Finished activities"), progress.done),
        ("bad", N_("Past their day"), progress.overdue),
        ("todo", N_("To come"), progress.to_come),
        ("draft", N_("Dropped"), progress.dropped),
    )
    return [part for part in parts if part[2] or part[0] in ("good", "todo")]


def _row(one: PlannedActivity, language: Language) -> tuple[Cell, ...]:
    activity, part = one.activity, one.activity.activity
    return (
        one.number,
        one.plan.theme.in_(language),
        activity.text["es"],
        activity.text["en"],
        names_of(activity.responsible, language),
        activity.due,
        part.indicator if part else "",
        part.target if part else "",
        None if part is None or part.gender_marker is None else int(part.gender_marker),
        activity.section,
        ", ".join(part.partners) if part else "",
        translate(language, STATUSES[activity.status]),
    )
