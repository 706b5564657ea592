"""The pre-test of a module: an introduction, all questions on one page, the result with what to
read first.
"""

from collections.abc import Mapping
from random import SystemRandom

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotFound, Refusal
from app.training.learning import policy, services
from app.training.learning.forms.answers import read_answer
from app.training.learning.queries.pretest import pool_of, pretest_page, pretest_states, study_plan
from app.training.learning.queries.seat import seat_of
from app.training.learning.rules.pretest import PretestNotOffered
from app.training.learning.rules.quiz import OneAnswerOnly, UnknownOption
from app.training.learning.values.outline import ModuleOutline, Seat
from app.training.learning.views.door import Page, bp, refused
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

ANSWER = "answer-"


@bp.get("/courses/<slug>/<module_slug>/pretest")
@requires(policy.may_study)
def pretest(slug: str, module_slug: str) -> Page:
    with reading() as db:
        return _page(db, *_place(db, slug, module_slug))


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


@bp.post("/courses/<slug>/<module_slug>/pretest")
@requires(policy.may_study)
def submit_pretest(slug: str, module_slug: str) -> Page:
    """Handed in once; what was typed is kept where an answer cannot be read."""
    try:
        answers = {
            int(name.removeprefix(ANSWER)): read_answer(request.form.getlist(name), "").option_ids
            for name in request.form
            if name.startswith(ANSWER) and name.removeprefix(ANSWER).isdecimal()
        }
        with transaction() as db:
            services.submit_pretest(
                db,
                actor=current_actor(),
                course_slug=slug,
                module_slug=module_slug,
                answers=answers,
                now=clock.now(),
            )
    except (UnknownOption, OneAnswerOnly) as refusal:
        with reading() as db:
            said = say(reader_language(), refusal.sentence)
            return _page(db, *_place(db, slug, module_slug), said), STATUS[refusal.kind]
    return redirect(url_for("learning.pretest", slug=slug, module_slug=module_slug), 303)


def _place(db: Session, slug: str, module_slug: str) -> tuple[Seat, ModuleOutline]:
    seat = seat_of(db, actor=current_actor(), slug=slug)
    module = seat.outline.module(module_slug)
    if module is None or seat.enrolment_id is None:
        raise NotFound
    return seat, module


def _page(db: Session, seat: Seat, module: ModuleOutline, mistake: str = "") -> str:
    if seat.enrolment_id is None:
        raise NotFound
    found = pretest_page(db, enrolment_id=seat.enrolment_id, module_id=module.id)
    state = pretest_states(db, seat).get(module.id)
    if found is None and (state is None or not state.is_offered):
        raise PretestNotOffered
    typed: Mapping[str, list[str]] = request.form.to_dict(flat=False) if mistake else {}
    return render_template(
        "training/learning/pretest.html",
        outline=seat.outline,
        module=module,
        pretest=found,
        count=found.count if found else len(pool_of(db, module.id)),
        plan=study_plan(found, module) if found and found.submitted_at else (),
        mistake=mistake,
        typed=typed,
    )
