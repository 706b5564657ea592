"""Quiz and pre-test by their questions, and for authors how hard each turned out."""

from dataclasses import replace
from functools import partial
from random import SystemRandom
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import interface_language
from app.training.learning import policy
from app.training.learning.forms.answers import (
    given_in,
    pairs_in,
    places_in,
    position_after,
    read_answer,
)
from app.training.learning.queries import quiz as queries
from app.training.learning.queries.courses import measured_minutes, seat_of
from app.training.learning.queries.quiz import (
    PretestPage,
    gains,
    pool_of,
    pretest_page,
    pretest_states,
    question_statistics,
    study_plan,
)
from app.training.learning.rules import progress
from app.training.learning.rules.quiz import (
    FEWEST_TO_CORRELATE,
    FEWEST_TO_DOUBT,
    FEWEST_TO_SAY,
    LONGEST_ANSWER,
    AlreadySubmitted,
    AnswerTooLong,
    NotANumber,
    OneAnswerOnly,
    OrderUnclear,
    PretestNotOffered,
    UnknownOption,
    attempts_left,
    needed,
    next_try_at,
)
from app.training.learning.services import quiz as services
from app.training.learning.values import CoursePosition, ModuleOutline, Seat, UnitOutline
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


def quiz_page(db: Session, seat: Seat, module: ModuleOutline, unit: UnitOutline) -> str:
    """Returns what awaits the learner, with one button; while the pause lasts, when it ends."""
    if seat.enrolment_id is None:
        raise NotFound
    tries = queries.my_tries(db, enrolment_id=seat.enrolment_id, unit_id=unit.id)
    open_try = next((line for line in tries if line.submitted_at is None), None)
    last = next((line.submitted_at for line in tries if line.submitted_at), None)
    again_at = next_try_at(last, unit.pause_minutes) if last and not open_try else None
    return render_template(
        "training/learning/quiz.html",
        outline=seat.outline,
        module=module,
        unit=unit,
        minutes=measured_minutes(db, seat.outline.edition_id)[unit.id],
        tries=[line for line in tries if line.submitted_at],
        open_try=open_try,
        again_at=again_at if again_at and again_at > clock.now() else None,
        left=attempts_left(unit.max_attempts, len(tries)),
        is_passed=unit.id in seat.standing.passed,
        is_weighed=queries.is_weighed(db, module_id=module.id),
        needed=needed(unit.pass_mark, unit.questions),
        unread=[
            other
            for other in module.units
            if not other.is_quiz
            and not other.is_optional
            and not progress.unit_is_done(other, seat.standing)
        ],
    )


@bp.post("/courses/<slug>/<module_slug>/<unit_code>/attempt")
@requires(policy.may_study)
def start_attempt(slug: str, module_slug: str, unit_code: str) -> Page:
    place, actor, language = (
        CoursePosition(module_slug, unit_code, is_quiz=True),
        current_actor(),
        reader_language(),
    )
    try:
        with transaction() as db:
            attempt_id = services.start_attempt(
                db,
                actor=actor,
                course_slug=slug,
                place=place,
                language=language,
                rng=SystemRandom(),
                press=press_sent(),
                now=clock.now(),
            )
    except Refusal as refusal:
        return refused(refusal, slug, back=place)
    return redirect(url_for("learning.attempt", slug=slug, attempt_id=attempt_id))


@bp.get("/courses/<slug>/<module_slug>/<unit_code>/attempt")
@requires(policy.may_study)
def attempt_of(slug: str, module_slug: str, unit_code: str) -> Response:
    """Leads to the quiz's own page, which has the button, whoever opens the address of the form
    above as a page (a reload, a bookmark).
    """
    return redirect(
        url_for("learning.unit", slug=slug, module_slug=module_slug, unit_code=unit_code)
    )


@bp.get("/courses/<slug>/attempts/<uuid:attempt_id>")
@requires(policy.may_study)
def attempt(slug: str, attempt_id: UUID) -> Page:
    """Leads to the first question without an answer; shows then all of them before they are handed
    in, and then the result.
    """
    with reading() as db:
        head = _head(db, slug, attempt_id)
        if head.submitted_at is not None:
            return _result_page(db, head)
    if head.first_unanswered and "review" not in request.args:
        return redirect(_question_url(slug, attempt_id, head.first_unanswered))
    return render_template("training/learning/review.html", head=head)


@bp.get("/courses/<slug>/attempts/<uuid:attempt_id>/<int:position>")
@requires(policy.may_study)
def question(slug: str, attempt_id: UUID, position: int) -> Page:
    return _question_page(slug, attempt_id, position)


@bp.post("/courses/<slug>/attempts/<uuid:attempt_id>/<int:position>")
@requires(policy.may_study)
def save_answer(slug: str, attempt_id: UUID, position: int) -> Page:
    actor, now = current_actor(), clock.now()
    try:
        answer = read_answer(request.form.getlist("option"), request.form.get("step", "next"))
        given = given_in(request.form, answer.option_ids)
        with transaction() as db:
            services.save_answer(
                db,
                actor=actor,
                attempt_id=attempt_id,
                position=position,
                given=given,
                language=reader_language(),
                press=press_sent(),
                now=now,
            )
    except (UnknownOption, OneAnswerOnly, OrderUnclear, NotANumber, AnswerTooLong) as refusal:
        return _question_page(slug, attempt_id, position, refusal)
    except AlreadySubmitted as refusal:
        return _too_late(refusal, slug, attempt_id)
    following = position_after(position, answer.step)
    return gone_on(
        _question_url(slug, attempt_id, following) if following else _review_url(slug, attempt_id)
    )


