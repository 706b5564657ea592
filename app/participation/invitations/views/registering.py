"""The page behind an invitation's key, with the form by which a guest registers without an account."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import Kind, Refusal
from app.participation.invitations import forms
from app.participation.invitations.queries.choices import countries
from app.participation.invitations.queries.guests import OpenInvitation, invitation_by_key
from app.participation.invitations.rules.lasting import (
    LinkDead,
    LinkTerm,
    require_not_full,
    require_takes_guests,
)
from app.participation.invitations.services.guests import register_guest
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import (
    consents,
    count_guest_try,
    dates_of,
    keyring,
    quiet,
)
from app.participation.registrations.queries.capacity import capacity_draft
from app.participation.registrations.rules.registering import (
    require_in_time,
    require_not_over,
    require_open,
)
from app.participation.registrations.values import CONSENT_VERSION, Origin, Way
from app.web.fields import Typed
from app.web.guards import anyone, requires
from app.web.locale import LANGUAGE_COOKIE, reader_language
from app.web.mistakes import show_refusal


@bp.get("/invitation/<token>")
@requires(anyone)
def guest_invitation(token: str) -> BaseResponse:
    """Answers in the language of the invitation, unless the reader has chosen one. A guest who has
    registered is led to their own page.
    """
    with reading() as db:
        invitation = invitation_by_key(db, token)
    _require_open(invitation)
    if invitation.guest_bits:
        return redirect(
            url_for("invitations.guest", token=keyring().guest_key(invitation.guest_bits))
        )
    has_chosen = "lang" in request.args or LANGUAGE_COOKIE in request.cookies
    if not has_chosen and reader_language() != invitation.language:
        return redirect(
            url_for("invitations.guest_invitation", token=token, lang=invitation.language)
        )
    is_named = invitation.way is Way.GUEST
    data = {"name": invitation.name, "organisation": invitation.organisation} if is_named else {}
    return quiet(_key_page(token, invitation, _guest_form(data=data)))


@bp.post("/invitation/<token>")
@requires(anyone)
def register_by_invitation(token: str) -> BaseResponse:
    """Registers the guest. The same form sent twice registers once. For an address that is
    registered already, the page says nothing new and the answer goes to that mailbox.
    """
    now = clock.now()
    count_guest_try(now)
    form = _guest_form(request.form)
    if not form.validate():
        with reading() as db:
            invitation = invitation_by_key(db, token)
        return quiet(_key_page(token, invitation, form), 422)
    draft = form.draft(reader_language())
    try:
        with transaction() as db:
            place = register_guest(
                db,
                token=token,
                draft=draft,
                consent_version=form.version,
                purposes=form.purposes,
                keys=keyring(),
                now=now,
            )
    except Refusal as refusal:
        return _refused(token, form, refusal)
    if not place.key:
        return quiet(
            render_template("participation/invitations/registered_before.html", email=draft.email)
        )
    return redirect(url_for("invitations.guest", token=place.key), 303)


def _require_open(invitation: OpenInvitation) -> None:
    term = LinkTerm(invitation.event.ends_at)
    is_known = bool(invitation.guest_bits) and not term.is_dead(clock.now())
    if not is_known:
        require_takes_guests(
            term, is_revoked=invitation.is_revoked, closes_at=invitation.closes_at, now=clock.now()
        )
    elif invitation.is_revoked:
        raise LinkDead


def _invitation_obstacle(invitation: OpenInvitation, closes_at: datetime | None) -> str:
    """Returns why nobody can register by this link now, "" when it is possible."""
    event, now = invitation.event, clock.now()
    try:
        if invitation.way is Way.LINK:
            require_not_full(invitation.places, invitation.taken)
        require_not_over(event.status, event.ends_at, now)
        require_open(event.kind, event.status, event.starts_at, now)
        require_in_time(Origin.GUEST, closes_at, now)
    except Refusal as refusal:
        return say(reader_language(), refusal.sentence)
    return ""


def _guest_form(
    typed: Typed | None = None, data: Mapping[str, str] | None = None
) -> forms.GuestForm:
    with reading() as db:
        offered = countries(db)
    return forms.GuestForm(typed, data=data).offer(
        [(one.value, one.label.in_(reader_language())) for one in offered]
    )


def _refused(token: str, form: forms.GuestForm, refusal: Refusal) -> BaseResponse:
    """Shows the form again with what was typed. Refusals that the form cannot mend go to the error
    page.
    """
    if refusal.kind in (Kind.MISSING, Kind.GONE):
        raise refusal
    with reading() as db:
        invitation = invitation_by_key(db, token)
    status = show_refusal(form, refusal)
    return quiet(_key_page(token, invitation, form), status)


def _key_page(token: str, invitation: OpenInvitation, form: forms.GuestForm) -> str:
    """Shows the form, or why nobody can register now. `form_key` makes a second click of this very
    form find the place that the first one took.
    """
    form.form_key.data = form.form_key.data or secrets.token_urlsafe(24)
    with reading() as db:
        closes_at = capacity_draft(db, event_id=invitation.event.id).closes_at
    obstacle = "" if form.form_errors else _invitation_obstacle(invitation, closes_at)
    return render_template(
        "participation/invitations/guest_invitation.html",
        one=invitation,
        event=invitation.event,
        token=token,
        form=form,
        obstacle=obstacle,
        version=CONSENT_VERSION,
        consents=consents(),
        page_has_errors=bool(form.errors),
        **dates_of(invitation.event),
    )
