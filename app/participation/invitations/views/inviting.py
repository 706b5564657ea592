"""Invitations of an event, for those who plan it: the list by class, adding, withdrawing, sending
again.
"""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.participation.admission.values import NAMING, InvitationDraft, Way
from app.participation.invitations import forms, policy, wording
from app.participation.invitations.queries.choices import choices
from app.participation.invitations.queries.invitations import (
    event_to_invite_to,
    invitations_of,
    opening_of,
)
from app.participation.invitations.rules.pasting import read_lines
from app.participation.invitations.services import inviting as services
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import keyring, settings
from app.planning.arranging.queries.planning import PeopleChoices
from app.planning.arranging.views.people_shown import choose_people, note_of, seals, shown_in
from app.web.fields import Typed
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.mistakes import UNTOUCHED, Mistakes, mistakes_of
from app.web.paging import addresses, page_asked

Answer = Response | tuple[str, int] | str
LONGEST_SEARCH = 80
PREVIEW = "preview"


@bp.get("/events/<uuid:event_id>/invitations")
@requires(policy.may_invite)
def invitations(event_id: UUID) -> str:
    with reading() as db:
        page = invitations_of(
            db, actor=current_actor(), event_id=event_id, on=_today(), number=page_asked()
        )
    return render_template(
        "participation/invitations/invitations.html",
        page=page,
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
    """One page; which way is chosen by a link, so that it shows only what that way needs."""
    return _form_page(event_id)


@bp.post("/events/<uuid:event_id>/invitations/new")
@requires(policy.may_invite)
def add_invitation(event_id: UUID) -> Answer:
    actor = current_actor()
    with reading() as db:
        event = event_to_invite_to(db, actor=actor, event_id=event_id)
        opening = opening_of(db, event=event, on=clock.today(event.timezone))
    form = forms.read_invitation(
        request.form,
        shown=shown_in(request.form),
        timezone=event.timezone,
        today=clock.today(event.timezone),
        must_choose=opening is not None,
    )
    draft = form.draft
    try:
        if draft is None:
            raise InvalidInput(form.errors)
        if PREVIEW in request.form:
            return _form_page(event_id, Mistakes(Typed(request.form)), draft=draft)
        made = press_once(
            lambda db, now: services.invite(
                db, actor=actor, event_id=event_id, draft=draft, keys=keyring(), now=now
            )
        )
    except Refusal as refusal:
        return _refused(event_id, refusal)
    flash(_("The invitation is ready. Its letters go out once the event is published."), "success")
    return redirect(url_for("invitations.invitation", event_id=event_id, invitation_id=made), 303)


@bp.post("/events/<uuid:event_id>/invitations/list")
@requires(policy.may_invite)
def paste_guests(event_id: UUID) -> Answer:
    """The good lines are invited; the bad ones come back in the field, each with its reason."""
    actor, chosen = current_actor(), forms.class_in(request.form.get("class", ""))
    pasted = read_lines(request.form.get("list", "")[: forms.LONGEST_LIST])
    try:
        if len(request.form.get("list", "")) > forms.LONGEST_LIST:
            raise InvalidInput(
                {"list": Sentence(forms.TEXT_TOO_LONG, {"most": forms.LONGEST_LIST})}
            )
        if chosen is None:
            raise InvalidInput({"class": Sentence(forms.CHOOSE_CLASS)})
        with transaction() as db:
            done = services.invite_guests(
                db,
                actor=actor,
                event_id=event_id,
                invitation_class=chosen,
                lines=pasted.good,
                keys=keyring(),
                now=clock.now(),
            )
    except Refusal as refusal:
        return _refused(event_id, refusal)
    _say_pasted(len(done.made), len(done.standing))
    if pasted.bad:
        typed = {"class": str(chosen), "list": "\n".join(line.text for line in pasted.bad)}
        return _form_page(event_id, Mistakes(Typed(typed), bad=pasted.bad), way=Way.GUEST), 422
    return redirect(url_for("invitations.invitations", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/invitations/<int:invitation_id>/withdrawal")
@requires(policy.may_invite)
def revoke_invitation(event_id: UUID, invitation_id: int) -> Response:
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
def send_invitation_again(event_id: UUID, invitation_id: int) -> Response:
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


def _refused(event_id: UUID, refusal: Refusal) -> Answer:
    """The page again, with what was typed; what is not for the actor's eyes is left to the error
    page.
    """
    mistakes, status = mistakes_of(refusal)
    return _form_page(event_id, mistakes), status


def _form_page(
    event_id: UUID,
    mistakes: Mistakes = UNTOUCHED,
    *,
    way: Way | None = None,
    draft: InvitationDraft | None = None,
) -> str:
    """`draft`: what was asked to be shown as a letter before it is saved."""
    way = way or forms.way_in(mistakes.typed.get("way") or request.args.get("way", ""))
    words = (request.form.get("words") or request.args.get("words", "")).strip()[:LONGEST_SEARCH]
    with reading() as db:
        event = event_to_invite_to(db, actor=current_actor(), event_id=event_id)
        offered = choices(db)
        opening = (
            opening_of(db, event=event, on=clock.today(event.timezone)) if way in NAMING else None
        )
        ahead = letters_ahead().if_invited(db, event_id, draft) if draft else None
        found = choose_people(db, chosen=(), words=words) if way is Way.PERSON else PeopleChoices()
    people = found.people
    return render_template(
        "participation/invitations/new_invitation.html",
        event=event,
        ahead=ahead,
        way=way,
        ways=wording.WAYS,
        classes=wording.CLASSES,
        words=words,
        people=people,
        people_note=note_of(found),
        seals=seals(person.id for person in people),
        offered=offered,
        typed=mistakes.typed,
        errors=mistakes.errors,
        refusal=mistakes.refusal,
        bad=mistakes.bad,
        say=say,
        today=clock.today(event.timezone),
        address=settings().address,
        opening=opening,
    )
