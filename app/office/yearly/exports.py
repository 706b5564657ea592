"""The year as a workbook, with what each number means."""

from collections.abc import Sequence
from datetime import datetime

from app.infra.language import translate
from app.infra.sheets import Cell, SheetPage, workbook
from app.kernel.text import N_, Language
from app.office.yearly.values import PlanOfYear, YearReport, YearSum
from app.office.yearly.wording import (
    BESIDE_THE_PLAN,
    COURSES,
    TO_HAND_ON,
    absence_words,
    group_name,
    lead_of,
    months_in,
)

DEFINITIONS = (
    (
        N_("Planned"),
        N_(
            "Events with a date in the year that were published: held, to come and cancelled "
            "together."
        ),
    ),
    (
        N_("In the plan"),
        N_("Events that the entries of the approved annual plan foresee; empty without one."),
    ),
    (N_("Held"), N_("Published, not cancelled, and over.")),
    (
        N_("Attendances"),
        N_(
            "People on the attendance list with at least one minute, event by event: who came to "
            "two events counts twice."
        ),
    ),
    (
        N_("Events with attendance on record"),
        N_(
            "Held events with somebody on the attendance list. Countries are counted from these "
            "alone."
        ),
    ),
    (
        N_("Came to"),
        N_(
            "Events to which at least one person of the country came. People who did not agree to "
            "be counted by country are in “others”."
        ),
    ),
    (
        N_("Hidden"),
        N_(
            "Groups under five people are not shown, nor countries that share no figures, nor what "
            "would let somebody work them out."
        ),
    ),
    (
        N_("Total"),
        N_("An event of several groups stands in the row of each, and counts once in the total."),
    ),
)


def sheet_of_year(report: YearReport, *, language: Language, made_at: datetime, mark: str) -> bytes:
    """Returns the year as XLSX; `mark` says on each page who took it along and when."""

    def page(
        title: str, heading: Sequence[str], rows: Sequence[Sequence[Cell]], *widths: int
    ) -> SheetPage:
        return SheetPage(
            title=translate(language, title),
            heading=[translate(language, one) for one in heading],
            rows=[tuple(row) for row in rows],
            widths=widths,
        )

    months = list(months_in(language).values())
    sums = (
        N_("Planned"),
        N_("Held"),
        N_("Still to be held"),
        N_("Cancelled events"),
        N_("Attendances"),
    )
    by_group: list[tuple[Cell, ...]] = [
        (
            group_name(report, row.group, language),
            *(len(row.months[month]) for month in range(1, 13)),
            *_sums(row.sums),
        )
        for row in report.rows
    ]
    total: tuple[Cell, ...] = (
        translate(language, "Total"),
        *(report.months[month] for month in range(1, 13)),
        *_sums(report.sums),
    )
    events: list[tuple[Cell, ...]] = [
        (
            one.on,
            ", ".join(group_name(report, group, language) for group in one.groups or [""]),
            one.title.in_(language),
            translate(language, COURSES[one.course]),
            one.attendances if one.came is not None else "",
        )
        for one in report.events
    ]
    hidden = translate(language, "fewer than 5, or hidden with them")
    not_shared = translate(language, "not shared")
    countries: list[tuple[Cell, ...]] = []
    for one in report.countries:
        unsaid = hidden if one.is_shared else not_shared
        countries.append(
            (
                one.name.in_(language),
                unsaid if one.events is None else one.events,
                report.recorded,
                unsaid if one.attendances is None else one.attendances,
            )
        )
    others = hidden if report.others is None else report.others
    countries.append((translate(language, TO_HAND_ON), "", "", others))
    absent = [absence_words(one, report, language) for one in report.absences]
    definitions = [
        (translate(language, term), translate(language, text)) for term, text in DEFINITIONS
    ]
    of_plan = (
        N_("Entry"),
        N_("Group"),
        N_("Quarter"),
        N_("In the plan"),
        N_("Planned"),
        N_("Held"),
        N_("Cancelled events"),
        N_("Attendances"),
    )
    of_events = (N_("Day"), N_("Group"), N_("Event"), N_("Status"), N_("Attendances"))
    of_countries = (
        N_("Country"),
        N_("Came to"),
        N_("Events with attendance on record"),
        N_("Attendances"),
    )
    meanings = [("", lead_of(report, language)), *definitions]
    pages = [
        page(N_("Groups"), (N_("Group"), *months, *sums), [*by_group, total], 34),
        *(
            [page(N_("The plan"), of_plan, _entries(report.plan, report, language), 60, 34)]
            if report.plan
            else []
        ),
        page(N_("Events"), of_events, events, 12, 34, 60, 14, 14),
        page(N_("Countries"), of_countries, countries, 40, 30, 30, 30),
        page(N_("Who was absent"), (N_("Who"), N_("When")), absent, 70, 40),
        page(N_("What the numbers mean"), (N_("Number"), N_("Meaning")), meanings, 34, 110),
    ]
    return workbook(pages, made_at=made_at, mark=mark)


def _entries(plan: PlanOfYear, report: YearReport, language: Language) -> list[tuple[Cell, ...]]:
    """Returns the entries of the plan, and last what is held beside it."""
    return [
        *(
            (
                entry.title.in_(language),
                group_name(report, entry.group, language),
                entry.quarter,
                entry.foreseen,
                *_became(entry.sums),
            )
            for entry in plan.entries
        ),
        (translate(language, BESIDE_THE_PLAN), "", None, 0, *_became(plan.beside)),
    ]


def _became(sums: YearSum) -> tuple[int, int, int, int]:
    return sums.planned, sums.held, sums.cancelled, sums.attendances


def _sums(sums: YearSum) -> tuple[int, int, int, int, int]:
    return sums.planned, sums.held, sums.to_come, sums.cancelled, sums.attendances
