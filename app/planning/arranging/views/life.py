"""The steps of an event's life as buttons: ask for approval, return with a note."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.planning.arranging.services.life import (
    NOTE_FIELD,
    ask_approval,
    return_event,
)
from app.planning.arranging.views import bp
from app.planning.arranging.views.plan_page import page_of, plan_page, sentences_of
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import LONGEST_NOTE, SHORTEST_NOTE
from app.planning.scheduling.rules import Clash
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language

Answer = Response | tuple[str, int]


@bp.post("/events/<uuid:event_id>/ask-approval")
@requires(policy.may_plan)
def ask(event_id: UUID) -> Answer:
    done = _("The presidency is asked. The event keeps its time for 30 days.")
    return _step(event_id, ask_approval, done)


@bp.get("/events/<uuid:event_id>/return")
@requires(policy.may_approve)
def return_page(event_id: UUID) -> Answer:
    return _return_page(event_id, typed_fields().get("note", ""), None, 200)


@bp.post("/events/<uuid:event_id>/return")
@requires(policy.may_approve)
def returned(event_id: UUID) -> Answer:
    note = request.form.get("note", "")
    try:
        with transaction() as db:
            return_event(db, actor=current_actor(), event_id=event_id, note=note, now=clock.now())
    except InvalidInput as refusal:
        return _return_page(event_id, note, say(reader_language(), refusal.errors[NOTE_FIELD]), 422)
    flash(_("The event is a draft again, and your note is on record."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _step(event_id: UUID, step: Callable[..., None], done: str) -> Answer:
    """Its hold may have lapsed and somebody else be there: then the planning page says so, with
    free times.
    """
    actor = current_actor()
    try:
        with transaction() as db:
            step(db, actor=actor, event_id=event_id, now=clock.now())
    except Clash as refusal:
        with reading() as db:
            page = page_of(db, None, event_of(db, actor=actor, event_id=event_id))
        return plan_page(page, status=409, refusals=sentences_of(refusal))
    flash(done, "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _return_page(event_id: UUID, note: str, error: str | None, status: int) -> tuple[str, int]:
    with reading() as db:
        found = event_of(db, actor=current_actor(), event_id=event_id)
    html = render_template(
        "planning/arranging/return.html",
        event=found,
        note=note,
        error=error,
        shortest=SHORTEST_NOTE,
        longest=LONGEST_NOTE,
        page_has_errors=error is not None,
    )
    return html, status
