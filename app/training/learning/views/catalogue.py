"""Every course, with its minutes and where one stands in it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.infra.database import reading
from app.infra.platform import platform
from app.training.learning import policy, wording
from app.training.learning.queries import catalogue as queries
from app.training.learning.views import bp
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language

HOUR = 60


@dataclass
class CoursePort:
    """Filled by `app/wiring`."""

    more_courses: Callable[[], Markup]
    """Renders the courses made elsewhere, which stand below ours."""


@bp.get("/courses")
@requires(anyone)
def catalogue() -> str:
    actor = current_actor()
    with reading() as db:
        lines = queries.catalogue(db, actor=actor)
    entries = [
        {
            "line": line,
            "word": wording.state_word(line.state, reader_language()),
            "look": wording.STATE_LOOKS[line.state],
            "extent": ngettext("%(num)d module", "%(num)d modules", line.modules),
            "minutes": _length(line.minutes),
        }
        for line in lines
    ]
    return render_template(
        "training/learning/catalogue.html",
        entries=entries,
        may_study=policy.may_study(actor),
        more_courses=platform().port(CoursePort).more_courses(),
    )


def _length(minutes: int) -> str:
    words: str = (
        ngettext("%(num)d minute", "%(num)d minutes", minutes)
        if minutes < HOUR
        else _(
            "%(hours)s h %(minutes)s min", hours=minutes // HOUR, minutes=f"{minutes % HOUR:02d}"
        )
    )
    return words
