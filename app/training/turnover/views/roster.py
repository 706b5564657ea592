"""Pages of the roster and of who speaks for a country; answers change the coverage that they show."""

from collections.abc import Collection
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.sheets import csv_of
from app.kernel.dated import last_day
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import mark_of
from app.people.directory import policy as directory_policy
from app.people.directory.forms import (
    DesignationEndForm,
    DesignationForm,
    RosterForm,
    read_choices,
    read_roster,
)
from app.people.directory.queries import designations
from app.people.directory.queries import roster as queries
from app.people.directory.queries.confirming import round_of
from app.people.directory.queries.designations import without_focal_point
from app.people.directory.services import confirming
from app.people.directory.services import roster as directory_services
from app.people.directory.services.designations import designate, end_designation
from app.people.directory.values import Office
from app.people.directory.views.reading import note_roster_read
from app.planning.arranging.views.plan_page import record_people_shown
from app.training.turnover import policy as turnover_policy
from app.training.turnover import services, wording
from app.training.turnover.queries.figures import certified_among, recognised_among
from app.training.turnover.views.figures import country_page, no_names_page
from app.web.autosave import is_autosave, saved_text
from app.web.downloads import copy_mark, name_file
from app.web.errors import STATUS
from app.web.guards import current_actor, require_confirmation, requires
from app.web.kept_forms import typed_fields
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.paging import page_asked
from app.web.render import by_name
from app.web.undo import flash_undoable, let_letters_wait, undone

bp = Blueprint("directory", __name__)
INVALID = STATUS[Kind.INVALID]


@bp.get("/countries/<code>/roster")
@requires(directory_policy.may_speak_for_some)
def roster(code: str) -> str | tuple[str, int]:
    """Shows who serves in a country to its focal point; where it gives no names, says so."""
    if turnover_policy.may_declare(current_actor(), code):
        return no_names_page(code)
    typed = typed_fields(url_for("directory.answer_roster", code=code))
    return _roster_page(code, RosterForm(typed))


