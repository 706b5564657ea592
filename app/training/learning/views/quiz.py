"""The quiz: an introduction, one question a page, a review, the result."""

from dataclasses import replace
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
from app.training.learning.queries import quiz
from app.training.learning.queries.duration import measured_minutes
from app.training.learning.queries.seat import seat_of
from app.training.learning.rules import progress
from app.training.learning.rules.quiz import (
    LONGEST_ANSWER,
    AlreadySubmitted,
    AnswerTooLong,
    NotANumber,
    OneAnswerOnly,
    OrderUnclear,
    UnknownOption,
    attempts_left,
    needed,
    next_try_at,
)
from app.training.learning.services import quiz as services
from app.training.learning.values.outline import CoursePosition, ModuleOutline, Seat, UnitOutline
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
    tries = quiz.my_tries(db, enrolment_id=seat.enrolment_id, unit_id=unit.id)
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
        is_weighed=quiz.is_weighed(db, module_id=module.id),
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


def _head(db: Session, slug: str, attempt_id: UUID) -> quiz.AttemptHead:
    head = quiz.attempt_head(db, actor=current_actor(), attempt_id=attempt_id)
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
        shown = quiz.question(db, head=head, position=position)
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


def _as_typed(question: quiz.QuizQuestion, typed: MultiDict[str, str]) -> quiz.QuizQuestion:
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


def _left(db: Session, seat: Seat, head: quiz.AttemptHead) -> int | None:
    """Returns how many attempts are left; None for any number."""
    module = seat.outline.module(head.module_slug)
    unit = module.unit(head.unit_code) if module else None
    if unit is None or not unit.max_attempts or seat.enrolment_id is None:
        return None
    tries = quiz.my_tries(db, enrolment_id=seat.enrolment_id, unit_id=unit.id)
    return attempts_left(unit.max_attempts, len(tries))


def _result_page(db: Session, head: quiz.AttemptHead, late: str = "") -> str:
    seat = seat_of(db, actor=current_actor(), slug=head.course_slug)
    marked = quiz.marked_questions(db, head=head)
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
