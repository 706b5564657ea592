"""Invitations of an event, for those who plan it: the list, one or all countries, the letter."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.infra.language import say
from app.infra.once import once
from app.infra.pdf import pdf_of
from app.kernel.refusal import Refusal, Sentence
from app.kernel.text import Language, as_language, interface_language
from app.participation.invitations import forms, policy, wording
from app.participation.invitations.exports import qr_svg
from app.participation.invitations.queries.invitations import (
    CountryToInvite,
    LetterFacts,
    Option,
    choices,
    countries,
    countries_to_invite,
    event_to_invite_to,
    invitation_of,
    invitations_of,
    letter_of,
    opening_of,
)
from app.participation.invitations.rules import BadLine, read_lines
from app.participation.invitations.services import inviting as services
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import dates_of, invitation_port, quiet
from app.participation.registrations.values import NAMING, WITH_KEY, Way
from app.planning.arranging.queries.planning import PeopleChoices
from app.planning.arranging.views.plan_page import choose_people, note_of, seals, shown_in
from app.planning.events.values import EventDetail, EventStatus
from app.web.downloads import name_file
from app.web.fields import Typed
from app.web.form_token import press_key, press_once
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.limits import PDF
from app.web.locale import reader_language, speaking
from app.web.mistakes import show_refusal
from app.web.paging import addresses, page_asked
from app.web.render import by_name
from app.web.sent import flash_sent

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
        form = _invitation_form(
            db, event, way=forms.way_in(request.form.get("way", "")), typed=request.form
        )
    if not form.validate():
        return _invitation_page(event_id, form), 422
    draft = form.draft(shown=shown_in(request.form), timezone=event.timezone)
    if PREVIEW in request.form:
        return _invitation_page(event_id, form, draft=draft)
    try:
        made = press_once(
            lambda db, now: services.invite(
                db, actor=actor, event_id=event_id, draft=draft, now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _invitation_page(event_id, form), status
    if event.status is EventStatus.PUBLISHED:
        flash_sent(
            _("The invitation is ready. Its letters go out now."), _("The invitation is ready.")
        )
    else:
        flash_sent(_("The invitation is ready. Its letters go out once the event is published."))
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
            now=now,
        )
    )
    flash_sent(
        _("The invitation goes out again. A link sent before no longer works."),
        _("The invitation is written again. A link sent before no longer works."),
    )
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


# Inviting all countries at once.

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


# One invitation: what it says, its link to hand over, and the letter (nota) as PDF.


@bp.get("/events/<uuid:event_id>/invitations/<int:invitation_id>")
@requires(policy.may_invite)
def invitation(event_id: UUID, invitation_id: int) -> Response:
    actor, today = current_actor(), clock.today(current_actor().timezone)
    with reading() as db:
        shown = invitation_of(
            db, actor=actor, event_id=event_id, invitation_id=invitation_id, on=today
        )
        letter = letter_of(
            db,
            actor=actor,
            event_id=event_id,
            invitation_id=invitation_id,
            on=today,
        )
        states = invitation_port().states(db, event_id=event_id)
    html = render_template(
        "participation/invitations/invitation.html",
        one=shown,
        state=states.get(invitation_id),
        event=letter.event,
        classes=wording.CLASSES,
        ways=wording.WAYS,
        link=site_address() + letter.path if shown.way in WITH_KEY else "",
    )
    return quiet(html)


@bp.get("/events/<uuid:event_id>/invitations/<int:invitation_id>/letter.pdf")
@requires(policy.may_invite, costs=PDF)
def letter(event_id: UUID, invitation_id: int) -> Response:
    """Returns the letter in Spanish or English, as asked for: the reader's own language stays what
    it is.
    """
    g.stateless = True
    language = as_language(request.args.get("lang") or reader_language())
    with reading() as db:
        facts = letter_of(
            db,
            actor=current_actor(),
            event_id=event_id,
            invitation_id=invitation_id,
            on=clock.today(),
        )
    answer = Response(pdf_of(_paper(facts, language)), mimetype="application/pdf")
    name = f"{'invitacion' if language == 'es' else 'invitation'}-{invitation_id}-{language}.pdf"
    name_file(answer, name, inline=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _paper(facts: LetterFacts, language: Language) -> str:
    """Returns the letter as HTML, dated by the secretariat's day."""
    address = site_address() + facts.path
    with speaking(language):
        return render_template(
            "participation/invitations/letter.html",
            letter=facts,
            event=facts.event,
            lang=language,
            address_shown=address.partition("://")[2],
            on=format_date(
                clock.today(), "long" if interface_language(language) == "es" else "d MMMM y"
            ),
            qr=Markup(qr_svg(address, title=address)),  # noqa: S704
            **dates_of(facts.event),
        )
