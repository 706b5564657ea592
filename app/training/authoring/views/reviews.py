"""The day on which a course is reviewed next, and the press that opens a review that is due."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind
from app.training.authoring import policy, services
from app.training.authoring.forms.drafts import ReviewForm
from app.training.authoring.queries import drafts as queries
from app.training.authoring.rules.reviewing import (
    MONTHS_BETWEEN_REVIEWS,
    ReviewIsOpen,
    ReviewNotDue,
)
from app.training.authoring.views.door import bp
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

Answer = str | Response | tuple[str, int]


@bp.get("/review/<slug>")
@requires(policy.may_write_courses)
def review(slug: str) -> str:
    return _page(slug, None)


@bp.post("/review/<slug>")
@requires(policy.may_write_courses)
def set_review(slug: str) -> Answer:
    form = ReviewForm(request.form)
    if not form.validate() or form.due_on.data is None:
        return _page(slug, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            services.set_review(
                db, actor=current_actor(), slug=slug, due_on=form.due_on.data, now=clock.now()
            )
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            form[name].errors = [say(reader_language(), sentence)]
        return _page(slug, form), STATUS[refusal.kind]
    except ReviewIsOpen as refusal:
        flash(say(reader_language(), refusal.sentence), "error")
        return redirect(url_for("authoring.drafts"), 303)
    flash(_("Saved. From that day on, the home page says that the review is due."), "success")
    return redirect(url_for("authoring.drafts"), 303)


@bp.post("/review/<slug>/open")
@requires(policy.may_write_courses)
def open_review(slug: str) -> Response:
    """Opens the review. A second press, or a second author, comes to the same draft."""
    try:
        with transaction() as db:
            draft_id = services.open_review(db, actor=current_actor(), slug=slug, now=clock.now())
    except ReviewNotDue as refusal:
        flash(say(reader_language(), refusal.sentence), "error")
        return redirect(url_for("authoring.drafts"), 303)
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


def _page(slug: str, form: ReviewForm | None) -> str:
    with reading() as db:
        course = queries.course_to_edit(db, actor=current_actor(), slug=slug)
    return render_template(
        "training/authoring/review.html",
        course=course,
        form=form or ReviewForm(data={"due_on": course.review.due_on}),
        months=MONTHS_BETWEEN_REVIEWS,
    )
