"""Asks, returns, cancels, takes back and deletes an event on pages of their own."""

from collections.abc import Callable, Collection
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.planning.arranging.services.planning import (
    REASON_FIELD,
    cancel_event,
    delete_event,
    take_back_cancellation,
)
from app.planning.arranging.services.requests import NOTE_FIELD, ask_approval, return_event
from app.planning.arranging.views import bp
from app.planning.arranging.views.plan_page import page_of, plan_page, sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import number_hanging_on, phase_of_event
from app.planning.events.rules.life import (
    LONGEST_NOTE,
    SHORTEST_NOTE,
    SomethingHangsOnIt,
    StillPublic,
    WasHeld,
    may_be_deleted,
)
from app.planning.events.values import EventStatus
from app.planning.scheduling.rules.judging import MOST_REASON, SHORTEST_REASON, require_reason
from app.planning.scheduling.rules.refusals import Clash
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language
from app.web.sent import flash_sent

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
    """Takes a step and returns to the event. Where its hold has lapsed and somebody else is there,
    the planning page says so, with free times.
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
        event = event_of(db, actor=current_actor(), event_id=event_id)
    html = render_template(
        "planning/arranging/return.html",
        event=event,
        note=note,
        error=error,
        shortest=SHORTEST_NOTE,
        longest=LONGEST_NOTE,
        page_has_errors=error is not None,
    )
    return html, status


# Ending an event that will not take place: cancelling it with a reason, taking that back, and
# deleting a record that was made by mistake.


@bp.get("/events/<uuid:event_id>/cancel")
@requires(policy.may_plan)
def cancel(event_id: UUID) -> Answer:
    """Asks once and names what will happen."""
    return _cancel_page(event_id, reason=typed_fields().get(REASON_FIELD, ""))


@bp.post("/events/<uuid:event_id>/cancel")
@requires(policy.may_plan)
def cancel_confirmed(event_id: UUID) -> Answer:
    """Cancels an event; what is public needs a reason, which everybody who is told reads."""
    actor, reason = current_actor(), request.form.get(REASON_FIELD, "")
    with reading() as db:
        event = changeable(event_of(db, actor=actor, event_id=event_id))
    try:
        if event.status is EventStatus.PUBLISHED:
            require_reason(REASON_FIELD, reason)
        with transaction() as db:
            cancel_event(db, actor=actor, event_id=event_id, reason=reason, now=clock.now())
    except InvalidInput as refusal:
        error = say(reader_language(), refusal.errors[REASON_FIELD])
        return _cancel_page(event_id, reason=reason, error=error, status=422)
    except WasHeld as refusal:
        return _cancel_page(event_id, sentences_of(refusal), reason=reason, status=409)
    sentence = _("The event is cancelled and its time is free again.")
    more = _("While nobody else takes that time, this can be taken back.")
    flash(f"{sentence} {more}", "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/reinstate")
@requires(policy.may_plan)
def reinstate(event_id: UUID) -> Response:
    """Takes a cancellation back. Where somebody else has the hour, says who."""
    try:
        with transaction() as db:
            take_back_cancellation(db, actor=current_actor(), event_id=event_id, now=clock.now())
    except Clash as refusal:
        sentence = _("The cancellation cannot be taken back, because its hour is taken.")
        flash(" ".join([sentence, *sentences_of(refusal)]), "warning")
    else:
        flash_sent(_("The cancellation is taken back. Whoever was told of it is told of this."))
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/delete")
@requires(policy.may_plan)
def delete(event_id: UUID) -> Response:
    """Deletes a record made by mistake; what something hangs on stays."""
    try:
        with transaction() as db:
            delete_event(db, actor=current_actor(), event_id=event_id, now=clock.now())
    except (SomethingHangsOnIt, StillPublic) as refusal:
        flash(sentences_of(refusal)[0], "warning")
        return redirect(url_for("events.event", event_id=event_id), 303)
    flash(_("The record is deleted."), "success")
    return redirect(url_for("programme.programme"), 303)


def _cancel_page(
    event_id: UUID,
    refusals: Collection[str] = (),
    *,
    reason: str = "",
    error: str = "",
    status: int = 200,
) -> Answer:
    with reading() as db:
        event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        is_public = event.status is EventStatus.PUBLISHED
        ahead = letters_ahead().if_cancelled(db, event_id) if is_public else None
        hanging = number_hanging_on(db, event_id=event_id)
    html = render_template(
        "planning/arranging/cancel.html",
        ahead=ahead,
        event=event,
        refusals=refusals,
        reason=reason,
        error=error,
        shortest=SHORTEST_REASON,
        most=MOST_REASON,
        may_delete=not hanging and may_be_deleted(phase_of_event(event, clock.now())),
        page_has_errors=bool(refusals or error),
    )
    return html, status
