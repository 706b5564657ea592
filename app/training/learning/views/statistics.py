"""The authors' page: how hard each question turned out, and which key to check."""

from functools import partial

from babel.numbers import format_decimal
from flask import render_template

from app.infra.database import reading
from app.kernel.text import interface_language
from app.training.learning import policy
from app.training.learning.queries.pretest import gains
from app.training.learning.queries.seat import seat_of
from app.training.learning.queries.statistics import question_statistics
from app.training.learning.rules.statistics import (
    FEWEST_TO_CORRELATE,
    FEWEST_TO_DOUBT,
    FEWEST_TO_SAY,
)
from app.training.learning.views import bp
from app.web.guards import current_actor, requires
from app.web.locale import reader_language


@bp.get("/courses/<slug>/questions")
@requires(policy.may_publish)
def question_list(slug: str) -> str:
    """Shows the questions of the edition that the reader takes, or of the newest."""
    actor = current_actor()
    with reading() as db:
        outline = seat_of(db, actor=actor, slug=slug).outline
        gained = gains(db, actor=actor, edition_id=outline.edition_id)
        modules = question_statistics(db, actor=actor, edition_id=outline.edition_id)
    return render_template(
        "training/learning/questions.html",
        outline=outline,
        modules=modules,
        gained=gained,
        percent=_percent,
        correlation=partial(
            format_decimal, format="0.00", locale=interface_language(reader_language())
        ),
        fewest=FEWEST_TO_SAY,
        fewest_to_doubt=FEWEST_TO_DOUBT,
        fewest_to_correlate=FEWEST_TO_CORRELATE,
    )


def _percent(share: float) -> str:
    """Returns a share, 0–1, in per cent. A function, because a macro of the template takes longer and
    the page has hundreds.
    """
    return f"{round(share * 100)} %"
