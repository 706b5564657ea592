"""The survey of an event: five questions on one page, a page of results, and the same questions by
a guest's link.
"""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput
from app.participation.invitations.queries.guests import guest_of
from app.participation.surveys import queries, services, wording
from app.participation.surveys.forms import SurveyForm
from app.participation.surveys.queries import SurveyPage
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

bp = Blueprint("surveys", __name__)
Answer = Response | tuple[str, int]


@bp.get("/events/<uuid:event_id>/survey")
@requires(signed_in)
def survey(event_id: UUID) -> str:
    return _page(current_actor(), event_id, SurveyForm())


@bp.post("/events/<uuid:event_id>/survey")
@requires(signed_in)
def answer(event_id: UUID) -> Answer:
    return _answered(current_actor(), event_id, back=url_for("surveys.survey", event_id=event_id))


@bp.get("/events/<uuid:event_id>/survey/results")
@requires(signed_in)
def results(event_id: UUID) -> str:
    with reading() as db:
        sheet = queries.sheet_of(db, actor=current_actor(), event_id=event_id, now=clock.now())
        results_shown = queries.results_of(
            db, actor=current_actor(), event_id=event_id, today=clock.today()
        )
    return render_template(
        "participation/surveys/results.html",
        event=sheet.event,
        results=results_shown,
        questions=wording.QUESTIONS,
        scale=wording.SCALE,
        open_question=wording.OPEN_QUESTION,
    )


@bp.get("/guest/<token>/survey")
@requires(anyone)
def guest_survey(token: str) -> str:
    with reading() as db:
        seat = guest_of(db, token, clock.now())
    return _page(seat.actor, seat.event_id, SurveyForm(), token=token)


@bp.post("/guest/<token>/survey")
@requires(anyone)
def guest_answer(token: str) -> Answer:
    with reading() as db:
        seat = guest_of(db, token, clock.now())
    return _answered(
        seat.actor, seat.event_id, back=url_for("surveys.guest_survey", token=token), token=token
    )


def _answered(actor: Actor, event_id: UUID, *, back: str, token: str = "") -> Answer:
    form = SurveyForm(request.form)
    try:
        with transaction() as db:
            services.answer_survey(
                db,
                actor=actor,
                event_id=event_id,
                response=form.response(),
                language=reader_language(),
                today=clock.today(),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(actor, event_id, form, token=token), status
    flash(_("Thank you: your answer helps to plan the next one."), "success")
    return redirect(back, 303)


def _page(actor: Actor, event_id: UUID, form: SurveyForm, *, token: str = "") -> str:
    with reading() as db:
        sheet: SurveyPage = queries.sheet_of(db, actor=actor, event_id=event_id, now=clock.now())
    return render_template(
        "participation/surveys/survey.html",
        event=sheet.event,
        form=form.in_words(),
        token=token,
        obstacle=say(reader_language(), sheet.obstacle.sentence) if sheet.obstacle else "",
        may_read_results=sheet.may_read_results and not token,
    )
