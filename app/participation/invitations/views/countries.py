"""Inviting all countries at once."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.once import once
from app.kernel.refusal import Refusal, Sentence
from app.participation.invitations import forms, policy
from app.participation.invitations.queries.choices import (
    CountryToInvite,
    countries,
    countries_to_invite,
)
from app.participation.invitations.queries.invitations import event_to_invite_to, opening_of
from app.participation.invitations.services import inviting as services
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import keyring
from app.participation.registrations.values import Way
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.form_token import press_key
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

Answer = BaseResponse | tuple[str, int] | str
PREVIEW = "preview"
UNWRITTEN = InvitationDraft(InvitationClass.MEMBER_COUNTRY, Way.COUNTRY)


@bp.get("/events/<uuid:event_id>/invitations/countries")
@requires(policy.may_invite)
def all_countries(event_id: UUID) -> str:
    """Ticks every country that is not invited yet and shows the letter, so that one press invites
    them all.
    """
    return _countries_page(event_id)


@bp.post("/events/<uuid:event_id>/invitations/countries")
@requires(policy.may_invite)
def invite_all_countries(event_id: UUID) -> Answer:
    actor, now = current_actor(), clock.now()
    with reading() as db:
        event = event_to_invite_to(db, actor=actor, event_id=event_id)
        form = _countries_form(db, event, request.form)
    if not form.validate():
        return _countries_page(event_id, form), 422
    draft = form.draft()
    if PREVIEW in request.form:
        return _countries_page(event_id, form, draft=draft)
    refused: list[tuple[str, Sentence]] = []

    def invite() -> str:
        done = services.invite_countries(
            db,
            actor=actor,
            event_id=event_id,
            codes=tuple(form.country.data),
            terms=draft,
            keys=keyring(),
            now=now,
        )
        refused.extend(done.refused)
        return str(len(done.made))

    try:
        with transaction() as db:
            made = int(once(db, press_key(), invite, now=now))
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _countries_page(event_id, form), status
    with reading() as db:
        listed = countries_to_invite(db, event_id=event_id, named=(), on=clock.today())
    taken_out = {code for code, _sentence in refused}
    chosen = set(form.country.data) - taken_out
    unreached = [one for one in listed if one.code in chosen and not one.asked]
    flash(_said(made, len(unreached)), "success" if made else "warning")
    _say_refused(listed, refused)
    return redirect(url_for("invitations.invitations", event_id=event_id), 303)


def _said(made: int, unreached: int) -> str:
    """Returns how many were invited, and to how many of them no letter goes."""
    said = ngettext("%(num)s country was invited.", "%(num)s countries were invited.", made)
    if not unreached:
        return str(said)
    nobody = ngettext(
        "In %(num)s of them nobody can be written to: the letter leaves when a focal point is named.",
        "In %(num)s of them nobody can be written to: the letters leave when focal points are named.",
        unreached,
    )
    return f"{said} {nobody}"


def _say_refused(
    listed: Sequence[CountryToInvite], refused: Sequence[tuple[str, Sentence]]
) -> None:
    """Says which countries were not invited, and why."""
    language = reader_language()
    names = {country.code: country.name.in_(language) for country in listed}
    for code, sentence in refused:
        flash(f"{names.get(code, code)}: {say(language, sentence)}", "warning")


def _countries_form(db: Session, event: EventDetail, typed: Typed | None) -> forms.CountriesForm:
    today = clock.today(event.timezone)
    opening = opening_of(db, event=event, on=today)
    form = forms.CountriesForm(
        typed, today=today, must_choose=opening is not None, data={"open_to": forms.BESIDES}
    )
    return form.offer([(one.value, one.label.in_(reader_language())) for one in countries(db)])


def _countries_page(
    event_id: UUID,
    form: forms.CountriesForm | None = None,
    *,
    draft: InvitationDraft | None = None,
) -> str:
    """Renders the form. `draft`: the terms that were typed, for the letter."""
    language = reader_language()
    with reading() as db:
        event = event_to_invite_to(db, actor=current_actor(), event_id=event_id)
        today = clock.today(event.timezone)
        listed = countries_to_invite(db, event_id=event_id, named=event.countries, on=today)
        opening = opening_of(db, event=event, on=today)
        free = [country for country in listed if not country.is_invited]
        ticked = {country.code for country in free}
        if form is None:
            form = _countries_form(db, event, None)
        else:
            ticked &= set(form.country.data or ())
        ahead = letters_ahead().if_countries_invited(db, event_id, draft or UNWRITTEN, ticked)
    free = by_name(free)
    form.country.choices = [(country.code, country.name.in_(language)) for country in free]
    form.country.data = [*ticked]
    return render_template(
        "participation/invitations/countries.html",
        event=event,
        form=form,
        free=free,
        invited=sorted(country.name.in_(language) for country in listed if country.is_invited),
        silent=sorted(
            country.name.in_(language)
            for country in listed
            if country.is_invited and not country.asked
        ),
        ticked=ticked,
        opening=opening,
        ahead=ahead,
        today=today.isoformat(),
        page_has_errors=bool(form.errors),
        is_shown=PREVIEW in request.form,
    )