@bp.post("/countries/<code>/roster")
@requires(turnover_policy.may_keep_roster)
def answer_roster(code: str) -> BaseResponse | tuple[str, int]:
    """Saves all answers of the page, or none."""
    today = _today()
    form = read_roster(request.form, today)
    try:
        if form.errors:
            raise InvalidInput(form.errors)
        with transaction() as db:
            let_letters_wait(db, clock.now())
            change = services.answer_roster(
                db,
                actor=current_actor(),
                country_code=code,
                answers=form.answers,
                today=today,
                now=clock.now(),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        form.errors = refusal.errors if isinstance(refusal, InvalidInput) else {}
        page = country_page if request.form.get("back") == "country" else _roster_page
        return page(code, form, refusal), STATUS[refusal.kind]
    words = wording.changed(change, reader_language())
    gone = [answer.appointment_id for answer in form.answers if answer.reason is not None]
    if gone:
        flash_undoable(words, url_for("directory.undo_answers", code=code), *gone)
    else:
        flash(words, "success" if form.answers else "warning")
    if request.form.get("back") == "country":
        return redirect(url_for("turnover.country", code=code), 303)
    return redirect(_address(code))


@bp.post("/countries/<code>/roster/choices")
@requires(turnover_policy.may_keep_roster)
def keep_choices(code: str) -> BaseResponse | str:
    """Keeps what is chosen on a page of the roster, sent by the page itself, until it is confirmed."""
    now = clock.now()
    with transaction() as db:
        confirming.keep_choices(
            db,
            actor=current_actor(),
            country_code=code,
            choices=read_choices(request.form),
            now=now,
        )
    return (
        saved_text(now) if is_autosave() else redirect(url_for("directory.roster", code=code), 303)
    )


@bp.post("/countries/<code>/roster/undo")
@requires(turnover_policy.may_keep_roster)
def undo_answers(code: str) -> BaseResponse:
    """Undoes the departures that were just recorded, all or none; other answers stay."""
    directory_policy.require_may_keep_roster(current_actor(), code)
    try:
        gone = undone()
        with transaction() as db:
            for appointment_id in gone:
                services.undo_departure(
                    db,
                    actor=current_actor(),
                    country_code=code,
                    appointment_id=appointment_id,
                    today=_today(),
                    now=clock.now(),
                )
    except NotFound:
        raise
    except Refusal as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(
            ngettext("%(num)s person serves again.", "%(num)s people serve again.", len(gone)),
            "success",
        )
    return redirect(url_for("directory.roster", code=code), 303)


@bp.post("/countries/<code>/roster.csv")
@requires(turnover_policy.may_keep_roster, costs=EXPORT)
def export_roster(code: str) -> Response:
    """Sends the roster as CSV. It is a POST, because each export is recorded and a browser may
    prefetch a GET.
    """
    require_confirmation()
    today, language = _today(), reader_language()
    with transaction() as db:
        rows = directory_services.export_roster(
            db, actor=current_actor(), country_code=code, on=today, now=clock.now()
        )
        people = [row.person_id for row in rows]
        certified = certified_among(db, people, today)
        recognised = recognised_among(db, people, today)
    table = [
        (
            row.full_name,
            row.email,
            row.institution.in_(language),
            row.post.in_(language),
            row.valid_from.isoformat(),
            row.confirmed_on.isoformat() if row.confirmed_on else "",
            _("yes") if row.is_to_confirm else _("no"),
            _("yes") if row.person_id in certified else _("no"),
            _("yes") if row.person_id in recognised else _("no"),
        )
        for row in rows
    ]
    header = (
        _("Name"),
        _("E-mail"),
        _("Institution"),
        _("Post"),
        _("Since"),
        _("Confirmed on"),
        _("To confirm"),
        _("Certified"),
        _("Training recognised"),
    )
    answer = Response(csv_of((header, *table), mark=copy_mark()), mimetype="text/csv")
    name_file(answer, f"roster-{code.lower()}-{today.isoformat()}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/countries/<code>/leavers")
@requires(turnover_policy.may_keep_roster)
def leavers(code: str) -> str:
    return _leavers_page(code)


@bp.post("/countries/<code>/leavers/<int:appointment_id>/undo")
@requires(turnover_policy.may_keep_roster)
def undo_departure(code: str, appointment_id: int) -> BaseResponse | tuple[str, int]:
    """Undoes one departure that was recorded by mistake."""
    try:
        with transaction() as db:
            change = services.undo_departure(
                db,
                actor=current_actor(),
                country_code=code,
                appointment_id=appointment_id,
                today=_today(),
                now=clock.now(),
            )
            name = queries.name_in_post(db, appointment_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _leavers_page(code, refusal), STATUS[refusal.kind]
    flash(wording.returned(name, change, reader_language()), "success")
    return redirect(url_for("directory.roster", code=code, search=name), 303)


@bp.post("/countries/<code>/notes/<int:appointment_id>")
@requires(turnover_policy.may_keep_roster)
def receive_note(code: str, appointment_id: int) -> BaseResponse:
    """Records that the focal point has the handover note of somebody who left, or has not after
    all.
    """
    is_received = "not" not in request.form
    with transaction() as db:
        directory_services.receive_note(
            db,
            actor=current_actor(),
            country_code=code,
            appointment_id=appointment_id,
            is_received=is_received,
            today=_today(),
            now=clock.now(),
        )
    flash(
        _("The handover note is on record as received.")
        if is_received
        else _("The handover note is no longer on record as received."),
        "success",
    )
    return redirect(url_for("turnover.act_list", code=code, name="certified-left"), 303)


def _today() -> date:
    return clock.today(current_actor().timezone)


def _address(code: str, number: int | None = None) -> str:
    """Returns the address of the same part of the list, or of its page `number`. It keeps only the
    parts of the query that the list knows.
    """
    query = request.args.get
    return url_for(
        "directory.roster",
        code=code,
        search=query("search") or None,
        to_confirm=query("to_confirm") or None,
        page=number or query("page") or None,
    )


def _roster_page(code: str, form: RosterForm, refusal: Refusal | None = None) -> str:
    actor, today, language = current_actor(), _today(), reader_language()
    search = request.args.get("search", "").strip()[: queries.LONGEST_SEARCH]
    to_confirm = bool(request.args.get("to_confirm"))
    with reading() as db:
        page = queries.roster_of(
            db,
            actor=actor,
            country_code=code,
            on=today,
            search=search,
            to_confirm=to_confirm,
            number=page_asked(),
        )
        country = queries.country_of(db, code)
        held = queries.held_of_country(db, actor=actor, country_code=code)
        people = [row.person_id for row in page.rows]
        certified = certified_among(db, people, today)
        recognised = recognised_among(db, people, today)
        form.keep({row.appointment_id: row.choice for row in page.rows})
        asked = round_of(db, actor=actor, country_code=code, on=clock.today())
        note_roster_read(db, code)
    return render_template(
        "people/directory/roster.html",
        asked=asked if asked and asked.waiting else None,
        quarter_words=lambda on: wording.quarter_words(on, language),
        kept=saved_text(form.kept_at) if form.kept_at and not form.typed else "",
        page=page,
        held=held,
        country=country,
        certified=certified,
        recognised=recognised,
        search=search,
        to_confirm=to_confirm,
        form=form,
        errors={name: say(language, sentence) for name, sentence in form.errors.items()},
        today=today,
        refusal=say(language, refusal.sentence) if refusal and not form.errors else "",
        address=lambda number=None: _address(code, number),
        may_answer=turnover_policy.may_answer_for(actor, code),
        short_day=lambda on: wording.short_day(on, language),
    )


def _leavers_page(code: str, refusal: Refusal | None = None) -> str:
    actor, today, language = current_actor(), _today(), reader_language()
    search = request.args.get("search", "").strip()[: queries.LONGEST_SEARCH]
    with reading() as db:
        page = queries.leavers_of(
            db, actor=actor, country_code=code, on=today, search=search, number=page_asked()
        )
        country = queries.country_of(db, code)
        certified = certified_among(db, [row.person_id for row in page.rows], today)
        note_roster_read(db, code)
    return render_template(
        "people/directory/leavers.html",
        page=page,
        country=country,
        certified=certified,
        search=search,
        refusal=say(language, refusal.sentence) if refusal else "",
        address=lambda number: url_for(
            "directory.leavers", code=code, search=search or None, page=number
        ),
        may_answer=turnover_policy.may_answer_for(actor, code),
        short_day=lambda on: wording.short_day(on, language),
        reason_word=lambda reason: wording.reason_word(reason, language),
    )


def namesakes_of(code: str, people: Collection[int]) -> list[tuple[queries.Namesake, str]]:
    """Returns people to choose from with a line about each: the post, until when, and whether
    certified.
    """
    actor, today, language = current_actor(), _today(), reader_language()
    with reading() as db:
        known = queries.namesakes(db, actor=actor, country_code=code, people=people, on=today)
        certified = certified_among(db, list(known), today)
    return [
        (one, wording.namesake_line(one, language, is_certified=one.person_id in certified))
        for one in known.values()
    ]


# Who speaks for a country: delegates to the working groups and focal points, and changing them.
#
# It stands beside the roster, whose blueprint it shares: the people offered are those who serve.

Answer = BaseResponse | tuple[str, int]
FOCAL_POINT = "focal-point"


@bp.get("/delegations")
@requires(directory_policy.may_see_delegations)
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
        may_change={
            name.office for name in names if directory_policy.may_designate(actor, name.office)
        },
        only_vacant=only_vacant,
        may_invite=directory_policy.may_keep_reference(actor),
        vacant=vacant,
    )


@bp.get("/delegations/<code>/<slug>")
@requires(directory_policy.may_see_delegations)
def designation(code: str, slug: str) -> str:
    return _office_page(_office(code, slug))


@bp.post("/delegations/<code>/<slug>")
@requires(directory_policy.may_see_delegations)
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
@requires(directory_policy.may_see_delegations)
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
    directory_policy.require_may_designate(current_actor(), office)
    if slug == FOCAL_POINT:  # a role goes with it
        require_confirmation()
    return office


def _slug(office: Office) -> str:
    return office.group or FOCAL_POINT


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
        may_change=directory_policy.may_designate(actor, office),
        may_invite=directory_policy.may_keep_reference(actor),
        keeps_roster=directory_policy.may_answer_for(actor, office.country_code),
        must_search=designations.must_search(actor, office.country_code, words),
    )
