"""How people come to a country and go, and to the region: pages beside those of coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask import render_template
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import reading
from app.kernel.actor import Role
from app.kernel.text import name_key
from app.people.directory.rules.people import GivesNoNames
from app.training.turnover import policy, wording
from app.training.turnover.queries.movement import country_movement, region_movement
from app.training.turnover.rules import drawing, survival
from app.training.turnover.rules.forecast import DAYS_A_MONTH
from app.training.turnover.rules.separation import rate_bounds
from app.training.turnover.values import Movement, Retention, Separations, SurvivalPoint
from app.training.turnover.views.asked import course_asked, day_asked
from app.training.turnover.views.figures import bp, no_names_page
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

SIZE = (420, 130)
MONTHS = 6
"""Of how many months the drawing has a mark and the table a line."""


@dataclass(frozen=True)
class Stairs:
    """The drawing of a survival curve over so many months, and the shares at its marks."""

    chart: drawing.Chart
    months: int
    marks: Sequence[tuple[int, SurvivalPoint]]


@bp.get("/countries/<code>/movement")
@requires(policy.may_see_region)
def movement(code: str) -> str | tuple[str, int]:
    """Shows who left a country's posts and who came; to those outside, as of today alone."""
    actor = current_actor()
    today = clock.today(actor.timezone)
    on, mistake = day_asked() if policy.sees_small_cells(actor, code) else (today, "")
    try:
        with reading() as db:
            found = country_movement(
                db, actor=actor, country_code=code, on=on, course=course_asked()
            )
    except GivesNoNames:
        return no_names_page(code)
    return render_template(
        "training/turnover/movement.html",
        found=found,
        code=code,
        parts=[
            (wording.mandate_part(mandate, reader_language()), part)
            for mandate, part in found.parts
        ],
        on=found.whole.on,
        is_past=found.whole.on < today,
        mistake=mistake and _(mistake),
        sees_all=policy.sees_small_cells(actor, code),
        **_shared(found.whole),
    )


@bp.get("/region/movement")
@requires(policy.may_see_region)
def movement_of_region() -> str:
    actor = current_actor()
    on = clock.today(actor.timezone)
    with reading() as db:
        found = region_movement(db, actor=actor, on=on, course=course_asked())
    return render_template(
        "training/turnover/region_movement.html",
        found=found,
        countries=sorted(
            found.countries, key=lambda one: name_key(one[0].name.in_(reader_language()))
        ),
        on=on,
        own=actor.scopes(Role.FOCAL_POINT),
        may_open={
            one.code for one, _left in found.countries if policy.may_see_country(actor, one.code)
        },
        hides_small=not policy.sees_all_small_cells(actor),
        **_shared(found.whole),
    )


def _shared(whole: Movement) -> dict[str, object]:
    language = reader_language()
    return {
        "percent": wording.percent,
        "number": lambda value: wording.decimal(value, language),
        "short_day": lambda day: wording.short_day(day, language),
        "rate": _rate,
        "minimum": survival.MIN_DEPARTURES,
        "days_a_month": DAYS_A_MONTH,
        "meanings": wording.meanings(language),
        "stairs": _stairs(whole.retention),
    }


def _rate(found: Separations) -> tuple[int, int, int]:
    """Returns how many of 100 people leave in a year, and between which numbers it lies."""
    low, high = rate_bounds(found)
    return round(100 * (found.rate or 0)), round(100 * low), round(100 * high)


def _stairs(kept: Retention | None) -> Stairs | None:
    if kept is None or not kept.curve:
        return None
    months = MONTHS * max(1, ceil(kept.curve[-1].day / DAYS_A_MONTH / MONTHS))
    return Stairs(
        chart=drawing.stairs(kept.curve, ceil(months * DAYS_A_MONTH), *SIZE),
        months=months,
        marks=[
            (month, survival.share_at(kept.curve, round(month * DAYS_A_MONTH)))
            for month in range(MONTHS, months + 1, MONTHS)
        ],
    )
