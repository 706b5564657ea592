"""Planning a series, changing it and cancelling it. Every step is a form that keeps what was typed;
no script.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.planning.arranging.rules.publishing import NotReady
from app.planning.arranging.views.plan_page import are_own_groups, may_ask, sentences_of
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.rules.overrides import SHORTEST_REASON, require_reason
from app.planning.scheduling.services.permitting import OVERRIDE_FIELD
from app.planning.series.forms import SeriesCancelForm, SeriesChangeForm, scope_in
from app.planning.series.queries import SeriesDetail, series_of
from app.planning.series.rules.series import NotInSeries, Scope, SeriesRefused
from app.planning.series.services import SeriesOutcome, cancel_series, change_series, plan_series
from app.planning.series.views import bp
from app.planning.series.views.series_page import (
    SeriesPage,
    asking_line,
    dates_page,
    existing_page,
    form_page,
    refusals_of,
    series_page_of,
)
from app.web.guards import current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.locale import reader_language
from app.web.mistakes import changed_meanwhile, show_errors
from app.web.render import day_text

SAVE, PUBLISH, TO_FORM = "save", "publish", ("form", "find")
Answer = Response | tuple[str, int]


@bp.get("/series/plan")
@requires(policy.may_plan)
def plan_a_series() -> Answer:
    """Shows what was kept of a series at the step at which it was sent."""
    typed = kept_fields()
    with reading() as db:
        page = series_page_of(db, typed)
    if typed is not None and typed.get("action", "") not in TO_FORM and page.answers.validate():
        try:
            return dates_page(page)
        except InvalidInput as refusal:
            page.answers.show_errors(refusal.errors)
    return form_page(page)


@bp.post("/series/plan")
@requires(policy.may_plan)
def plan_a_series_submitted() -> Answer:
    """Any button but save and publish (show the dates, a free slot, back to the form) only shows a
    page.
    """
    with reading() as db:
        page = series_page_of(db, request.form)
    action = request.form.get("action", "")
    if action in TO_FORM:
        return form_page(page)
    if not page.answers.validate() or not are_own_groups(page.answers.plan):
        return form_page(page, status=422)
    try:
        return (
            _save_series(page, publish=action == PUBLISH)
            if action in (SAVE, PUBLISH)
            else dates_page(page)
        )
    except InvalidInput as refusal:
        page.answers.show_errors(refusal.errors)
        return (dates_page if OVERRIDE_FIELD in refusal.errors else form_page)(page, status=422)
    except NotReady as refusal:
        page.answers.show_errors({"decision_ref": refusal.sentence})
        return form_page(page, status=409)


def _save_series(page: SeriesPage, *, publish: bool) -> Answer:
    draft = page.draft
    try:
        with transaction() as db:
            outcome = plan_series(
                db,
                actor=current_actor(),
                draft=draft,
                recurrence=page.recurrence,
                publish=publish,
                now=clock.now(),
                skip=page.skip,
                moved=page.moved(draft),
                overrides=page.answers.plan.overrides,
                series_id=page.answers.plan.new_id,
            )
    except SeriesRefused as refusal:
        return dates_page(page, refusal=refusal)
    count = len(outcome.events)
    if publish:
        flash(
            ngettext("%(num)d event is published.", "%(num)d events are published.", count),
            "success",
        )
    else:
        flash(
            _("%(count)d drafts are saved. They hold their time for 14 days.", count=count),
            "success",
        )
    return redirect(url_for("series.series", event_id=outcome.events[0]), 303)


@bp.get("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
def series(event_id: UUID) -> Answer:
    with reading() as db:
        found = _found(db, event_id)
    return existing_page(*found) if found else _to_event(event_id)


@bp.post("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
def change_a_series(event_id: UUID) -> Answer:
    with reading() as db:
        found = _found(db, event_id)
    if found is None:
        return _to_event(event_id)
    form = SeriesChangeForm(request.form)
    if not form.validate():
        return existing_page(*found, form, status=422)
    try:
        outcome = _change(form, found[1])
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
        return existing_page(*found, form, status=422)
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        return existing_page(*found, form, status=409, refusals=_said(refusal, form, found))
    return _told(outcome, event_id)


def _said(
    refusal: Refusal, form: SeriesChangeForm, found: tuple[SeriesDetail, EventDetail]
) -> list[str]:
    series_found, event = found
    if isinstance(refusal, ChangedMeanwhile):
        form.seen.data = refusal.mark
        return [changed_meanwhile(refusal, url_for("series.series", event_id=event.id))]
    if isinstance(refusal, SeriesRefused):
        return refusals_of(refusal, series_found)
    lines, span = sentences_of(refusal), form.draft(event.as_draft()).span
    if isinstance(refusal, Clash) and span is not None and may_ask(refusal.findings):
        lines.append(asking_line(event.id, span, day_text(form.on.data, reader_language())))
    return lines


def _change(form: SeriesChangeForm, event: EventDetail) -> SeriesOutcome:
    draft, publish = form.draft(event.as_draft()), request.form.get("action") == PUBLISH
    with transaction() as db:
        return change_series(
            db,
            actor=current_actor(),
            event_id=event.id,
            scope=form.chosen_scope(),
            draft=draft,
            now=clock.now(),
            publish=publish,
            seen=form.seen.data or "",
        )


def _told(outcome: SeriesOutcome, event_id: UUID) -> Response:
    flash(
        ngettext(
            "%(num)d date is changed. Whoever is registered is told when time or place changed.",
            "%(num)d dates are changed. Whoever is registered is told when time or place changed.",
            len(outcome.events),
        ),
        "success",
    )
    return redirect(url_for("series.series", event_id=event_id), 303)


@bp.get("/events/<uuid:event_id>/series/cancel")
@requires(policy.may_plan)
def cancel_a_series(event_id: UUID) -> Answer:
    """Asks once and names the dates."""
    with reading() as db:
        found = _found(db, event_id)
    if found is None:
        return _to_event(event_id)
    return _cancel_page(*found, scope_in(request.args.get("scope")))


@bp.post("/events/<uuid:event_id>/series/cancel")
@requires(policy.may_plan)
def cancel_a_series_confirmed(event_id: UUID) -> Answer:
    """With a reason, if any of the dates is public: everybody who is told reads it."""
    form = SeriesCancelForm(request.form)
    scope, reason = form.chosen_scope(), form.reason.data or ""
    with reading() as db:
        found = _found(db, event_id)
    if found is None:
        return _to_event(event_id)
    try:
        if _is_public(_ending(*found, scope)):
            require_reason(form.reason.name, reason)
        with transaction() as db:
            outcome = cancel_series(
                db,
                actor=current_actor(),
                event_id=event_id,
                scope=scope,
                now=clock.now(),
                reason=reason,
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _cancel_page(*found, scope, form, status=422)
    count = len(outcome.events)
    flash(
        ngettext(
            "%(num)d date is cancelled and its time is free again.",
            "%(num)d dates are cancelled and their time is free again.",
            count,
        ),
        "success",
    )
    return redirect(url_for("series.series", event_id=event_id), 303)


def _found(db: Session, event_id: UUID) -> tuple[SeriesDetail, EventDetail] | None:
    """Returns None for an event that stands by itself.

    Refuses what the actor may see and not change.
    """
    event = event_of(db, actor=current_actor(), event_id=event_id)
    policy.require_may_plan_for(current_actor(), event.group_slugs, event.kind)
    try:
        return series_of(db, actor=current_actor(), event_id=event_id), event
    except NotInSeries:
        return None


def _to_event(event_id: UUID) -> Response:
    flash(_("This event is not part of a series."), "info")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _cancel_page(
    found: SeriesDetail,
    event: EventDetail,
    scope: Scope,
    form: SeriesCancelForm | None = None,
    *,
    status: int = 200,
) -> Answer:
    dates = _ending(found, event, scope)
    shown = form or SeriesCancelForm(data={"scope": scope.value})
    shown.reason.flags.required = is_public = _is_public(dates)
    return render_template(
        "planning/series/cancel_series.html",
        event=event,
        form=shown,
        dates=dates,
        is_public=is_public,
        shortest=SHORTEST_REASON,
    ), status


def _is_public(dates: Sequence[EventDetail]) -> bool:
    return any(date.status is EventStatus.PUBLISHED for date in dates)


def _ending(found: SeriesDetail, event: EventDetail, scope: Scope) -> list[EventDetail]:
    """Returns the dates that cancelling would end."""
    here = next(member.position for member in found.members if member.event.id == event.id)
    now = clock.now()
    return [
        member.event
        for member in found.members
        if member.event.status is not EventStatus.CANCELLED
        and member.event.starts_at
        and member.event.starts_at > now
        and (
            scope is Scope.ALL
            or member.position == here
            or (scope is Scope.FOLLOWING and member.position > here)
        )
    ]
