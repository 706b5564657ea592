"""Pages of guests, who have a key and no account: registering, and their own page."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import Kind, NotFound, Refusal
from app.participation.invitations import forms, wording
from app.participation.invitations.queries.guests import (
    GuestPage,
    GuestSeat,
    OpenInvitation,
    guest_of,
    guest_page,
    invitation_by_key,
)
from app.participation.invitations.queries.invitations import countries
from app.participation.invitations.rules import (
    HasAnotherRegistration,
    LinkDead,
    LinkTerm,
    require_not_full,
    require_takes_guests,
)
from app.participation.invitations.services.guests import (
    cancel_guest,
    register_again,
    register_guest,
)
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import (
    consents,
    count_guest_try,
    dates_of,
    invitation_port,
    quiet,
)
from app.participation.registrations.forms import ConsentForm
from app.participation.registrations.queries.capacity import capacity_draft
from app.participation.registrations.rules import (
    has_entrance,
    require_in_time,
    require_not_over,
    require_open,
)
from app.participation.registrations.values import CONSENT_VERSION, Origin, Way
from app.participation.registrations.views.registering import pass_of
from app.planning.arranging.rules.clock import join_link_is_due
from app.planning.events.values import EventStatus
from app.planning.programme.exports.icalendar import calendar
from app.planning.programme.queries.feeds import personal_entries
from app.planning.programme.views.feeds import COLOR_OF_MINE, address, host
from app.web.downloads import name_file
from app.web.fields import Typed
from app.web.guards import anyone, requires
from app.web.limits import API
from app.web.locale import has_chosen_language, read_as_guest, reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name


@bp.get("/invitation/<token>")
@requires(anyone)
def guest_invitation(token: str) -> BaseResponse:
    """Answers in the language of the invitation, unless the reader has chosen one. A guest who has
    registered is led to their own page.
    """
    with reading() as db:
        invitation = invitation_by_key(db, token)
    _require_open(invitation)
    if invitation.guest_key:
        return redirect(url_for("invitations.guest", token=invitation.guest_key))
    if not has_chosen_language() and reader_language() != invitation.language:
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
    is_known = bool(invitation.guest_key) and not term.is_dead(clock.now())
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
        require_open(event.kind, event.status, starts_at=event.starts_at, now=now)
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
        [(one.value, one.label.in_(reader_language())) for one in by_name(offered, "label")]
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


# A guest's own page: their registration, the link to join, materials, and giving the place back.


@bp.get("/guest/<token>")
@requires(anyone)
def guest(token: str) -> Response:
    now = clock.now()
    with reading() as db:
        seat = guest_of(db, token, now)
        page = guest_page(db, seat)
    read_as_guest(seat.actor.timezone)
    html = render_template(
        "participation/invitations/guest.html",
        seat=seat,
        page=page,
        event=page.event,
        token=token,
        states=wording.STATES,
        looks=wording.LOOKS,
        may_join=_may_join(seat, page),
        links=_links(seat, token),
        version=CONSENT_VERSION,
        consents=consents(),
        may_change=page.event.starts_at is not None and page.event.starts_at > now,
        obstacle=_obstacle(seat, page, now),
        has_pass=_has_pass(seat, page),
        is_cancelled=page.event.status is EventStatus.CANCELLED,
        **dates_of(page.event),
    )
    return quiet(html)


@bp.post("/guest/<token>/cancellation")
@requires(anyone)
def cancel_guest_place(token: str) -> BaseResponse:
    now = clock.now()
    count_guest_try(now)
    with transaction() as db:
        was_registered = cancel_guest(db, seat=guest_of(db, token, now), now=now)
    flash(
        _("Your place is free again.") if was_registered else _("You had no place at this event."),
        "success",
    )
    return redirect(url_for("invitations.guest", token=token), 303)


@bp.post("/guest/<token>/registration")
@requires(anyone)
def register_guest_again(token: str) -> BaseResponse:
    now = clock.now()
    count_guest_try(now)
    form = ConsentForm(request.form)
    with transaction() as db:
        register_again(
            db,
            seat=guest_of(db, token, now),
            consent_version=form.version,
            purposes=form.purposes,
            now=now,
        )
    flash(_("You are registered."), "success")
    return redirect(url_for("invitations.guest", token=token), 303)


@bp.get("/guest/<token>/pass")
@requires(anyone)
def guest_pass(token: str) -> BaseResponse:
    """Shows the entry pass. A guest without a place on site is led to their page."""
    with reading() as db:
        seat = guest_of(db, token, clock.now())
        page = guest_page(db, seat)
    own_page = url_for("invitations.guest", token=token)
    if page.registration is None or not _has_pass(seat, page):
        return redirect(own_page)
    read_as_guest(seat.actor.timezone)
    return quiet(
        render_template(
            "participation/registrations/pass.html",
            event=page.event,
            name=page.name,
            back=own_page,
            **pass_of(seat.event_id, page.registration.code),
        )
    )


@bp.get("/guest/<token>/event.ics")
@requires(anyone, costs=API)
def guest_calendar(token: str) -> Response:
    """Returns the guest's event as an iCalendar file, with the link to join for those who have a
    place.
    """
    now = clock.now()
    with reading() as db:
        seat = guest_of(db, token, now)
        entries = personal_entries(db, person_id=seat.person_id, now=now)
    if not entries or seat.is_over:
        raise NotFound
    name = current_body().programme.in_(reader_language())
    body = calendar(
        entries,
        name=name,
        color=COLOR_OF_MINE,
        language=reader_language(),
        address=address(),
        host=host(),
    )
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    name_file(answer, "event.ics", inline=True)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _may_join(seat: GuestSeat, page: GuestPage) -> bool:
    """Returns True from half an hour before the start until the end, for a guest with a place."""
    event = page.event
    if (
        seat.is_over
        or not event.join_url
        or event.status is not EventStatus.PUBLISHED
        or event.span is None
    ):
        return False
    return (
        page.registration is not None
        and page.registration.is_registered
        and join_link_is_due(event.span, clock.now())
    )


def _obstacle(seat: GuestSeat, page: GuestPage, now: datetime) -> str:
    """Returns why a guest who gave the place back cannot register again, "" when it is possible."""
    try:
        if page.has_another:
            raise HasAnotherRegistration
        require_takes_guests(
            LinkTerm(page.event.ends_at),
            is_revoked=seat.is_revoked,
            closes_at=seat.closes_at,
            now=now,
        )
        require_in_time(Origin.GUEST, page.closes_at, now)
    except Refusal as refusal:
        return say(reader_language(), refusal.sentence)
    return ""


def _has_pass(seat: GuestSeat, page: GuestPage) -> bool:
    """Returns True before the end of an event that people attend on site."""
    is_on = not seat.is_over and page.event.status is EventStatus.PUBLISHED
    return (
        is_on
        and page.registration is not None
        and bool(page.registration.code)
        and has_entrance(page.event.mode)
    )


def _links(seat: GuestSeat, token: str) -> list[tuple[str, str]]:
    """Returns label and address of the links on the page."""
    shown = []
    for label, endpoint, argument, when in invitation_port().guest_links:
        if endpoint in current_app.view_functions and when in (
            "always",
            "after" if seat.is_over else "before",
        ):
            value = {"event_id": seat.event_id} if argument == "event_id" else {"token": token}
            shown.append((translate(reader_language(), label), url_for(endpoint, **value)))
    return shown
