"""National pages: the list, one page to read and print, and filling it."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, NotFound
from app.kernel.text import fields_of
from app.people.directory.queries.roster import country_of
from app.training.national import policy, queries, rules, services, wording
from app.training.national.forms import LineForm, NotesForm, answers_of
from app.training.national.values import Freshness, LineKind, NationalPage
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_errors
from app.web.render import zone_choices, zone_label

bp = Blueprint("national", __name__)
Answer = Response | tuple[str, int]
INVALID = STATUS[Kind.INVALID]


@bp.get("/national-pages")
@requires(policy.may_read)
def pages() -> str:
    with reading() as db:
        found = queries.national_pages(db, today=clock.today())
    language = reader_language()
    return render_template(
        "training/national/pages.html",
        pages=sorted(found, key=lambda one: one.name.in_(language)),
        own=current_actor().country,
        states=wording.STATES,
        looks=wording.LOOKS,
    )


@bp.get("/national-pages/own")
@requires(policy.may_read)
def own() -> Response:
    """Leads to the page of the reader's country, or to the list where the reader has none."""
    code = current_actor().country
    with reading() as db:
        is_known = country_of(db, code) is not None
    if not is_known:
        return redirect(url_for("national.pages"))
    return redirect(url_for("national.page", code=code))


@bp.get("/national-pages/<code>")
@requires(policy.may_read)
def page(code: str) -> str:
    return _page(code)


@bp.post("/national-pages/<code>/check")
@requires(policy.may_fill_some)
def check(code: str) -> Answer:
    try:
        with transaction() as db:
            services.check_page(db, actor=current_actor(), country_code=code, now=clock.now())
    except services.NothingToCheck as refusal:
        return _page(code, say(reader_language(), refusal.sentence)), STATUS[refusal.kind]
    flash(_("Thank you. Readers see that the page was checked today."), "success")
    return redirect(url_for("national.page", code=code), 303)


@bp.get("/national-pages/<code>/lines/new/<kind>")
@requires(policy.may_fill_some)
def new_line(code: str, kind: str) -> str:
    policy.require_may_fill(current_actor(), code)
    return _line_page(
        code, _form(code, _kind(kind)), url_for("national.add_line", code=code, kind=kind)
    )


@bp.post("/national-pages/<code>/lines/new/<kind>")
@requires(policy.may_fill_some)
def add_line(code: str, kind: str) -> Answer:
    form, actor = _form(code, _kind(kind)), current_actor()
    try:
        if not form.validate():
            return _line_page(code, form, request.path), INVALID
        press_once(
            lambda db, now: services.add_line(
                db, actor=actor, country_code=code, draft=form.draft(), now=now
            )
        )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _line_page(code, form, request.path), INVALID
    except services.PageFull as refusal:
        extra = [say(reader_language(), refusal.sentence)]
        return _line_page(code, form, request.path, extra), STATUS[refusal.kind]
    return _saved(code)


@bp.get("/national-pages/<code>/lines/<int:line_id>")
@requires(policy.may_fill_some)
def line(code: str, line_id: int) -> str:
    policy.require_may_fill(current_actor(), code)
    with reading() as db:
        draft = queries.line_of(db, code=code, line_id=line_id).draft
    form = _form(code, draft.kind, answers_of(draft))
    return _line_page(code, form, request.path, line_id=line_id)


@bp.post("/national-pages/<code>/lines/<int:line_id>")
@requires(policy.may_fill_some)
def change_line(code: str, line_id: int) -> Answer:
    actor = current_actor()
    policy.require_may_fill(actor, code)
    with reading() as db:
        kind = queries.line_of(db, code=code, line_id=line_id).draft.kind
    form = _form(code, kind)
    try:
        if not form.validate():
            return _line_page(code, form, request.path, line_id=line_id), INVALID
        with transaction() as db:
            services.change_line(
                db,
                actor=actor,
                country_code=code,
                line_id=line_id,
                draft=form.draft(),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _line_page(code, form, request.path, line_id=line_id), INVALID
    return _saved(code)


@bp.post("/national-pages/<code>/lines/<int:line_id>/removal")
@requires(policy.may_fill_some)
def remove_line(code: str, line_id: int) -> Response:
    with transaction() as db:
        services.remove_line(
            db, actor=current_actor(), country_code=code, line_id=line_id, now=clock.now()
        )
    flash(_("The line was removed from the page."), "success")
    return redirect(url_for("national.page", code=code), 303)


@bp.get("/national-pages/<code>/notes")
@requires(policy.may_fill_some)
def notes(code: str) -> str:
    policy.require_may_fill(current_actor(), code)
    with reading() as db:
        found = queries.national_page(db, actor=current_actor(), code=code, today=clock.today())
    return _notes_page(found, NotesForm(None, data=fields_of("notes", found.notes)))


@bp.post("/national-pages/<code>/notes")
@requires(policy.may_fill_some)
def write_notes(code: str) -> Answer:
    form = NotesForm(request.form)
    typed = form.notes.data.map(lambda text: text.replace("\r\n", "\n").strip())
    try:
        with transaction() as db:
            services.write_notes(
                db, actor=current_actor(), country_code=code, notes=typed, now=clock.now()
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        with reading() as db:
            found = queries.national_page(db, actor=current_actor(), code=code, today=clock.today())
        return _notes_page(found, form), INVALID
    return _saved(code)


def _saved(code: str) -> Response:
    flash(_("Saved. When everything on the page is right, press “Everything is right”."), "success")
    return redirect(url_for("national.page", code=code), 303)


def _kind(kind: str) -> LineKind:
    if kind not in set(LineKind):
        raise NotFound
    return LineKind(kind)


def _page(code: str, refusal: str = "") -> str:
    actor = current_actor()
    with reading() as db:
        found = queries.national_page(db, actor=actor, code=code, today=clock.today())
    now = clock.now()
    return render_template(
        "training/national/page.html",
        page=found,
        refusal=refusal,
        kinds=LineKind,
        words=wording,
        dialled=rules.dialled,
        is_own=actor.country == code,
        may_fill=policy.may_fill(actor, code),
        may_check=policy.may_check(actor, code),
        is_to_check=found.freshness in queries.TO_SEE_TO and found.freshness is not Freshness.EMPTY,
        zone=lambda timezone: zone_label(timezone, now, reader_language()),
    )


def _form(code: str, kind: LineKind, data: dict[str, object] | None = None) -> LineForm:
    with reading() as db:
        country = country_of(db, code)
    if country is None:
        raise NotFound
    form = LineForm(request.form if request.method == "POST" else None, data=data)
    return form.for_kind(kind, _zones(country.timezone))


def _zones(first: str) -> Sequence[tuple[str, str]]:
    """Returns the country's own time zone, then the others of the body."""
    return zone_choices(first=first, at=clock.now())


def _line_page(
    code: str,
    form: LineForm,
    action: str,
    extra: Sequence[str] = (),
    *,
    line_id: int | None = None,
) -> str:
    with reading() as db:
        country = country_of(db, code)
    return render_template(
        "training/national/line.html",
        country=country,
        form=form,
        kind=form.kind,
        action=action,
        extra=extra,
        line_id=line_id,
        title=(wording.ADD if line_id is None else wording.CHANGE)[form.kind],
    )


def _notes_page(found: NationalPage, form: NotesForm) -> str:
    return render_template("training/national/notes.html", page=found, form=form)
