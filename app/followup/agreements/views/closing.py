"""Closing an event: the page lists what is missing, with links, and has the button."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import ClosingForm
from app.followup.agreements.queries.closing import closing_of
from app.followup.agreements.queries.reviewing import review_list
from app.followup.agreements.rules.closing import breach
from app.followup.agreements.services.closing import close
from app.followup.agreements.views import bp
from app.followup.agreements.views.event import REVIEWED_AT_ONCE
from app.followup.agreements.views.shown import WORDS, Answer
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.planning.events import policy as events_policy
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import Phase
from app.web.guards import current_actor, requires
from app.web.mistakes import show_refusal


@bp.get("/events/<uuid:event_id>/close")
@requires(events_policy.may_plan)
def close_event(event_id: UUID) -> str:
    return _page(event_id, ClosingForm())


@bp.post("/events/<uuid:event_id>/close")
@requires(events_policy.may_plan)
def close_confirmed(event_id: UUID) -> Answer:
    form = ClosingForm(request.form)
    if not form.validate():
        return _page(event_id, form), 422
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
        return _page(event_id, form), status
    flash(_("The event is closed. What was recorded is final."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _page(event_id: UUID, form: ClosingForm) -> str:
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
