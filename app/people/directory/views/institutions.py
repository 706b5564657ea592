"""Institutions: the list by country; add, rename, close, open again, join two records."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.actor import Role
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import fields_of
from app.people.directory import policy
from app.people.directory.forms import InstitutionForm, JoinForm
from app.people.directory.queries.institutions import institution_of, institutions_by_country
from app.people.directory.services import institutions as services
from app.people.directory.services.institutions import NameInUse
from app.people.directory.wording import KINDS
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

bp = Blueprint("institutions", __name__)
Answer = Response | tuple[str, int]
INVALID = STATUS[Kind.INVALID]


@bp.get("/institutions")
@requires(policy.may_see_institutions)
def institutions() -> Answer:
    return _list()


@bp.post("/institutions")
@requires(policy.may_see_institutions)
def add() -> Answer:
    form = InstitutionForm(request.form)
    own = current_actor().scopes(Role.FOCAL_POINT)
    code = form.country.data or (next(iter(own)) if len(own) == 1 else "")
    if not form.validate():
        return _list(form, INVALID)
    try:
        with transaction() as db:
            services.add_institution(
                db,
                actor=current_actor(),
                country_code=code,
                name=form.name.data,
                kind=form.kind.data,
                mandate=form.mandate.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        return _list(form, show_refusal(form, refusal))
    flash(_("The institution is added."), "success")
    return redirect(url_for("institutions.institutions", _anchor=code), 303)


@bp.get("/institutions/<int:institution_id>")
@requires(policy.may_see_institutions)
def institution(institution_id: int) -> Answer:
    return _one(institution_id)


@bp.post("/institutions/<int:institution_id>")
@requires(policy.may_see_institutions)
def change(institution_id: int) -> Answer:
    form = InstitutionForm(request.form)
    if not form.validate():
        return _one(institution_id, form, status=INVALID)
    try:
        with transaction() as db:
            services.change_institution(
                db,
                actor=current_actor(),
                institution_id=institution_id,
                name=form.name.data,
                kind=form.kind.data,
                mandate=form.mandate.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _one(institution_id, form, status=status)
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
    except NameInUse as refusal:
        said = say(reader_language(), refusal.sentence)
        return _one(institution_id, refusal=said, status=STATUS[refusal.kind])
    return _done(_("The institution is open again."))


@bp.post("/institutions/<int:institution_id>/join")
@requires(policy.may_see_institutions)
def join(institution_id: int) -> Answer:
    form = JoinForm(request.form)
    try:
        with transaction() as db:
            posts = services.merge_institutions(
                db,
                actor=current_actor(),
                keep_id=institution_id,
                merged_id=form.other.data or 0,
                on=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _one(institution_id, join_form=form, status=status)
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


def _kinds() -> list[tuple[str, str]]:
    language = reader_language()
    return [(kind, translate(language, name)) for kind, name in KINDS.items()]


def _list(form: InstitutionForm | None = None, status: int = 200) -> Answer:
    language = reader_language()
    with reading() as db:
        found = institutions_by_country(db, actor=current_actor(), on=clock.today())
    found = tuple(by_name(found, "country.name"))
    form = form or InstitutionForm(
        data={"kind": request.args.get("kind", "other"), "country": request.args.get("country", "")}
    )
    form.offer([(one.country.code, one.country.name.in_(language)) for one in found], _kinds())
    html = render_template(
        "people/directory/institutions.html",
        found=found,
        kinds=KINDS,
        form=form,
        page_has_errors=bool(form.errors),
        opens_form="kind" in request.args,
    )
    return html, status


def _one(
    institution_id: int,
    form: InstitutionForm | None = None,
    *,
    join_form: JoinForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> Answer:
    """Returns the page of an institution. `refusal`: why it cannot be opened again."""
    actor, today, language = current_actor(), clock.today(), reader_language()
    with reading() as db:
        row = institution_of(db, actor=actor, institution_id=institution_id, on=today)
        (country,) = institutions_by_country(
            db, actor=actor, on=today, country_code=row.country_code
        )
    others = [one for one in country.rows if one.id != row.id and one.closed_on is None]
    form = form or InstitutionForm(
        data={**fields_of("name", row.name), "kind": row.kind, "mandate": row.mandate}
    )
    join_form = join_form or JoinForm()
    html = render_template(
        "people/directory/institution.html",
        row=row,
        country=country.country,
        form=form.offer([], _kinds()),
        join_form=join_form.offer([(one.id, one.name.in_(language)) for one in others]),
        refusal=refusal,
        may_protect=policy.may_answer_for(actor, row.country_code),
        page_has_errors=bool(form.errors or join_form.errors or refusal),
    )
    return html, status
