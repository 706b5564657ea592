"""A guest's own page: their registration, the link to join, materials, and giving the place back."""

from datetime import datetime

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import NotFound, Refusal
from app.participation.invitations import wording
from app.participation.invitations.queries.guests import GuestPage, GuestSeat, guest_of, guest_page
from app.participation.invitations.rules.inviting import HasAnotherRegistration
from app.participation.invitations.rules.lasting import LinkTerm, require_takes_guests
from app.participation.invitations.services.guests import cancel_guest, register_again
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import consents, count_guest_try, dates_of, quiet
from app.participation.invitations.views.port import invitation_port
from app.participation.registrations.forms import ConsentForm
from app.participation.registrations.rules.registering import has_entrance, require_in_time
from app.participation.registrations.values import CONSENT_VERSION, Origin
from app.participation.registrations.views.passes import pass_of
from app.planning.arranging.rules import join_link_is_due
from app.planning.events.values import EventStatus
from app.planning.programme.exports.icalendar import calendar
from app.planning.programme.queries.feeds import personal_entries
from app.planning.programme.views.feeds import COLOR_OF_MINE, address, host
from app.web.downloads import name_file
from app.web.guards import anyone, requires
from app.web.locale import read_as_guest, reader_language


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
@requires(anyone)
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
