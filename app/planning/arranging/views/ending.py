"""Ending an event that will not take place: cancelling it with a reason, taking that back, and
deleting a record that was made by mistake.
"""

from collections.abc import Collection
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.planning.arranging.services import cancel_event, take_back_cancellation
from app.planning.arranging.services.deleting import delete_event
from app.planning.arranging.services.planning import REASON_FIELD
from app.planning.arranging.views import bp
from app.planning.arranging.views.plan_page import sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import number_hanging_on, phase_of_event
from app.planning.events.rules.life import (
    SomethingHangsOnIt,
    StillPublic,
    WasHeld,
    may_be_deleted,
)
from app.planning.events.values import EventStatus
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.rules.overrides import MOST_REASON, SHORTEST_REASON, require_reason
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language

Answer = Response | tuple[str, int]


@bp.get("/events/<uuid:event_id>/cancel")
@requires(policy.may_plan)
def cancel(event_id: UUID) -> Answer:
    """Asks once and names what will happen."""
    return _cancel_page(event_id, reason=typed_fields().get(REASON_FIELD, ""))


@bp.post("/events/<uuid:event_id>/cancel")
@requires(policy.may_plan)
def cancel_confirmed(event_id: UUID) -> Answer:
    """What is public is cancelled with a reason: everybody who is told reads it."""
    actor, reason = current_actor(), request.form.get(REASON_FIELD, "")
    with reading() as db:
        found = changeable(event_of(db, actor=actor, event_id=event_id))
    try:
        if found.status is EventStatus.PUBLISHED:
            require_reason(REASON_FIELD, reason)
        with transaction() as db:
            cancel_event(db, actor=actor, event_id=event_id, reason=reason, now=clock.now())
    except InvalidInput as refusal:
        error = say(reader_language(), refusal.errors[REASON_FIELD])
        return _cancel_page(event_id, reason=reason, error=error, status=422)
    except WasHeld as refusal:
        return _cancel_page(event_id, sentences_of(refusal), reason=reason, status=409)
    said = _("The event is cancelled and its time is free again.")
    more = _("While nobody else takes that time, this can be taken back.")
    flash(f"{said} {more}", "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/reinstate")
@requires(policy.may_plan)
def reinstate(event_id: UUID) -> Response:
    """Takes a cancellation back. Where somebody else has the hour, says who."""
    try:
        with transaction() as db:
            take_back_cancellation(db, actor=current_actor(), event_id=event_id, now=clock.now())
    except Clash as refusal:
        said = _("The cancellation cannot be taken back, because its hour is taken.")
        flash(" ".join([said, *sentences_of(refusal)]), "warning")
    else:
        flash(
            _("The cancellation is taken back. Whoever was told of it is told of this."), "success"
        )
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
        found = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        is_public = found.status is EventStatus.PUBLISHED
        ahead = letters_ahead().if_cancelled(db, event_id) if is_public else None
        hanging = number_hanging_on(db, event_id=event_id)
    html = render_template(
        "planning/arranging/cancel.html",
        ahead=ahead,
        event=found,
        refusals=refusals,
        reason=reason,
        error=error,
        shortest=SHORTEST_REASON,
        most=MOST_REASON,
        may_delete=not hanging and may_be_deleted(phase_of_event(found, clock.now())),
        page_has_errors=bool(refusals or error),
    )
    return html, status
