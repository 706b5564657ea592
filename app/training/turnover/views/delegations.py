"""Who speaks for a country: delegates to the working groups and focal points, and changing them.

It stands beside the roster, whose blueprint it shares: the people offered are those who serve.
"""

from datetime import date
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.dated import last_day
from app.kernel.refusal import Kind, Refusal
from app.kernel.seen import mark_of
from app.people.directory import policy
from app.people.directory.forms import DesignationEndForm, DesignationForm
from app.people.directory.queries import designations
from app.people.directory.queries import roster as queries
from app.people.directory.queries.designations import without_focal_point
from app.people.directory.services.designations import designate, end_designation
from app.people.directory.values import Office
from app.planning.arranging.views.people_shown import record_people_shown
from app.training.turnover import wording
from app.training.turnover.views.roster import bp
from app.web.errors import STATUS
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

Answer = BaseResponse | tuple[str, int]
INVALID = STATUS[Kind.INVALID]
FOCAL_POINT = "focal-point"


@bp.get("/delegations")
@requires(policy.may_see_delegations)
def delegations() -> str:
    """Lists all countries the reader may see; with `?vacant=1`, those that nobody answers for
    today.
    """
    actor, only_vacant = current_actor(), bool(request.args.get("vacant"))
    with reading() as db:
        vacant = without_focal_point(db, actor=actor, on=_today())
        names = designations.offices_for(db, actor=actor)
        if only_vacant:
            names = tuple(name for name in names if name.office.country_code in vacant)
        held = designations.designations_of(
            db, actor=actor, offices=[name.office for name in names], on=_today()
        )
    return render_template(
        "people/directory/delegations.html",
        by_country=[
            list(rows)
            for _country, rows in groupby(
                by_name(names, "country"), key=lambda one: one.office.country_code
            )
        ],
        held=held,
        slug=_slug,
        today=_today(),
        short_day=_short_day,
        last_day=_last_day,
        may_change={name.office for name in names if policy.may_designate(actor, name.office)},
        only_vacant=only_vacant,
        may_invite=policy.may_keep_reference(actor),
        vacant=vacant,
    )


@bp.get("/delegations/<code>/<slug>")
@requires(policy.may_see_delegations)
def designation(code: str, slug: str) -> str:
    return _office_page(_office(code, slug))


@bp.post("/delegations/<code>/<slug>")
@requires(policy.may_see_delegations)
def designate_person(code: str, slug: str) -> Answer:
    """Designates a person from a day on; whoever held the office until then is replaced that day."""
    office, form = _changeable(code, slug), DesignationForm(request.form)
    if not form.validate():
        return _office_page(office, form), INVALID
    try:
        with transaction() as db:
            designate(
                db,
                actor=current_actor(),
                office=office,
                person_id=form.person.data,
                valid_from=form.valid_from.data,
                today=_today(),
                now=clock.now(),
                replacing=True,
                seen=form.seen.data or "",
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=_office_address(office))
        return _office_page(office, form), status
    flash(
        _("The change is noted. Coming events follow it within a minute; clashes open a case."),
        "success",
    )
    return redirect(url_for("directory.delegations"), 303)


@bp.post("/delegations/<code>/<slug>/end")
@requires(policy.may_see_delegations)
def end_delegation(code: str, slug: str) -> Answer:
    office, form = _changeable(code, slug), DesignationEndForm(request.form)
    if not form.validate():
        return _office_page(office, ending=form), INVALID
    try:
        with transaction() as db:
            end_designation(
                db,
                actor=current_actor(),
                office=office,
                on=form.valid_until.data,
                today=_today(),
                now=clock.now(),
                seen=form.seen.data or "",
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=_office_address(office))
        return _office_page(office, ending=form), status
    flash(_("The end is noted. Coming events after that day wait for a successor."), "success")
    return redirect(url_for("directory.delegations"), 303)


def _office(code: str, slug: str) -> Office:
    return Office(code, "" if slug == FOCAL_POINT else slug)


def _changeable(code: str, slug: str) -> Office:
    """Returns the office, and refuses an actor who may not designate for it.

    Views call it before they validate, so that nothing is said about a form that was not the
    actor's to send.
    """
    office = _office(code, slug)
    policy.require_may_designate(current_actor(), office)
    if slug == FOCAL_POINT:  # a role goes with it
        require_confirmation()
    return office


def _slug(office: Office) -> str:
    return office.group or FOCAL_POINT


def _today() -> date:
    return clock.today(current_actor().timezone)


def _short_day(on: date) -> str:
    return wording.short_day(on, reader_language())


def _last_day(until: date) -> str:
    """Returns the day before the first without the office."""
    return _short_day(last_day(until))


def _office_address(office: Office) -> str:
    return url_for("directory.designation", code=office.country_code, slug=_slug(office))


def _office_page(
    office: Office,
    form: DesignationForm | None = None,
    ending: DesignationEndForm | None = None,
) -> str:
    """Renders the page of an office; one of its forms may have come back."""
    actor, today = current_actor(), _today()
    form = form or DesignationForm(words=request.args.get("words", ""), valid_from=today)
    ending = ending or DesignationEndForm()
    words = (form.words.data or "").strip()[: queries.LONGEST_SEARCH]
    with reading() as db:
        name = designations.office_of(db, actor=actor, office=office)
        mark = mark_of(designations.holders_of(db, office=office))
        held = designations.designations_of(db, actor=actor, offices=[office], on=today).get(
            office, ()
        )
        people = designations.candidates_for(
            db, actor=actor, country_code=office.country_code, on=today, words=words
        )
    record_people_shown([one.person_id for one in people])
    form.person.choices = [(one.person_id, one.full_name) for one in people]
    for each in (form, ending):
        each.seen.data = each.seen.data or mark
    return render_template(
        "people/directory/designation.html",
        name=name,
        held=held,
        words=words,
        today=today,
        slug=_slug,
        form=form,
        ending=ending,
        short_day=_short_day,
        last_day=_last_day,
        may_change=policy.may_designate(actor, office),
        may_invite=policy.may_keep_reference(actor),
        keeps_roster=policy.may_answer_for(actor, office.country_code),
        must_search=designations.must_search(actor, office.country_code, words),
    )
