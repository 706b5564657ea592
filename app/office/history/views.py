"""Sheets of earlier years: uploaded, understood column by column and row by row, saved, undone."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.infra.sheets import MOST_BYTES, Sheet, rows_of, rows_of_text
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.text import Language
from app.office.history import policy, queries, services
from app.office.history.exports import example_rows, example_sheet
from app.office.history.forms import FILE, LONGEST_PASTE, HistoryForm, PressForm
from app.office.history.rules.columns import fields_of_kind, missing_columns
from app.office.history.values import (
    Correction,
    HistoryState,
    ImportKind,
    ImportView,
    JudgedRow,
    JudgedSheet,
    RowOutcome,
)
from app.office.history.wording import (
    KINDS,
    WHAT_A_ROW_IS,
    cells_of,
    headings_of,
    label_of,
)
from app.people.directory.policy import may_keep_reference
from app.people.directory.queries.reference import body_countries
from app.people.identity.queries import names_of_accounts
from app.web.bodies import takes_up_to
from app.web.downloads import XLSX, name_file
from app.web.errors import STATUS
from app.web.fields import number_in
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import short_day_text
from app.web.uploads import sent_file

bp = Blueprint("history", __name__)
Answer = BaseResponse | str | tuple[str, int]
INVALID = STATUS[Kind.INVALID]
MOST_ASKED, FEW_READY, MOST_READY = 30, 4, 200
"""On one page: questions, rows of those that would enter, and of those where all are asked for."""
CSV = "text/csv; charset=utf-8"
ENDINGS = {"xlsx": XLSX, "csv": CSV}


@bp.get("/history")
@requires(policy.may_bring_history)
def imports() -> str:
    return _list_page(HistoryForm(formdata=None))


@bp.post("/history")
@requires(policy.may_bring_history)
@takes_up_to(MOST_BYTES + 2 * LONGEST_PASTE)
def upload() -> Answer:
    """Keeps a sheet to be understood. Nothing of it is on record before it is saved."""
    form = HistoryForm(request.form)
    _offer(form)
    if not (form.kind.validate(form) and form.country.validate(form)):
        return _list_page(form), INVALID
    try:
        sent = sent_file(FILE)
        if sent is None and not form.lines.data:
            form.sheet.errors = [_("Choose the file, or paste its rows.")]
            return _list_page(form), INVALID
        filename = sent.filename or "" if sent is not None else ""
        sheet = (
            rows_of(sent.stream.read())
            if sent is not None
            else Sheet(tuple(rows_of_text((form.lines.data or "").encode())))
        )
        import_id = press_once(
            lambda db, now: services.begin_import(
                db,
                actor=current_actor(),
                kind=ImportKind(form.kind.data),
                country_code=form.country.data or "",
                filename=filename or _("Pasted rows"),
                sheet=sheet,
                now=now,
            )
        )
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        if not isinstance(refusal, InvalidInput):
            form.sheet.errors = [say(reader_language(), refusal.sentence)]
            return _list_page(form), INVALID
        status = show_refusal(form, refusal)
        return _list_page(form), status
    return redirect(url_for("history.imported", import_id=import_id), 303)


@bp.get("/history/guide")
@requires(policy.may_bring_history)
def guide() -> str:
    language = reader_language()
    return render_template(
        "office/history/guide.html",
        kinds=[
            (kind, _(KINDS[kind]), _(WHAT_A_ROW_IS[kind]), example_rows(kind, language))
            for kind in policy.kinds_for(current_actor())
        ],
    )


@bp.get("/history/example/<kind>.<ending>")
@requires(policy.may_bring_history)
def example(kind: str, ending: str) -> Response:
    """Sends the sheet to fill in."""
    if kind not in policy.kinds_for(current_actor()) or ending not in ENDINGS:
        raise NotFound
    of_kind, language = ImportKind(kind), reader_language()
    content = example_sheet(of_kind, language, ending, made_at=clock.now())
    answer = Response(content, content_type=ENDINGS[ending])
    name_file(answer, f"{translate(language, KINDS[of_kind])}.{ending}".lower())
    return answer


@bp.get("/history/<int:import_id>")
@requires(policy.may_bring_history)
def imported(import_id: int) -> str:
    return _import_page(import_id)


@bp.post("/history/<int:import_id>/columns")
@requires(policy.may_bring_history)
def say_column(import_id: int) -> Answer:
    place, _sign, meaning = (PressForm(request.form).column.data or "").partition(":")
    number = number_in(place)
    if number is None or not meaning:
        return _import_page(import_id), INVALID
    with transaction() as db:
        services.say_column(
            db,
            actor=current_actor(),
            import_id=import_id,
            place=number,
            meaning=meaning,
        )
    return redirect(url_for("history.imported", import_id=import_id, _anchor="columns"), 303)


@bp.post("/history/<int:import_id>/answers")
@requires(policy.may_bring_history)
def answer(import_id: int) -> Answer:
    """Keeps an answer: pressed as "key|value", or typed beside its key."""
    form = PressForm(request.form)
    key, sign, said = (form.answer.data or "").partition("|")
    if not key:
        return _import_page(import_id), INVALID
    if not sign:
        said = form.typed.data or ""
    try:
        with transaction() as db:
            services.answer_rows(
                db,
                actor=current_actor(),
                import_id=import_id,
                key=key,
                answer=said,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        [sentence] = refusal.errors.values()
        return _import_page(import_id, say(reader_language(), sentence)), INVALID
    return redirect(url_for("history.imported", import_id=import_id, _anchor="asked"), 303)


@bp.post("/history/<int:import_id>/save")
@requires(policy.may_bring_history)
def save(import_id: int) -> Answer:
    try:
        with transaction() as db:
            services.ask_to_save(
                db,
                actor=current_actor(),
                import_id=import_id,
                today=clock.today(),
                now=clock.now(),
            )
    except (services.NothingReady, services.HistoryOver) as refusal:
        return _import_page(import_id, say(reader_language(), refusal.sentence)), STATUS[
            refusal.kind
        ]
    return redirect(url_for("history.imported", import_id=import_id), 303)


@bp.post("/history/<int:import_id>/undo")
@requires(policy.may_bring_history)
def undo(import_id: int) -> Answer:
    try:
        with transaction() as db:
            kept = services.undo_import(
                db, actor=current_actor(), import_id=import_id, now=clock.now()
            )
    except services.HistoryOver as refusal:
        return _import_page(import_id, say(reader_language(), refusal.sentence)), STATUS[
            refusal.kind
        ]
    flash(
        ngettext(
            "It is undone. %(num)s record that was changed or used since stays.",
            "It is undone. %(num)s records that were changed or used since stay.",
            kept,
        )
        if kept
        else _("It is undone: everything is as it was before."),
        "success",
    )
    return redirect(url_for("history.imports"), 303)


@bp.post("/history/<int:import_id>/removal")
@requires(policy.may_bring_history)
def drop(import_id: int) -> Answer:
    with transaction() as db:
        services.drop_draft(db, actor=current_actor(), import_id=import_id)
    flash(_("The sheet is gone. Nothing of it was on record."), "success")
    return redirect(url_for("history.imports"), 303)


def _list_page(form: HistoryForm) -> str:
    _offer(form)
    now = clock.now()
    with reading() as db:
        rows = queries.imports_of(db, actor=current_actor(), now=now)
    return render_template(
        "office/history/imports.html", form=form, imports=rows, **_words(), states=HistoryState
    )


def _offer(form: HistoryForm) -> None:
    actor, language = current_actor(), reader_language()
    has_all = may_keep_reference(actor)
    own = {grant.scope for grant in actor.grants if grant.role is Role.FOCAL_POINT}
    with reading() as db:
        countries = sorted(
            (one.name.in_(language), one.key)
            for one in body_countries(db)
            if one.is_used and (has_all or one.key in own)
        )
    form.offer(
        [(kind.value, _(KINDS[kind])) for kind in policy.kinds_for(actor)],
        [(code, name) for name, code in countries],
        has_all=has_all,
    )


def _words() -> dict[str, Any]:
    return {
        "kind_name": lambda kind: _(KINDS[kind]),
        "local": lambda at: at.astimezone(REFERENCE).date(),
        "label": lambda label: label_of(label, reader_language()),
        "sentence": lambda sentence: say(reader_language(), sentence),
    }


def _import_page(import_id: int, mistake: str = "") -> str:
    actor, language, now = current_actor(), reader_language(), clock.now()
    with reading() as db:
        view = queries.view_of(db, actor=actor, import_id=import_id, now=now)
        row = queries.import_of(db, actor=actor, import_id=import_id)
        is_draft = view.state is HistoryState.DRAFT
        sheet = queries.judged(db, row, today=clock.today()) if is_draft else None
        stays = queries.number_staying(db, import_id) if view.is_undoable else 0
        corrections = queries.corrections_of(row)
        typists = names_of_accounts(db, {one.by for one in corrections if one.by is not None})
    fields = fields_of_kind(view.kind)
    shown: dict[str, Any] = {}
    if sheet is not None:
        wants_all = request.args.get("show") == "ready"
        groups, out = sheet.by_question(), sheet.of(RowOutcome.OUT)
        ready = sheet.ready[: MOST_READY if wants_all else FEW_READY]
        opened = number_in(request.args.get("row", ""))

        def told(rows: Iterable[JudgedRow]) -> list[tuple[JudgedRow, list[str]]]:
            return [(one, cells_of(one, view.kind, language)) for one in rows]

        shown = {
            "judged": sheet,
            "stages": _stages(view, sheet),
            "missing": [
                [_(fields[key].label) for key in keys] for keys in missing_columns(sheet.sheet)
            ],
            "questions": len(groups),
            "asked": [
                (first, cells_of(first, view.kind, language), more)
                for first, *more in groups[:MOST_ASKED]
            ],
            "ready": told(ready),
            "out": told(out[:MOST_READY]),
            "left_out": len(out),
            "opened": next((one for one in sheet.sheet.lines if one.number == opened), None),
            "wants_all": wants_all,
            "has_people": "name" in fields,
            "headings": headings_of(view.kind, language),
        }
    return render_template(
        "office/history/import.html",
        view=view,
        row=row,
        mistake=mistake,
        stays=stays,
        states=HistoryState,
        fields=[(one.key, _(one.label)) for one in fields.values()],
        names={one.key: _(one.label) for one in fields.values()},
        corrections=[
            (one, _typed_by(one, typists.get(one.by or 0, ""), language)) for one in corrections
        ],
        **_words(),
        **shown,
    )


def _typed_by(one: Correction, name: str, language: Language) -> str:
    day = one.at.astimezone(REFERENCE).date()
    return " · ".join(filter(None, (name, short_day_text(day, "yMMMd", language))))


def _stages(view: ImportView, sheet: JudgedSheet) -> list[dict[str, Any]]:
    """Returns the four steps of an import, of which nothing is on record before the last."""
    columns = sheet.sheet.columns
    understood = sum(bool(one.meaning) for one in columns)
    is_asked = any(one.is_asked for one in columns)
    steps = [
        (
            _("File"),
            "good",
            ngettext(
                "%(kind)s, %(num)s row",
                "%(kind)s, %(num)s rows",
                len(sheet.rows),
                kind=_(KINDS[view.kind]),
            ),
        ),
        (
            _("Columns"),
            "warn" if is_asked or missing_columns(sheet.sheet) else "good",
            _("%(some)s of %(all)s understood", some=understood, all=len(columns)),
        ),
        (
            _("Rehearsal"),
            "",
            _(
                "%(ready)s ready · %(known)s on record · %(left)s to see",
                ready=len(sheet.ready),
                known=len(sheet.known),
                left=len(sheet.with_reason),
            ),
        ),
        (_("Save"), "", _("Can be undone as a whole for 90 days")),
    ]
    return [
        {
            "name": name,
            "number": number,
            "mark": mark,
            "words": words,
            "links": (),
            "state": "now" if number == 3 else "passed" if number < 3 else "to-come",  # noqa: PLR2004 - the rehearsal
        }
        for number, (name, mark, words) in enumerate(steps, start=1)
    ]
