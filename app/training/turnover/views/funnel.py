"""The authors' page of learners: how far they come, where they stop, and the goal of ninety days."""

from collections.abc import Container

from flask import render_template, request
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import reading
from app.kernel.small_numbers import SMALLEST_TOLD, is_small
from app.kernel.text import N_
from app.people.directory.queries.roster import countries
from app.people.directory.wording import KINDS
from app.training.learning.policy import may_publish
from app.training.turnover import policy
from app.training.turnover.queries.funnel import course_funnel
from app.training.turnover.rules.funnel import (
    GOAL,
    GOAL_DAYS,
    GoalFigure,
)
from app.training.turnover.views.figures import bp
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

STAGES = (
    N_("Enrolled"),
    N_("Read a first screen"),
    N_("Half of the modules"),
    N_("All modules"),
    N_("Certificate"),
)


@bp.get("/courses/<slug>/funnel")
@requires(may_publish)
def funnel(slug: str) -> str:
    """Shows the funnel of the newest edition, or of the one named, for everybody, a country or a
    kind of institution.

    Counts under five of a part are shown to the secretariat alone.
    """
    actor, language = current_actor(), reader_language()
    with reading() as db:
        places = sorted((one.name.in_(language), one.code) for one in countries(db))
        country = _one_of(request.args.get("country", ""), {code for _name, code in places})
        kind = _one_of(request.args.get("kind", ""), KINDS)
        figures = course_funnel(
            db,
            actor=actor,
            slug=slug,
            today=clock.today(),
            label=request.args.get("edition", ""),
            country=country,
            kind=kind,
        )
    hides = bool(country or kind) and not policy.sees_all_small_cells(actor)
    shows_languages = not hides or not any(
        is_small(part.enrolled) for part in figures.by_language.values()
    )
    return render_template(
        "training/turnover/funnel.html",
        slug=slug,
        found=figures,
        stages=[_(name) for name in STAGES],
        languages=list(figures.by_language) if shows_languages else [],
        hides=hides,
        is_small=is_small,
        fewest=SMALLEST_TOLD,
        goal=None if figures.goal is None or (hides and _points_at(figures.goal)) else figures.goal,
        goal_share=GOAL,
        goal_days=GOAL_DAYS,
        places=places,
        kinds=[(key, _(name)) for key, name in KINDS.items()],
        chosen={"country": country, "kind": kind, "edition": figures.label},
    )


def _one_of(value: str, known: Container[str]) -> str:
    """Returns the value when it is known, "" otherwise: what is not known narrows nothing."""
    return value if value in known else ""


def _points_at(goal: GoalFigure) -> bool:
    """Returns True where the counts are so small that they tell of single people."""
    return any(is_small(count) for count in (goal.base, goal.done, goal.base - goal.done))
