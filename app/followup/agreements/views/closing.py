"""Closing an event: the page lists what is missing, with links, and has the button."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import ClosingForm
from app.followup.agreements.queries.closing import closing_of
from app.followup.agreements.queries.reviewing import review_list
from app.followup.agreements.rules.closing import breach
from app.followup.agreements.services.closing import close, reopen
from app.followup.agreements.views import bp
from app.followup.agreements.views.event import REVIEWED_AT_ONCE
from app.followup.agreements.views.shown import WORDS, Answer
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Refusal
from app.planning.events import policy as events_policy
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import NotClosed, Phase
from app.planning.scheduling.rules.overrides import MOST_REASON, SHORTEST_REASON
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.mistakes import show_refusal


@bp.get("/events/<uuid:event_id>/close")
@requires(events_policy.may_plan)
def close_event(event_id: UUID) -> str:
    return _closing_page(event_id, ClosingForm())


@bp.post("/events/<uuid:event_id>/close")
@requires(events_policy.may_plan)
def close_confirmed(event_id: UUID) -> Answer:
    form = ClosingForm(request.form)
    if not form.validate():
        return _closing_page(event_id, form), 422
    try:
        with transaction() as db:
            close(
                db,
                actor=current_actor(),
                event_id=event_id,
                now=clock.now(),
                without_attendance=form.reason.data or "",
                seen_open=form.seen_open.data or "",
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _closing_page(event_id, form), status
    flash(_("The event is closed. What was recorded is final."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.get("/events/<uuid:event_id>/reopen")
@requires(events_policy.may_plan)
def reopen_event(event_id: UUID) -> Answer:
    return _reopen_page(event_id, reason=typed_fields().get("reason", ""))


@bp.post("/events/<uuid:event_id>/reopen")
@requires(events_policy.may_plan)
def reopen_confirmed(event_id: UUID) -> Answer:
    reason = request.form.get("reason", "")
    try:
        with transaction() as db:
            reopen(db, actor=current_actor(), event_id=event_id, reason=reason, now=clock.now())
    except InvalidInput as refusal:
        error = say(reader_language(), refusal.errors["reason"])
        return _reopen_page(event_id, reason=reason, error=error, status=422)
    except NotClosed as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
        return redirect(url_for("events.event", event_id=event_id), 303)
    flash(_("The event is open again. Close it once what was missing is recorded."), "success")
    return redirect(url_for("agreements.close_event", event_id=event_id), 303)


def _reopen_page(event_id: UUID, *, reason: str = "", error: str = "", status: int = 200) -> Answer:
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
        policy.require_may_record(actor, event.group_slugs, event.kind)
    html = render_template(
        "followup/agreements/reopen.html",
        event=event,
        is_closed=phase_of_event(event, clock.now()) is Phase.CLOSED,
        reason=reason,
        error=error,
        shortest=SHORTEST_REASON,
        most=MOST_REASON,
        page_has_errors=bool(error),
    )
    return html, status


def _closing_page(event_id: UUID, form: ClosingForm) -> str:
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
        policy.require_may_record(actor, event.group_slugs, event.kind)
        phase = phase_of_event(event, clock.now())
        closing = closing_of(db, event_id=event_id, now=clock.now())
        listed = review_list(db, actor=actor, event_id=event_id) if closing.unreviewed else ()
    form.seen_open.data = closing.open_mark
    return render_template(
        "followup/agreements/close.html",
        event=event,
        closing=closing,
        form=form,
        is_closed=phase is Phase.CLOSED,
        is_over=phase is Phase.ENDED,
        is_complete=breach(closing, "-") is None,
        page_of={
            one.agreement.id: 1 + place // REVIEWED_AT_ONCE for place, one in enumerate(listed)
        },
        **WORDS,
    )
