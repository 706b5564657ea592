"""Asking an institution for successors and the secretariat for a webinar, and what came of it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import counted_course
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotFound, Refusal
from app.people.directory.queries.roster import country_of
from app.training.requests import policy, queries, services
from app.training.requests.forms import WebinarAnswerForm, WebinarWishForm
from app.training.requests.wording import WEBINAR_MARKS, WEBINAR_STATES
from app.web.forms import one_of_many
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.sent import flash_sent
from app.web.undo import flash_undoable, let_letters_wait, undone

bp = Blueprint("requests", __name__)
Answer = Response | tuple[str, int]


@bp.post("/countries/<code>/offices/<int:institution_id>/successors")
@requires(policy.may_ask_for_some)
def ask_successors(code: str, institution_id: int) -> Response:
    """Asks for successors by letter; for a minute that can be undone."""
    actor, now = current_actor(), clock.now()
    try:
        with transaction() as db:
            let_letters_wait(db, now)
            request_id = services.ask_successors(
                db,
                actor=actor,
                country_code=code,
                institution_id=institution_id,
                today=clock.today(actor.timezone),
                now=now,
            )
            letter = queries.successor_letters(db, request_id=request_id)[0]
    except NotFound:
        raise
    except Refusal as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
        return _back(code, institution_id)
    words = (
        _("The letter goes to %(address)s.", address=letter.address)
        if letter.address
        else _("The letter goes to the secretariat, which passes it on: no mailbox is on record.")
    )
    url = url_for("requests.undo_asking", code=code, institution_id=institution_id)
    flash_undoable(words, url, str(request_id))
    return _back(code, institution_id)


@bp.post("/countries/<code>/offices/<int:institution_id>/successors/undo")
@requires(policy.may_ask_for_some)
def undo_asking(code: str, institution_id: int) -> Response:
    actor = current_actor()
    policy.require_may_ask(actor, code)
    try:
        (asked,) = undone()
        with transaction() as db:
            services.take_back_asking(
                db, actor=actor, country_code=code, request_id=UUID(asked), now=clock.now()
            )
    except NotFound:
        raise
    except Refusal as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(_("Nothing was sent."), "success")
    return _back(code, institution_id)


@bp.post("/countries/<code>/offices/<int:institution_id>/successors/<uuid:asked_id>")
@requires(policy.may_ask_for_some)
def note_answer(code: str, institution_id: int, asked_id: UUID) -> Response:
    """Notes that the institution answered, or with `not` that this was a mistake."""
    actor, is_answered = current_actor(), "not" not in request.form
    with transaction() as db:
        services.note_answer(
            db,
            actor=actor,
            country_code=code,
            institution_id=institution_id,
            request_id=asked_id,
            is_answered=is_answered,
            today=clock.today(actor.timezone),
            now=clock.now(),
        )
    flash(
        _("It is on record that they answered. Add whoever takes over as a newcomer.")
        if is_answered
        else _("It is on record that no answer has come."),
        "success",
    )
    return _back(code, institution_id)


def _back(code: str, institution_id: int) -> Response:
    return redirect(
        url_for(
            "offices.institution", code=code, institution_id=institution_id, _anchor="successors"
        ),
        303,
    )


@bp.get("/countries/<code>/webinar-requests")
@requires(policy.may_ask_for_some)
def webinars(code: str) -> str:
    return _webinars_page(code, WebinarWishForm())


@bp.post("/countries/<code>/webinar-requests")
@requires(policy.may_ask_for_some)
def ask_webinar(code: str) -> Answer:
    """Asks for a webinar on the course of the address."""
    actor, form = current_actor(), WebinarWishForm(request.form)
    if not form.validate():
        return _webinars_page(code, form), 422
    try:
        with transaction() as db:
            services.ask_webinar(
                db,
                actor=actor,
                country_code=code,
                course_slug=_course(),
                wish=form.wish.data or "",
                today=clock.today(actor.timezone),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _webinars_page(code, form), status
    flash_sent(_("The secretariat was told. You hear of its answer by e-mail."))
    return redirect(url_for("requests.webinars", code=code, course=_chosen()), 303)


def _webinars_page(code: str, form: WebinarWishForm) -> str:
    actor = current_actor()
    with reading() as db:
        wishes = queries.webinars_of_country(db, actor=actor, country_code=code)
        course = queries.course_wished(db, _course())
        country = country_of(db, code)
    return render_template(
        "training/requests/webinars.html",
        country=country,
        course=course,
        chosen=_chosen(),
        wishes=wishes,
        form=form,
        states=WEBINAR_STATES,
        marks=WEBINAR_MARKS,
    )


def _course() -> str:
    return request.args.get("course") or counted_course()


def _chosen() -> str | None:
    """Returns the course for addresses; None for the one that is meant without it."""
    return None if _course() == counted_course() else _course()


@bp.get("/webinar-requests")
@requires(policy.may_answer)
def to_decide() -> str:
    """Lists the webinars that countries wish for, with the draft of each."""
    return _to_decide_page()


@bp.post("/webinar-requests/<int:wish_id>")
@requires(policy.may_answer)
def decline(wish_id: int) -> Answer:
    actor = current_actor()
    form = WebinarAnswerForm(request.form)
    if not form.validate():
        return _to_decide_page(wish_id, form), 422
    try:
        with transaction() as db:
            services.decline_webinar(
                db,
                actor=actor,
                request_id=wish_id,
                answer=form.answer.data or "",
                today=clock.today(actor.timezone),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _to_decide_page(wish_id, form), status
    flash_sent(_("Declined. The focal point reads your words by e-mail; the draft is gone."))
    return redirect(url_for("requests.to_decide"), 303)


def _to_decide_page(wish_id: int | None = None, form: WebinarAnswerForm | None = None) -> str:
    with reading() as db:
        wishes = queries.webinars_to_decide(db, actor=current_actor())
    forms = {}
    for wish in wishes:
        action = url_for("requests.decline", wish_id=wish.id)
        one = form if wish.id == wish_id and form else WebinarAnswerForm(meta=one_of_many(action))
        one.answer.id = f"answer-{wish.id}"
        forms[wish.id] = one
    return render_template(
        "training/requests/to_decide.html",
        wishes=wishes,
        forms=forms,
    )
