"""The plan of a work table as the paper that is printed as PDF."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from app.followup.agreements.exports import names_of
from app.followup.plans.rules import blocks, lacks
from app.followup.plans.values import MemberView, PlanState, PlanView, TableView
from app.infra.language import counting, date_text, translate
from app.kernel.reference import reference_day
from app.kernel.text import Language, LocalizedText
from app.people.directory.rules.people import sort_key
from app.planning.arranging.wording import GENDER_MARKERS
from app.web.render import short_day_text


@dataclass(frozen=True)
class PaperMembers:
    """A country with its institutions at the table."""

    country: str
    members: tuple[MemberView, ...]


def paper_of_table(
    table: TableView,
    *,
    countries: Mapping[str, LocalizedText],
    funds: Mapping[str, LocalizedText],
    language: Language,
    today: date,
    address: str,
) -> Mapping[str, Any]:
    """Returns what `plans/print.html` needs: the plan as it would be submitted, or as it was.

    `countries`: names by code; `funds`: names of the sources of funds by slug; `address`: the public
    address of the site.
    """
    activities = table.plan.activities
    seated = {one.country for one in table.members}
    names = {code: name.in_(language) for code, name in countries.items() if code in seated}
    return {
        "lang": language,
        "_": partial(translate, language),
        "ngettext": counting(language),
        "plan": table.plan,
        "stands": _stands(table.plan, language),
        "period": period_of((one.due for one in activities), language),
        "incomplete": [
            one.paragraph.number for one in activities if any(blocks(lack) for lack in lacks(one))
        ]
        if table.plan.state is PlanState.DRAFT
        else [],
        "mainstreamed": sum(
            bool(one.activity and one.activity.gender_marker) for one in activities
        ),
        "countries": [
            PaperMembers(name, tuple(one for one in table.members if one.country == code))
            for code, name in sorted(names.items(), key=lambda pair: sort_key(pair[1]))
        ],
        "funds": {slug: name.in_(language) for slug, name in funds.items()},
        "members": len(table.members),
        "markers": GENDER_MARKERS.values(),
        "who": partial(names_of, language=language),
        "short_day": lambda on: short_day_text(on, "yMMMd", language),
        "made_on": date_text(language, today),
        "url": f"{address}/work-tables/{table.plan.work_table_id}",
    }


def period_of(days: Iterable[date | None], language: Language) -> str:
    """Returns "June 2027 through May 2028", from the first to the last day that something is due;
    "" where nothing is.
    """
    known = sorted(day for day in days if day is not None)
    if not known:
        return ""
    first, last = month_text(known[0], language), month_text(known[-1], language)
    if first == last:
        return capital(first)
    return capital(translate(language, "%(first)s through %(last)s", first=first, last=last))


def month_text(on: date, language: Language) -> str:
    """Returns "June 2027"."""
    return short_day_text(on, "yMMMM", language)


def capital(text: str) -> str:
    """Returns the text with a capital at its beginning, because Spanish months have none."""
    return text[:1].upper() + text[1:]


def _stands(plan: PlanView, language: Language) -> list[str]:
    """Returns how far the plan is, one sentence for each step that was taken."""
    if plan.state is PlanState.DRAFT:
        return [translate(language, "Draft, not submitted.")]
    sentences = []
    if plan.submitted:
        day = reference_day(plan.submitted.at)
        sentences.append(translate(language, "Submitted on %(day)s.", day=day))
    if plan.validated:
        sentences.append(
            translate(
                language,
                "Validated on %(day)s by %(decision)s.",
                day=reference_day(plan.validated.at),
                decision=plan.decision_ref,
            )
        )
    return sentences
