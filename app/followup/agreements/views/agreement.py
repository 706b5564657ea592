"""One agreement with its reviews, and its status between webinars."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import ReportForm
from app.followup.agreements.queries.agreements import agreement_of
from app.followup.agreements.services.reviewing import report_status
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from app.kernel.seen import mark_of
from app.planning.events.queries.events import event_of
from app.web.guards import current_actor, requires
from app.web.mistakes import show_refusal


@bp.get("/agreements/<int:agreement_id>")
@requires(policy.may_read)
def agreement(agreement_id: int) -> str:
    return _agreement_page(agreement_id)


@bp.post("/agreements/<int:agreement_id>/status")
@requires(policy.may_read)
def status(agreement_id: int) -> Answer:
    """Records the status, or a proposal of one: organizers of its event record, the focal point of
    a responsible country proposes.
    """
    require_may_report(agreement_id)
    form = ReportForm(request.form).offer()
    if not form.validate():
        return _agreement_page(agreement_id, form), 422
    try:
        with transaction() as db:
            is_set = report_status(
                db,
                actor=current_actor(),
                agreement_id=agreement_id,
                report=form.report(),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        code = show_refusal(
            form, refusal, stored=url_for("agreements.agreement", agreement_id=agreement_id)
        )
        return _agreement_page(agreement_id, form), code
    flash(
        _("The status is recorded.")
        if is_set
        else _("Your proposal is recorded. The next follow-up webinar decides."),
        "success",
    )
    return redirect(url_for("agreements.agreement", agreement_id=agreement_id), 303)


def require_may_report(agreement_id: int) -> None:
    """Refuses an actor who may not send this form, before anything is said about its fields."""
    actor = current_actor()
    with reading() as db:
        shown, _reviews = agreement_of(db, actor=actor, agreement_id=agreement_id)
        event = event_of(db, actor=actor, event_id=shown.event_id)
    if not policy.may_propose(actor, shown.countries):
        policy.require_may_record(actor, event.group_slugs, event.kind)


def _agreement_page(agreement_id: int, form: ReportForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        shown, reviews = agreement_of(db, actor=actor, agreement_id=agreement_id)
        event = event_of(db, actor=actor, event_id=shown.event_id)
    may_record = policy.may_record(actor, event.group_slugs, event.kind)
    own_countries = actor.scopes(Role.FOCAL_POINT) & shown.countries
    seen = mark_of(shown.standing() if may_record else shown.proposed_by(own_countries))
    form = form or ReportForm().offer()
    form.seen.data = form.seen.data or seen
    return render_template(
        "followup/agreements/agreement.html",
        one=shown,
        reviews=reviews,
        event=event,
        form=form,
        may_record=may_record,
        may_change=may_record and event.closed_at is None,
        may_propose=policy.may_propose(actor, shown.countries),
        **WORDS,
    )