def _too_late(refusal: AlreadySubmitted, slug: str, attempt_id: UUID) -> Page:
    """Shows the result, with a sentence on the answer that came after it, from another tab."""
    if is_from_outbox():
        return refused(refusal, slug, attempt_id=attempt_id)
    with reading() as db:
        page = _result_page(
            db, _head(db, slug, attempt_id), late=say(reader_language(), refusal.sentence)
        )
    return page, STATUS[refusal.kind]


@bp.post("/courses/<slug>/attempts/<uuid:attempt_id>/submission")
@requires(policy.may_study)
def submit_attempt(slug: str, attempt_id: UUID) -> Response:
    with transaction() as db:
        services.submit_attempt(
            db,
            actor=current_actor(),
            attempt_id=attempt_id,
            language=reader_language(),
            press=press_sent(),
            now=clock.now(),
        )
    return redirect(url_for("learning.attempt", slug=slug, attempt_id=attempt_id))


def _head(db: Session, slug: str, attempt_id: UUID) -> queries.AttemptHead:
    head = queries.attempt_head(db, actor=current_actor(), attempt_id=attempt_id)
    if head.course_slug != slug:
        raise NotFound
    return head


def _question_url(slug: str, attempt_id: UUID, position: int) -> str:
    return url_for("learning.question", slug=slug, attempt_id=attempt_id, position=position)


def _review_url(slug: str, attempt_id: UUID) -> str:
    return url_for("learning.attempt", slug=slug, attempt_id=attempt_id, review=1)


def _question_page(
    slug: str, attempt_id: UUID, position: int, refusal: Refusal | None = None
) -> Page:
    """Shows a question; one past the last is the review."""
    with reading() as db:
        head = _head(db, slug, attempt_id)
        if head.submitted_at is not None:
            return redirect(url_for("learning.attempt", slug=slug, attempt_id=attempt_id))
        if position == len(head.answered) + 1:
            return redirect(_review_url(slug, attempt_id))
        if not 1 <= position <= len(head.answered):
            raise NotFound
        shown = queries.question(db, head=head, position=position)
    typed = typed_fields(_question_url(slug, attempt_id, position))
    if typed:
        shown = _as_typed(shown, typed)
    error = say(reader_language(), refusal.sentence) if refusal else ""
    page = render_template(
        "training/learning/question.html",
        head=head,
        question=shown,
        places=places_in(typed) or shown.places,
        written=shown.text,
        longest_answer=LONGEST_ANSWER,
        error=error,
    )
    return (page, STATUS[refusal.kind]) if refusal else page


def _as_typed(question: queries.QuizQuestion, typed: MultiDict[str, str]) -> queries.QuizQuestion:
    """Returns the question with what was typed instead of what is stored."""
    try:
        pairs = pairs_in(typed)
    except UnknownOption:
        pairs = ()
    return replace(
        question,
        choices=as_ticked(question.choices, typed),
        order=pairs or question.order,
        text=typed.get("text", question.text),
    )


def _left(db: Session, seat: Seat, head: queries.AttemptHead) -> int | None:
    """Returns how many attempts are left; None for any number."""
    module = seat.outline.module(head.module_slug)
    unit = module.unit(head.unit_code) if module else None
    if unit is None or not unit.max_attempts or seat.enrolment_id is None:
        return None
    tries = queries.my_tries(db, enrolment_id=seat.enrolment_id, unit_id=unit.id)
    return attempts_left(unit.max_attempts, len(tries))


def _result_page(db: Session, head: queries.AttemptHead, late: str = "") -> str:
    seat = seat_of(db, actor=current_actor(), slug=head.course_slug)
    marked = queries.marked_questions(db, head=head)
    earned = sum(question.mark * question.points for question in marked)
    module = seat.outline.module(head.module_slug)
    words: dict[str, Any] = {
        "head": head,
        "late": late,
        "questions": marked,
        "right": sum(question.is_right for question in marked),
        "earned": earned,
        "earned_text": format_decimal(earned, "0.##", locale=interface_language(reader_language())),
        "left": _left(db, seat, head),
        "critical": [one for one in marked if one.is_critical and not one.is_right],
        "titles": {unit.code: unit.title for unit in module.units} if module else {},
    }
    return render_template(
        "training/learning/result.html",
        **words,
        seat=seat,
        again_at=next_try_at(head.submitted_at, head.pause_minutes) if head.submitted_at else None,
        now=clock.now(),
        module_done=module is not None and progress.module_is_complete(module, seat.standing),
        following=progress.module_after(seat.outline, head.module_slug),
        course_done=seat.standing.completed_at is not None,
    )


# The pre-test of a module: an introduction, one question a page as in a quiz, the result with what
# to read first.


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
