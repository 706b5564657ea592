"""Recording an agreement, and changing it until its event is closed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import AgreementForm, answers_of
from app.followup.agreements.queries.agreements import agreement_of, agreements_of
from app.followup.agreements.queries.choices import choices
from app.followup.agreements.services.recording import change_agreement, record_agreement
from app.followup.agreements.values import AgreementView
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer, choices_of, sections_of
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal


@bp.get("/events/<uuid:event_id>/agreements/new")
@requires(policy.may_read)
def new(event_id: UUID) -> str:
    event = _planned(event_id)
    return _form_page(event, None, _form(data={"paragraph": _next_paragraph(event_id)}))


@bp.post("/events/<uuid:event_id>/agreements")
@requires(policy.may_read)
def record(event_id: UUID) -> Answer:
    event = _planned(event_id)
    form = _form(request.form)
    if not form.validate():
        return _form_page(event, None, form), 422
    draft = form.draft()
    try:
        press_once(
            lambda db, now: record_agreement(
                db, actor=current_actor(), event_id=event_id, draft=draft, now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _form_page(event, None, form), status
    flash(_("Agreement %(paragraph)s is recorded.", paragraph=str(draft.paragraph)), "success")
    if request.form.get("action") == "another":
        return redirect(url_for("agreements.new", event_id=event_id), 303)
    return redirect(
        url_for("agreements.event_agreements", event_id=event_id, _anchor="agreed"), 303
    )


@bp.get("/agreements/<int:agreement_id>/edit")
@requires(policy.may_read)
def edit(agreement_id: int) -> str:
    agreement = _agreement(agreement_id)
    return _form_page(_planned(agreement.event_id), agreement, _form(data=answers_of(agreement)))


@bp.post("/agreements/<int:agreement_id>/edit")
@requires(policy.may_read)
def change(agreement_id: int) -> Answer:
    agreement = _agreement(agreement_id)
    event = _planned(agreement.event_id)
    form = _form(request.form)
    if not form.validate():
        return _form_page(event, agreement, form), 422
    try:
        with transaction() as db:
            changed = change_agreement(
                db,
                actor=current_actor(),
                agreement_id=agreement.id,
                draft=form.draft(),
                now=clock.now(),
                seen=form.seen.data or "",
            )
    except Refusal as refusal:
        status = show_refusal(
            form, refusal, stored=url_for("agreements.edit", agreement_id=agreement.id)
        )
        return _form_page(event, agreement, form), status
    flash(_("The agreement is changed.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("agreements.agreement", agreement_id=agreement.id), 303)


def _agreement(agreement_id: int) -> AgreementView:
    with reading() as db:
        return agreement_of(db, actor=current_actor(), agreement_id=agreement_id)[0]


def _planned(event_id: UUID) -> EventDetail:
    """Returns the event. Refuses an actor who may not send this form, before anything is said about
    its fields.
    """
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_record(actor, event.group_slugs, event.kind)
    return event


def _next_paragraph(event_id: UUID) -> str:
    with reading() as db:
        written = agreements_of(db, actor=current_actor(), event_id=event_id)
    return str(1 + max((one.paragraph.number for one in written), default=0))


def _form(typed: Typed | None = None, data: Mapping[str, Any] | None = None) -> AgreementForm:
    language = reader_language()
    with reading() as db:
        offered = choices(db)
    return AgreementForm(typed, data=data).offer(
        countries=choices_of(offered.countries),
        groups=choices_of(offered.groups),
        institutions={
            state.name.in_(language): choices_of(found) for state, found in offered.institutions
        },
        sections=sections_of(offered.sections),
    )


def _form_page(event: EventDetail, agreement: AgreementView | None, form: AgreementForm) -> str:
    return render_template(
        "followup/agreements/form.html",
        event=event,
        agreement=agreement,
        form=form,
        **WORDS,
    )
