"""The pre-test of a module: an introduction, one question a page as in a quiz, the result with what
to read first.
"""

from dataclasses import replace
from random import SystemRandom

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotFound, Refusal
from app.training.learning import policy
from app.training.learning.forms.answers import position_after, read_answer
from app.training.learning.queries.pretest import (
    PretestPage,
    pool_of,
    pretest_page,
    pretest_states,
    study_plan,
)
from app.training.learning.queries.seat import seat_of
from app.training.learning.rules.pretest import PretestNotOffered
from app.training.learning.rules.quiz import AlreadySubmitted, OneAnswerOnly, UnknownOption
from app.training.learning.services import pretest as services
from app.training.learning.values.outline import ModuleOutline, Seat
from app.training.learning.views import bp
from app.training.learning.views.door import (
    Page,
    as_ticked,
    gone_on,
    is_from_outbox,
    press_sent,
    refused,
)
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language


@bp.get("/courses/<slug>/<module_slug>/pretest")
@requires(policy.may_study)
def pretest(slug: str, module_slug: str) -> Page:
    """Shows what it is; once begun the first question without an answer, then all of them before
    they are handed in, then the result.
    """
    with reading() as db:
        seat, module = _seat_and_module(db, slug, module_slug)
        own = _own_pretest(db, seat, module)
        if own is None:
            state = pretest_states(db, seat).get(module.id)
            if state is None or not state.is_offered:
                raise PretestNotOffered
        count = own.count if own else len(pool_of(db, module.id))
    if own and not own.submitted_at:
        if own.first_unanswered and "review" not in request.args:
            return redirect(_pretest_question_url(slug, module_slug, own.first_unanswered))
        return render_template(
            "training/learning/pretest_review.html",
            outline=seat.outline,
            module=module,
            pretest=own,
        )
    return render_template(
        "training/learning/pretest.html",
        outline=seat.outline,
        module=module,
        pretest=own,
        count=count,
        plan=study_plan(own, module) if own else (),
    )


@bp.post("/courses/<slug>/<module_slug>/pretest/start")
@requires(policy.may_study)
def start_pretest(slug: str, module_slug: str) -> Page:
    try:
        with transaction() as db:
            services.start_pretest(
                db,
                actor=current_actor(),
                course_slug=slug,
                module_slug=module_slug,
                language=reader_language(),
                rng=SystemRandom(),
                now=clock.now(),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(refusal, slug)
    return redirect(url_for("learning.pretest", slug=slug, module_slug=module_slug), 303)


@bp.get("/courses/<slug>/<module_slug>/pretest/<int:position>")
@requires(policy.may_study)
def pretest_question(slug: str, module_slug: str, position: int) -> Page:
    return _pretest_question_page(slug, module_slug, position)


@bp.post("/courses/<slug>/<module_slug>/pretest/<int:position>")
@requires(policy.may_study)
def save_pretest_answer(slug: str, module_slug: str, position: int) -> Page:
    try:
        press_sent()
        answer = read_answer(request.form.getlist("option"), request.form.get("step", "next"))
        with transaction() as db:
            services.save_pretest_answer(
                db,
                actor=current_actor(),
                course_slug=slug,
                module_slug=module_slug,
                position=position,
                option_ids=answer.option_ids,
            )
    except (UnknownOption, OneAnswerOnly) as refusal:
        return _pretest_question_page(slug, module_slug, position, refusal)
    except AlreadySubmitted as refusal:
        if is_from_outbox():
            return refused(refusal, slug)
        return redirect(url_for("learning.pretest", slug=slug, module_slug=module_slug), 303)
    following = position_after(position, answer.step)
    return gone_on(
        _pretest_question_url(slug, module_slug, following)
        if following
        else _pretest_review_url(slug, module_slug)
    )


@bp.post("/courses/<slug>/<module_slug>/pretest")
@requires(policy.may_study)
def submit_pretest(slug: str, module_slug: str) -> Page:
    with transaction() as db:
        services.submit_pretest(
            db,
            actor=current_actor(),
            course_slug=slug,
            module_slug=module_slug,
            now=clock.now(),
        )
    return redirect(url_for("learning.pretest", slug=slug, module_slug=module_slug), 303)


def _seat_and_module(db: Session, slug: str, module_slug: str) -> tuple[Seat, ModuleOutline]:
    seat = seat_of(db, actor=current_actor(), slug=slug)
    module = seat.outline.module(module_slug)
    if module is None or seat.enrolment_id is None:
        raise NotFound
    return seat, module


def _own_pretest(db: Session, seat: Seat, module: ModuleOutline) -> PretestPage | None:
    if seat.enrolment_id is None:
        raise NotFound
    return pretest_page(db, enrolment_id=seat.enrolment_id, module_id=module.id)


def _pretest_question_url(slug: str, module_slug: str, position: int) -> str:
    return url_for(
        "learning.pretest_question", slug=slug, module_slug=module_slug, position=position
    )


def _pretest_review_url(slug: str, module_slug: str) -> str:
    return url_for("learning.pretest", slug=slug, module_slug=module_slug, review=1)


def _pretest_question_page(
    slug: str, module_slug: str, position: int, refusal: Refusal | None = None
) -> Page:
    """Shows a question; one past the last is the review."""
    with reading() as db:
        seat, module = _seat_and_module(db, slug, module_slug)
        own = _own_pretest(db, seat, module)
    if own is None:
        raise NotFound
    if own.submitted_at is not None:
        return redirect(url_for("learning.pretest", slug=slug, module_slug=module_slug))
    if position == own.count + 1:
        return redirect(_pretest_review_url(slug, module_slug))
    if not 1 <= position <= own.count:
        raise NotFound
    question = own.questions[position - 1]
    if typed := typed_fields(_pretest_question_url(slug, module_slug, position)):
        question = replace(question, choices=as_ticked(question.choices, typed))
    page = render_template(
        "training/learning/pretest_question.html",
        outline=seat.outline,
        module=module,
        pretest=own,
        question=question,
        error=say(reader_language(), refusal.sentence) if refusal else "",
    )
    return (page, STATUS[refusal.kind]) if refusal else page
