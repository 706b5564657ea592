"""The reader's own registrations: register, consent, cancel."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput
from app.kernel.text import N_
from app.participation.registrations.forms import ConsentForm
from app.participation.registrations.queries.registrations import my_webinars as webinars_of
from app.participation.registrations.rules.registering import PromotedMeanwhile
from app.participation.registrations.services import registration
from app.participation.registrations.values import RegistrationStatus
from app.participation.registrations.views import bp
from app.planning.arranging.views.event import event_page
from app.planning.events.queries.events import sees
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.undo import MinuteIsOver, flash_undoable, let_letters_wait, undone

FRESH = {
    RegistrationStatus.REGISTERED: N_("You have a place."),
    RegistrationStatus.WAITING: N_(
        "You are on the waiting list. We will write to you as soon as you have a place."
    ),
    RegistrationStatus.PENDING: N_(
        "Your request is with the organizers. We will write to you when they have decided."
    ),
}
ALREADY = {
    RegistrationStatus.REGISTERED: N_("You already had a place; it is still yours."),
    RegistrationStatus.WAITING: N_("You are already on the waiting list; you keep your turn."),
    RegistrationStatus.PENDING: N_("The organizers already have your request."),
    RegistrationStatus.DECLINED: N_("The organizers could not give you a place."),
}


@bp.post("/events/<uuid:event_id>/registrations")
@requires(signed_in)
def register(event_id: UUID) -> Any:
    """Registers the reader. Without the required consent the page comes back with the ticks."""
    form = ConsentForm(request.form)
    given: dict[str, Any] = {"purposes": form.purposes, "consent_version": form.version}
    try:
        with reading() as db:
            answer = registration.registered_already(
                db, actor=current_actor(), event_id=event_id, now=clock.now(), **given
            )
        if answer is None:
            with transaction() as db:
                answer = registration.register(
                    db, actor=current_actor(), event_id=event_id, now=clock.now(), **given
                )
    except InvalidInput as refused:
        return event_page(event_id, refused=refused), 422
    flash(
        translate(
            reader_language(), FRESH[answer.status] if answer.is_new else ALREADY[answer.status]
        ),
        "success",
    )
    return redirect(url_for("events.event", event_id=event_id, _anchor="registration"), 303)


@bp.post("/events/<uuid:event_id>/registrations/consent")
@requires(signed_in)
def save_consent(event_id: UUID) -> Any:
    form = ConsentForm(request.form)
    try:
        with transaction() as db:
            registration.agree(
                db,
                actor=current_actor(),
                event_id=event_id,
                purposes=form.purposes,
                consent_version=form.version,
                now=clock.now(),
            )
    except InvalidInput as refused:
        return event_page(event_id, refused=refused), 422
    flash(_("Your consent is recorded."), "success")
    return redirect(url_for("events.event", event_id=event_id, _anchor="registration"), 303)


@bp.post("/events/<uuid:event_id>/registrations/cancellation")
@requires(signed_in)
def cancel_registration(event_id: UUID) -> Any:
    """Cancels the reader's registration. Afterwards a confidential event may be invisible to them."""
    actor, now = current_actor(), clock.now()
    person_id = actor.person_id or 0
    with transaction() as db:
        let_letters_wait(db, now)
        before = registration.status_before(db, event_id=event_id, person_id=person_id)
        was_registered = registration.cancel_registration(
            db, actor=actor, event_id=event_id, now=now
        )
        is_seen = sees(db, actor=actor, event_id=event_id)
        can_undo = was_registered and registration.is_free_again(
            db, event_id=event_id, person_id=person_id
        )
    if can_undo:
        url = url_for("registrations.undo_cancellation", event_id=event_id)
        flash_undoable(_("Your place is free again."), url, person_id, *before)
    else:
        flash(
            _("Your place is free again.")
            if was_registered
            else _("You had no place at this event."),
            "success",
        )
    # At the top of the page, where the message has its button.
    page = url_for("events.event", event_id=event_id)
    return redirect(page if is_seen else url_for("registrations.my_webinars"), 303)


@bp.post("/events/<uuid:event_id>/registrations/cancellation/undo")
@requires(signed_in)
def undo_cancellation(event_id: UUID) -> Any:
    restore_undone(event_id, _("Your registration stands again, as before."))
    with reading() as db:
        is_seen = sees(db, actor=current_actor(), event_id=event_id)
    page = url_for("events.event", event_id=event_id)
    return redirect(page if is_seen else url_for("registrations.my_webinars"), 303)


def restore_undone(event_id: UUID, words: str) -> None:
    """Restores the registration that the undo token names, or says why that is not possible."""
    try:
        person_id, status, since = undone()
        with transaction() as db:
            registration.restore_registration(
                db,
                actor=current_actor(),
                event_id=event_id,
                person_id=person_id,
                status=RegistrationStatus(status),
                waiting_since=datetime.fromisoformat(since) if since else None,
                now=clock.now(),
            )
    except (MinuteIsOver, PromotedMeanwhile) as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(words, "success")


@bp.get("/my-webinars")
@requires(signed_in)
def my_webinars() -> str:
    with reading() as db:
        own_webinars = webinars_of(db, actor=current_actor())
    now = clock.now()
    coming = [webinar for webinar in own_webinars if webinar.ends_at and webinar.ends_at > now]
    over = [webinar for webinar in reversed(own_webinars) if webinar not in coming]
    return render_template("participation/registrations/my_webinars.html", coming=coming, over=over)
