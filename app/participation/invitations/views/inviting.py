"""Invitations of an event, for those who plan it: list, add, withdraw, send again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import Refusal
from app.participation.invitations import forms, policy, wording
from app.participation.invitations.queries.choices import Option, choices
from app.participation.invitations.queries.invitations import (
    event_to_invite_to,
    invitations_of,
    opening_of,
)
from app.participation.invitations.rules.pasting import BadLine, read_lines
from app.participation.invitations.services import inviting as services
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import keyring
from app.participation.invitations.views.port import invitation_port
from app.participation.registrations.values import NAMING, Way
from app.planning.arranging.queries.planning import PeopleChoices
from app.planning.arranging.views.people_shown import choose_people, note_of, seals, shown_in
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.paging import addresses, page_asked

Answer = BaseResponse | tuple[str, int] | str
LONGEST_SEARCH = 80
PREVIEW = "preview"


@bp.get("/events/<uuid:event_id>/invitations")
@requires(policy.may_invite)
def invitations(event_id: UUID) -> str:
    with reading() as db:
        page = invitations_of(
            db, actor=current_actor(), event_id=event_id, on=_today(), number=page_asked()
        )
        states = invitation_port().states(db, event_id=event_id)
    return render_template(
        "participation/invitations/invitations.html",
        page=page,
        states=states,
        event=page.event,
        classes=wording.CLASSES,
        ways=wording.WAYS,
        keys=None,
        address=addresses(),
        open_to=wording.OPEN_TO[page.is_closed, bool(page.event.countries)],
    )


@bp.get("/events/<uuid:event_id>/invitations/new")
@requires(policy.may_invite)
def new_invitation(event_id: UUID) -> str:
    """Shows the form of one way of inviting; links lead to the forms of the other ways."""
    with reading() as db:
        event = event_to_invite_to(db, actor=current_actor(), event_id=event_id)
        form = _invitation_form(db, event, forms.way_in(request.args.get("way", "")))
    return _invitation_page(event_id, form)


@bp.post("/events/<uuid:event_id>/invitations/new")
@requires(policy.may_invite)
def add_invitation(event_id: UUID) -> Answer:
    actor = current_actor()
    with reading() as db:
        event = event_to_invite_to(db, actor=actor, event_id=event_id)
        form = _invitation_form(db, event, forms.way_in(request.form.get("way", "")), request.form)
    if not form.validate():
        return _invitation_page(event_id, form), 422
    draft = form.draft(shown=shown_in(request.form), timezone=event.timezone)
    if PREVIEW in request.form:
        return _invitation_page(event_id, form, draft=draft)
    try:
        made = press_once(
            lambda db, now: services.invite(
                db, actor=actor, event_id=event_id, draft=draft, keys=keyring(), now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _invitation_page(event_id, form), status
    flash(_("The invitation is ready. Its letters go out once the event is published."), "success")
    return redirect(url_for("invitations.invitation", event_id=event_id, invitation_id=made), 303)


@bp.post("/events/<uuid:event_id>/invitations/list")
@requires(policy.may_invite)
def paste_guests(event_id: UUID) -> Answer:
    """Invites the guests of the lines that can be read. The others come back in the field, each
    with its reason.
    """
    actor, form = current_actor(), forms.PasteForm(request.form).offer()
    if not form.validate():
        return _invitation_page(event_id, paste=form), 422
    pasted = read_lines(form.lines.data or "")
    try:
        with transaction() as db:
            done = services.invite_guests(
                db,
                actor=actor,
                event_id=event_id,
                invitation_class=InvitationClass(form.invitation_class.data),
                lines=pasted.good,
                keys=keyring(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _invitation_page(event_id, paste=form), status
    _say_pasted(len(done.made), len(done.standing))
    if pasted.bad:
        form.lines.data = "\n".join(line.text for line in pasted.bad)
        return _invitation_page(event_id, paste=form, bad=pasted.bad), 422
    return redirect(url_for("invitations.invitations", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/invitations/<int:invitation_id>/withdrawal")
@requires(policy.may_invite)
def revoke_invitation(event_id: UUID, invitation_id: int) -> BaseResponse:
    with transaction() as db:
        services.revoke(
            db,
            actor=current_actor(),
            event_id=event_id,
            invitation_id=invitation_id,
            now=clock.now(),
        )
    flash(_("The invitation is withdrawn. Its link no longer works."), "success")
    return redirect(
        url_for("invitations.invitation", event_id=event_id, invitation_id=invitation_id), 303
    )


@bp.post("/events/<uuid:event_id>/invitations/<int:invitation_id>/sending")
@requires(policy.may_invite)
def send_invitation_again(event_id: UUID, invitation_id: int) -> BaseResponse:
    press_once(
        lambda db, now: services.send_again(
            db,
            actor=current_actor(),
            event_id=event_id,
            invitation_id=invitation_id,
            keys=keyring(),
            now=now,
        )
    )
    flash(_("The invitation goes out again. A link sent before no longer works."), "success")
    return redirect(
        url_for("invitations.invitation", event_id=event_id, invitation_id=invitation_id), 303
    )


def _today() -> date:
    return clock.today(current_actor().timezone)


def _say_pasted(made: int, standing: int) -> None:
    words = ngettext("One guest was invited.", "%(num)s guests were invited.", made)
    if standing:
        words += " " + ngettext(
            "One had been invited before.", "%(num)s had been invited before.", standing
        )
    flash(words, "success" if made else "warning")


def _invitation_form(
    db: Session, event: EventDetail, way: Way, typed: Typed | None = None
) -> forms.InvitationForm:
    today, offered = clock.today(event.timezone), choices(db)
    must_choose = way in NAMING and opening_of(db, event=event, on=today) is not None
    return forms.InvitationForm(way, typed, today=today, must_choose=must_choose).offer(
        countries=_named(offered.countries),
        groups=_named(offered.groups),
        institutions={
            country.in_(reader_language()): _named(houses)
            for country, houses in offered.institutions
        },
    )


def _named(options: Sequence[Option]) -> list[tuple[str, str]]:
    return [(option.value, option.label.in_(reader_language())) for option in options]


def _invitation_page(
    event_id: UUID,
    form: forms.InvitationForm | None = None,
    *,
    paste: forms.PasteForm | None = None,
    bad: Sequence[BadLine] = (),
    draft: InvitationDraft | None = None,
) -> str:
    """Renders the form. `paste`: the list of guests that was refused, and `bad`: its lines that
    could not be read. `draft`: what was asked to be shown as a letter before it is saved.
    """
    words = (request.form.get("words") or request.args.get("words", "")).strip()[:LONGEST_SEARCH]
    with reading() as db:
        event = event_to_invite_to(db, actor=current_actor(), event_id=event_id)
        form = form or _invitation_form(db, event, Way.GUEST)
        today = clock.today(event.timezone)
        opening = opening_of(db, event=event, on=today) if form.of in NAMING else None
        ahead = letters_ahead().if_invited(db, event_id, draft) if draft else None
        is_search = form.of is Way.PERSON
        matches = choose_people(db, chosen=(), words=words) if is_search else PeopleChoices()
    people = matches.people
    if is_search:
        form.person.choices = [(str(person.id), person.name) for person in people]
    return render_template(
        "participation/invitations/new_invitation.html",
        event=event,
        form=form,
        paste=paste or forms.PasteForm().offer(),
        ahead=ahead,
        way=form.of,
        ways=wording.WAYS,
        words=words,
        people=people,
        people_note=note_of(matches),
        seals=seals(person.id for person in people),
        bad=bad,
        say=say,
        opening=opening,
        today=today.isoformat(),
        page_has_errors=bool(form.errors or bad or (paste and paste.errors)),
    )
