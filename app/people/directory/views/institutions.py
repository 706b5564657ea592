"""Institutions, for every day: the list by country, adding, renaming, closing, joining two records."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from app.kernel.text import LocalizedText, field_in, languages
from app.people.directory import policy
from app.people.directory.queries.institutions import institution_of, institutions_by_country
from app.people.directory.services import institutions as services
from app.people.directory.wording import KINDS
from app.web.fields import number_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import UNTOUCHED, Mistakes, mistakes_of

bp = Blueprint("institutions", __name__)
Answer = Response | tuple[str, int]


@bp.get("/institutions")
@requires(policy.may_see_institutions)
def institutions() -> Answer:
    return _list()


@bp.post("/institutions")
@requires(policy.may_see_institutions)
def add() -> Answer:
    own = current_actor().scopes(Role.FOCAL_POINT)
    code = request.form.get("country", "") or (next(iter(own)) if len(own) == 1 else "")
    try:
        with transaction() as db:
            services.add_institution(
                db,
                actor=current_actor(),
                country_code=code,
                name=_name(),
                kind=request.form.get("kind", ""),
                now=clock.now(),
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, "add")
        return _list(mistakes, status)
    flash(_("The institution is added."), "success")
    return redirect(url_for("institutions.institutions", _anchor=code), 303)


@bp.get("/institutions/<int:institution_id>")
@requires(policy.may_see_institutions)
def institution(institution_id: int) -> Answer:
    return _one(institution_id)


@bp.post("/institutions/<int:institution_id>")
@requires(policy.may_see_institutions)
def change(institution_id: int) -> Answer:
    try:
        with transaction() as db:
            services.change_institution(
                db,
                actor=current_actor(),
                institution_id=institution_id,
                name=_name(),
                kind=request.form.get("kind", ""),
                now=clock.now(),
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, "change")
        return _one(institution_id, mistakes, status)
    return _done(_("The institution is saved."))


@bp.post("/institutions/<int:institution_id>/close")
@requires(policy.may_see_institutions)
def close(institution_id: int) -> Answer:
    with transaction() as db:
        services.close_institution(
            db,
            actor=current_actor(),
            institution_id=institution_id,
            on=clock.today(),
            now=clock.now(),
        )
    return _done(_("The institution is closed. Who served there stays on record."))


@bp.post("/institutions/<int:institution_id>/reopen")
@requires(policy.may_see_institutions)
def reopen(institution_id: int) -> Answer:
    try:
        with transaction() as db:
            services.reopen_institution(
                db, actor=current_actor(), institution_id=institution_id, now=clock.now()
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, "reopen")
        return _one(institution_id, mistakes, status)
    return _done(_("The institution is open again."))


@bp.post("/institutions/<int:institution_id>/join")
@requires(policy.may_see_institutions)
def join(institution_id: int) -> Answer:
    other = request.form.get("other", "")
    try:
        with transaction() as db:
            posts = services.merge_institutions(
                db,
                actor=current_actor(),
                keep_id=institution_id,
                merged_id=number_in(other) or 0,
                on=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, "join")
        return _one(institution_id, mistakes, status)
    return _done(
        ngettext(
            "The two records are now one; %(num)s post moved.",
            "The two records are now one; %(num)s posts moved.",
            posts,
        )
    )


def _done(sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for("institutions.institutions"), 303)


def _name() -> LocalizedText:
    return LocalizedText(
        {language: request.form.get(field_in("name", language), "") for language in languages()}
    )


def _list(mistakes: Mistakes = UNTOUCHED, status: int = 200) -> Answer:
    with reading() as db:
        found = institutions_by_country(db, actor=current_actor(), on=clock.today())
    html = render_template(
        "people/directory/institutions.html",
        found=sorted(found, key=lambda one: one.country.name.in_(reader_language()).casefold()),
        kinds=KINDS,
        mistakes=mistakes,
        page_has_errors=bool(mistakes.errors),
    )
    return html, status


def _one(institution_id: int, mistakes: Mistakes = UNTOUCHED, status: int = 200) -> Answer:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        row = institution_of(db, actor=actor, institution_id=institution_id, on=today)
        (country,) = institutions_by_country(
            db, actor=actor, on=today, country_code=row.country_code
        )
    html = render_template(
        "people/directory/institution.html",
        row=row,
        country=country.country,
        others=[one for one in country.rows if one.id != row.id and one.closed_on is None],
        kinds=KINDS,
        mistakes=mistakes,
        page_has_errors=bool(mistakes.errors),
    )
    return html, status
