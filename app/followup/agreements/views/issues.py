"""Priority issues of a preparatory webinar, and prefilling the agenda of the congress with them."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.followup.agreements import policy
from app.followup.agreements.forms import IssueForm
from app.followup.agreements.queries.choices import countries
from app.followup.agreements.services.issues import prefill_agenda, record_issue, remove_issue
from app.followup.agreements.views import bp
from app.followup.agreements.views.event import event_page
from app.followup.agreements.views.shown import Answer, choices_of
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.planning.events import policy as events_policy
from app.planning.events.queries.events import event_of
from app.web.guards import current_actor, requires
from app.web.mistakes import show_refusal


@bp.post("/events/<uuid:event_id>/priority-issues")
@requires(events_policy.may_plan)
def add_issue(event_id: UUID) -> Answer:
    _require_planned(event_id)
    with reading() as db:
        form = IssueForm(request.form).offer(choices_of(countries(db)))
    if not form.validate():
        return event_page(event_id, issue=form), 422
    try:
        with transaction() as db:
            record_issue(
                db, actor=current_actor(), event_id=event_id, draft=form.draft(), now=clock.now()
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return event_page(event_id, issue=form), status
    flash(_("The priority issue is recorded."), "success")
    return _to_priorities(event_id)


@bp.post("/events/<uuid:event_id>/priority-issues/prefill")
@requires(events_policy.may_plan)
def prefill(event_id: UUID) -> Answer:
    try:
        with transaction() as db:
            done = prefill_agenda(db, actor=current_actor(), event_id=event_id, now=clock.now())
    except Refusal as refusal:
        form = IssueForm()
        status = show_refusal(form, refusal)
        return event_page(event_id, issue=form), status
    flash(
        ngettext(
            "One issue is now a session of the congress.",
            "%(num)s issues are now sessions of the congress.",
            done.placed,
        )
        if done.placed
        else _("Nothing was changed."),
        "success",
    )
    if done.unplaced:
        said = ngettext(
            "One issue found no free half hour on any day of the congress.",
            "%(num)s issues found no free half hour on any day of the congress.",
            done.unplaced,
        )
        flash(said, "warning")
    return _to_priorities(event_id)


@bp.post("/priority-issues/<int:issue_id>/removal")
@requires(events_policy.may_plan)
def take_out_issue(issue_id: int) -> Answer:
    with transaction() as db:
        event_id = remove_issue(db, actor=current_actor(), issue_id=issue_id, now=clock.now())
    flash(_("The priority issue is removed."), "success")
    return _to_priorities(event_id)


def _require_planned(event_id: UUID) -> None:
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_record(actor, event.group_slugs, event.kind)


def _to_priorities(event_id: UUID) -> Answer:
    return redirect(
        url_for("agreements.event_agreements", event_id=event_id, _anchor="priorities"), 303
    )
