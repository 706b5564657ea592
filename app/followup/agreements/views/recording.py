"""Writing an agreement down, and changing its words until its event is closed."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.followup.agreements import policy
from app.followup.agreements.forms import read_agreement, typed_of
from app.followup.agreements.queries.agreements import agreement_of, agreements_of
from app.followup.agreements.queries.choices import choices
from app.followup.agreements.services.recording import change_agreement, record_agreement
from app.followup.agreements.values import AgreementView
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Refusal
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.mistakes import Mistakes, mistakes_of


@bp.get("/events/<uuid:event_id>/agreements/new")
@requires(policy.may_read)
def new(event_id: UUID) -> str:
    return _form(
        _planned(event_id), None, Mistakes(Typed({"paragraph": _next_paragraph(event_id)}))
    )


@bp.post("/events/<uuid:event_id>/agreements")
@requires(policy.may_read)
def record(event_id: UUID) -> Answer:
    event = _planned(event_id)
    try:
        draft = read_agreement(request.form)
        press_once(
            lambda db, now: record_agreement(
                db, actor=current_actor(), event_id=event_id, draft=draft, now=now
            )
        )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal)
        return _form(event, None, mistakes), status
    flash(_("Agreement %(paragraph)s is recorded.", paragraph=str(draft.paragraph)), "success")
    if request.form.get("action") == "another":
        return redirect(url_for("agreements.new", event_id=event_id), 303)
    return redirect(
        url_for("agreements.event_agreements", event_id=event_id, _anchor="agreed"), 303
    )


@bp.get("/agreements/<int:agreement_id>/edit")
@requires(policy.may_read)
def edit(agreement_id: int) -> str:
    found = _found(agreement_id)
    return _form(_planned(found.event_id), found, Mistakes(typed_of(found)))


@bp.post("/agreements/<int:agreement_id>/edit")
@requires(policy.may_read)
def change(agreement_id: int) -> Answer:
    found = _found(agreement_id)
    event = _planned(found.event_id)
    try:
        draft = read_agreement(request.form)
        with transaction() as db:
            changed = change_agreement(
                db,
                actor=current_actor(),
                agreement_id=found.id,
                draft=draft,
                now=clock.now(),
                seen=request.form.get("seen", ""),
            )
    except Refusal as refusal:
        stored = url_for("agreements.edit", agreement_id=found.id)
        mistakes, status = mistakes_of(refusal, stored=stored)
        return _form(event, found, mistakes), status
    flash(_("The agreement is changed.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("agreements.agreement", agreement_id=found.id), 303)


def _found(agreement_id: int) -> AgreementView:
    with reading() as db:
        return agreement_of(db, actor=current_actor(), agreement_id=agreement_id)[0]


def _planned(event_id: UUID) -> EventDetail:
    """Before anything is said about a form, it must be the actor's to send."""
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_record(actor, event.group_slugs, event.kind)
    return event


def _next_paragraph(event_id: UUID) -> str:
    with reading() as db:
        written = agreements_of(db, actor=current_actor(), event_id=event_id)
    return str(1 + max((one.paragraph.number for one in written), default=0))


def _form(event: EventDetail, agreement: AgreementView | None, mistakes: Mistakes) -> str:
    with reading() as db:
        offered = choices(db)
    return render_template(
        "followup/agreements/form.html",
        event=event,
        agreement=agreement,
        mistakes=mistakes,
        choices=offered,
        **WORDS,
    )
