"""The terms of the presidency: which country from when until when, and who acts for it."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel import dated
from app.kernel.refusal import NotFound, Refusal
from app.kernel.seen import mark_of
from app.office.handover import policy, wording
from app.office.handover.forms import PersonForm, TermForm
from app.office.handover.queries.offices import presidency_terms
from app.office.handover.values import PresidencyYear
from app.office.handover.views import bp
from app.people.directory.queries.designations import candidates_for, must_search
from app.people.directory.queries.roster import LONGEST_SEARCH, countries
from app.people.identity.queries import terms_held
from app.people.identity.services.offices import (
    appoint_to_presidency,
    designate_presidency,
    dismiss_from_presidency,
)
from app.planning.arranging.views.people_shown import record_people_shown
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

Answer = Response | tuple[str, int]


@bp.get("/presidency")
@requires(policy.may_see_terms)
def presidency() -> str:
    return _terms_page()


@bp.post("/presidency")
@requires(policy.may_set_terms)
def set_term() -> Answer:
    """Sets a term. The term before it ends on that day. The next page asks who acts for the new
    one.
    """
    require_confirmation()
    form = TermForm(request.form)
    if not form.validate():
        return _terms_page(form), 422
    try:
        with transaction() as db:
            term_id = designate_presidency(
                db,
                actor=current_actor(),
                country_code=form.country.data,
                valid_from=form.valid_from.data,
                valid_until=form.valid_until.data,
                today=clock.today(),
                now=clock.now(),
                seen=form.seen.data,
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=url_for("handover.presidency"))
        return _terms_page(form), status
    flash(_("The term is set. Now say who acts for the presidency in it."), "success")
    return redirect(url_for("handover.term", term_id=term_id), 303)


@bp.get("/presidency/<int:term_id>")
@requires(policy.may_see_terms)
def term(term_id: int) -> str:
    return _term_page(term_id)


@bp.post("/presidency/<int:term_id>/people")
@requires(policy.may_set_terms)
def appoint(term_id: int) -> Answer:
    require_confirmation()
    form = PersonForm(request.form)
    try:
        with transaction() as db:
            appoint_to_presidency(
                db,
                actor=current_actor(),
                term_id=term_id,
                person_id=form.person.data or 0,
                today=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _term_page(term_id, form), status
    flash(
        _(
            "Saved. The role begins and ends with the term; anyone without an account is invited by letter."
        ),
        "success",
    )
    return redirect(url_for("handover.term", term_id=term_id), 303)


@bp.post("/presidency/<int:term_id>/people/<int:grant_id>/end")
@requires(policy.may_set_terms)
def dismiss(term_id: int, grant_id: int) -> Answer:
    require_confirmation()
    form = PersonForm()
    try:
        with transaction() as db:
            dismiss_from_presidency(
                db,
                actor=current_actor(),
                term_id=term_id,
                grant_id=grant_id,
                today=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _term_page(term_id, form), status
    flash(_("This person no longer acts for the presidency."), "success")
    return redirect(url_for("handover.term", term_id=term_id), 303)


def _terms_page(form: TermForm | None = None) -> str:
    today, language = clock.today(), reader_language()
    with reading() as db:
        seen, terms, known = mark_of(terms_held(db)), presidency_terms(db), countries(db)
    if form is None:
        first = max([one.until for one in terms if one.until], default=date(today.year + 1, 1, 1))
        until = date(first.year + 1, first.month, min(first.day, 28))
        form = TermForm(data={"valid_from": first, "valid_until": until, "seen": seen})
    form.offer([(one.code, one.name.in_(language)) for one in by_name(known)])
    return render_template(
        "office/handover/presidency.html",
        terms=terms,
        form=form,
        today=today,
        day=_day,
        last_day=_last_day,
        may_set=policy.may_set_terms(current_actor()),
    )


def _term_page(term_id: int, form: PersonForm | None = None) -> str:
    actor, today = current_actor(), clock.today()
    form = form or PersonForm()
    words = (form.words.data or request.args.get("words", "")).strip()[:LONGEST_SEARCH]
    with reading() as db:
        term = _term(presidency_terms(db), term_id)
        may_set = policy.may_set_terms(actor) and dated.not_over(term.until, today)
        code = term.country_code
        people = (
            candidates_for(db, actor=actor, country_code=code, on=today, words=words)
            if may_set
            else ()
        )
    record_people_shown([one.person_id for one in people])
    form.words.data = words
    form.person.choices = [(one.person_id, one.full_name) for one in people]
    return render_template(
        "office/handover/term.html",
        term=term,
        people=people,
        form=form,
        today=today,
        day=_day,
        last_day=_last_day,
        may_set=may_set,
        must_search=must_search(actor, term.country_code, words),
    )


def _term(terms: tuple[PresidencyYear, ...], term_id: int) -> PresidencyYear:
    for one in terms:
        if one.id == term_id:
            return one
    raise NotFound


def _day(on: date) -> str:
    return wording.day_text(reader_language(), on)


def _last_day(until: date | None) -> str:
    return wording.last_day_text(reader_language(), until)
