"""The blueprint, addresses of places, and what is said when a rule says no."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra.language import say
from app.kernel.refusal import Refusal
from app.training.learning.rules.progress import (
    ModuleInPreparation,
    ModuleLocked,
    NotEnrolled,
    ScreenNotReached,
)
from app.training.learning.rules.quiz import AlreadySubmitted, PauseNotOver
from app.training.learning.values.outline import CoursePosition
from app.training.learning.wording import instant_text
from app.web.errors import STATUS
from app.web.locale import reader_language, reader_timezone

bp = Blueprint("learning", __name__)
Page = str | Response | tuple[str, int]


@bp.app_template_filter("instant")
def instant(at: datetime) -> str:
    return instant_text(at, reader_timezone(), reader_language())


def address(slug: str, place: CoursePosition | None) -> str:
    """The page of a place; without one the course page."""
    if place is None:
        return url_for("learning.course", slug=slug)
    if place.is_quiz:
        return url_for(
            "learning.unit", slug=slug, module_slug=place.module_slug, unit_code=place.unit_code
        )
    return url_for(
        "learning.screen",
        slug=slug,
        module_slug=place.module_slug,
        unit_code=place.unit_code,
        screen=place.screen,
    )


def module_address(slug: str, module_slug: str) -> str:
    return url_for("learning.module", slug=slug, module_slug=module_slug)


def refused(
    refusal: Refusal,
    slug: str,
    *,
    back: CoursePosition | None = None,
    attempt_id: UUID | None = None,
) -> Page:
    """The rule's own sentence with the way on; what no page of ours can help with goes to the
    general one.
    """
    again_at = refusal.until if isinstance(refusal, PauseNotOver) else None
    if isinstance(refusal, ModuleLocked):
        label = _("Go to module %(number)s", number=refusal.before.number)
        url = module_address(slug, refusal.before.slug)
    elif isinstance(refusal, AlreadySubmitted) and attempt_id:
        label, url = (
            _("See the result"),
            url_for("learning.attempt", slug=slug, attempt_id=attempt_id),
        )
    elif isinstance(refusal, PauseNotOver | ScreenNotReached) and back:
        label, url = _("Read the module again"), module_address(slug, back.module_slug)
    elif isinstance(refusal, NotEnrolled | ModuleInPreparation):
        label, url = _("Go to the course page"), url_for("learning.course", slug=slug)
    else:
        raise refusal
    sentence = say(reader_language(), refusal.sentence)
    page = render_template(
        "training/learning/refused.html", sentence=sentence, label=label, url=url, again_at=again_at
    )
    return page, STATUS[refusal.kind]
