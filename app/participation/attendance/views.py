"""Pages of attendance: the list and its history, reports of meeting programs, the door, lists to
take along.
"""

import os.path
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.pdf import pdf_of
from app.infra.sheets import FileEmpty, rows_of
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal, Sentence
from app.participation.attendance import forms, policy, wording
from app.participation.attendance.exports import list_as_xlsx
from app.participation.attendance.forms import (
    MINUTES,
    OTHER,
    CodeForm,
    CorrectionForm,
    OtherForm,
    minutes_seen,
    seen_text,
    typed_minutes,
)
from app.participation.attendance.queries import imports, sheet
from app.participation.attendance.queries.sheet import (
    LONGEST_CODE,
    SheetRow,
    UnknownCode,
    caller_of,
    code_of,
    kept_event,
    number_inside,
    session_rows,
)
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.services.importing import apply_import, decide, upload_report
from app.participation.attendance.services.recording import (
    MinutesChanged,
    check_in,
    export_list,
    record,
    record_other,
)
from app.participation.attendance.values import ImportState
from app.planning.events.rules.presence import present
from app.planning.events.values import EventDetail, Mode
from app.web.bodies import takes_up_to
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.mistakes import show_errors, show_refusal
from app.web.paging import addresses, page_asked
from app.web.render import zone_choices, zone_label
from app.web.uploads import sent_file

bp = Blueprint("attendance", __name__)


# Check-in at the door: a code is typed, or a phone opens its address from the QR picture.

Answer = BaseResponse | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("/events/<uuid:event_id>/check-in")
@requires(policy.may_keep_some_list)
def door(event_id: UUID) -> Answer:
    return _door(event_id, CodeForm())


@bp.post("/events/<uuid:event_id>/check-in")
@requires(policy.may_keep_some_list)
def find_code(event_id: UUID) -> Answer:
    """Shows whose code it is. Letting the person in is a second step, so that a wrong code lets
    nobody in.
    """
    form = CodeForm(request.form)
    code = code_of((form.code.data or "")[: 4 * LONGEST_CODE])
    try:
        with reading() as db:
            caller_of(db, actor=current_actor(), event_id=event_id, code=code)
    except UnknownCode as refusal:
        form.code.errors = [say(reader_language(), Sentence(refusal.msgid))]
        return _door(event_id, form), 422
    return redirect(url_for("attendance.caller", event_id=event_id, check_in_code=code), 303)


@bp.get("/events/<uuid:event_id>/check-in/<check_in_code>")
@requires(policy.may_keep_some_list)
def caller(event_id: UUID, check_in_code: str) -> Answer:
    with reading() as db:
        event = kept_event(db, actor=current_actor(), event_id=event_id)
        person = caller_of(db, actor=current_actor(), event_id=event_id, code=check_in_code)
    return render_template("participation/attendance/caller.html", event=event, caller=person)


@bp.post("/events/<uuid:event_id>/check-in/<check_in_code>")
@requires(policy.may_keep_some_list)
def let_in(event_id: UUID, check_in_code: str) -> Answer:
    with transaction() as db:
        done = check_in(
            db, actor=current_actor(), event_id=event_id, code=check_in_code, now=clock.now()
        )
    if done.is_new:
        flash(_("%(name)s is in.", name=done.name), "success")
    else:
        flash(_("%(name)s was already in; nothing was changed.", name=done.name), "info")
    return redirect(url_for("attendance.door", event_id=event_id), 303)


def _door(event_id: UUID, form: CodeForm) -> str:
    with reading() as db:
        event = kept_event(db, actor=current_actor(), event_id=event_id)
        inside = number_inside(db, event_id=event_id)
    return render_template(
        "participation/attendance/door.html",
        event=event,
        inside=inside,
        form=form,
        page_has_errors=bool(form.errors),
    )


# Lists to take along: a page for the printer, a PDF, a spreadsheet. Each is a POST, because each
# leaves a trace.

KINDS = ("print", "pdf", "xlsx")


@bp.post("/events/<uuid:event_id>/attendance/exports")
@requires(policy.may_open_list, costs=EXPORT)
def export(event_id: UUID) -> Response | str:
    kind = request.form.get("kind", "print")
    if kind not in KINDS:
        raise NotFound
    with transaction() as db:
        event, rows = export_list(
            db, actor=current_actor(), event_id=event_id, kind=kind, now=clock.now()
        )
    if kind == "print":
        return render_template("participation/attendance/print_page.html", **_paper(event, rows))
    if kind == "pdf":
        return _sent(
            pdf_of(render_template("participation/attendance/print.html", **_paper(event, rows))),
            "application/pdf",
            "pdf",
        )
    content = list_as_xlsx(
        rows,
        title=_("Attendance"),
        mark=copy_mark(),
        language=reader_language(),
        presences=wording.PRESENCES,
        sources=wording.SOURCES,
        made_at=clock.now(),
    )
    return _sent(content, XLSX, "xlsx")


def _paper(event: EventDetail, rows: tuple[SheetRow, ...]) -> dict[str, Any]:
    """Renders the list by country as the reader names it, each with its number; on paper an event
    in person has a column to sign in. Until it is over, who has no minutes has a blank to be filled
    in.
    """
    language = reader_language()
    groups = [(name, list(people)) for name, people in groupby(rows, key=lambda row: row.country)]
    groups.sort(key=lambda group: (not group[0].in_(language), group[0].in_(language).casefold()))
    return {
        "event": event,
        "groups": groups,
        "count": len(rows),
        "mark": copy_mark(),
        "presences": wording.PRESENCES,
        "signed": event.mode is not Mode.ONLINE,
        "is_over": event.ends_at is not None and event.ends_at <= clock.now(),
    }


def _sent(content: bytes, mimetype: str, suffix: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    name_file(answer, f"{_('attendance')}.{suffix}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


# Participant reports: upload, reading, a decision for each row, and applying. Works without
# scripts.

MOST_BYTES = 5 * 1024 * 1024
FORM_BYTES = 64 * 1024
FILE = "report"
SUGGESTED = "suggested"
ELSEWHERE = (
    "UTC",
    "Europe/Zurich",
)  # of programs, and of accounts at the seat of the organization in Geneva
HX_REFRESH = {"HX-Refresh": "true"}


@bp.get("/events/<uuid:event_id>/attendance/import")
@requires(policy.may_keep_some_list)
def upload(event_id: UUID) -> Answer:
    return _upload_page(event_id, None)


@bp.post("/events/<uuid:event_id>/attendance/import")
@requires(policy.may_keep_some_list)
@takes_up_to(MOST_BYTES + FORM_BYTES)
def upload_submitted(event_id: UUID) -> Answer:
    """Reads the whole report before anything is written. A report that cannot be read is refused at
    its field.
    """
    actor = current_actor()
    with reading() as db:
        event = kept_event(db, actor=actor, event_id=event_id)
    rules.require_not_closed(event.closed_at)
    form = forms.ReportFileForm(request.form).offer(_zones(event))
    if not form.validate():
        return _upload_page(event_id, form), 422
    zone = form.zone.data
    try:
        content, filename = _file()
        report = read_report(rows_of(content, filename).rows, sheet.around_of(event, zone))
        with transaction() as db:
            made = upload_report(
                db,
                actor=actor,
                event_id=event_id,
                content=content,
                filename=filename,
                report=report,
                zone=zone,
                now=clock.now(),
            )
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        form.report.errors = [say(reader_language(), refusal.sentence)]
        return _upload_page(event_id, form), 422
    if not made.is_new:
        flash(_("This same file has already been imported; nothing was changed."), "info")
    return redirect(url_for("attendance.report", import_id=made.import_id), 303)


@bp.get("/attendance-imports/<uuid:import_id>")
@requires(policy.may_keep_some_list)
def report(import_id: UUID) -> Answer:
    """Shows the progress while people are looked for, then the rows to decide."""
    with reading() as db:
        event, summary = imports.import_of(db, actor=current_actor(), import_id=import_id)
    if summary.state is ImportState.UPLOADED:
        return render_template(
            "participation/attendance/progress.html",
            summary=summary,
            event=event,
            states=wording.STATES,
        )
    return _report_page(import_id)


@bp.get("/attendance-imports/<uuid:import_id>/progress")
@requires(policy.may_keep_some_list)
def progress(import_id: UUID) -> Answer:
    """Returns the progress bar for htmx. Once the report is ready, the answer makes the browser
    reload the page.
    """
    with reading() as db:
        _event, summary = imports.import_of(db, actor=current_actor(), import_id=import_id)
    html = render_template(
        "participation/attendance/_progress.html", summary=summary, states=wording.STATES
    )
    return html if summary.state is ImportState.UPLOADED else (html, 200, HX_REFRESH)


@bp.post("/attendance-imports/<uuid:import_id>")
@requires(policy.may_keep_some_list)
def report_submitted(import_id: UUID) -> Answer:
    """Keeps the choices of the rows shown; with `apply`, writes the minutes as well."""
    try:
        return _apply(import_id) if "apply" in request.form else _keep(import_id)
    except InvalidInput as refusal:
        errors = {
            field: say(reader_language(), sentence) for field, sentence in refusal.errors.items()
        }
        return _report_page(import_id, errors), 422


def _keep(import_id: UUID) -> BaseResponse:
    with transaction() as db:
        decide(
            db,
            actor=current_actor(),
            import_id=import_id,
            choices=forms.choices(request.form),
            now=clock.now(),
        )
    flash(_("Your choices are kept. Minutes are written when you apply the report."), "success")
    return redirect(
        url_for("attendance.report", import_id=import_id, part=request.args.get("part")), 303
    )


def _apply(import_id: UUID) -> BaseResponse:
    with transaction() as db:
        done = apply_import(
            db,
            actor=current_actor(),
            import_id=import_id,
            choices=forms.choices(request.form),
            overwrite=forms.people_chosen(request.form.getlist("overwrite")),
            takes_suggestions=request.form["apply"] == SUGGESTED,
            now=clock.now(),
        )
    changed = (
        ngettext(
            "Attendance of one person was changed.",
            "Attendance of %(num)s people was changed.",
            done.changed,
        )
        if done.changed
        else _("Nothing was changed.")
    )
    kept = (
        ngettext(
            "One person’s minutes were set by hand and stay.",
            "The minutes of %(num)s people were set by hand and stay.",
            done.kept,
        )
        if done.kept
        else ""
    )
    flash(f"{changed} {kept}".strip(), "success")
    return redirect(url_for("attendance.attendance", event_id=done.event_id), 303)


def _file() -> tuple[bytes, str]:
    """Returns the bytes and the name of the file that was sent. Raises FileEmpty without a file."""
    sent = sent_file(FILE)
    if sent is None:
        raise FileEmpty
    plain = "".join(
        letter
        for letter in os.path.basename((sent.filename or "").replace("\\", "/"))
        if letter.isprintable()
    )
    return sent.stream.read(), plain.encode("utf-8", "ignore").decode()[-200:] or "report"


def _zones(event: EventDetail) -> list[tuple[str, str]]:
    """Returns the time zones that the report may be written in; the event's zone comes first."""
    at, language = event.starts_at or clock.now(), reader_language()
    known = zone_choices(first=event.timezone, at=at)
    there = {zone for zone, _label in known}
    others = [
        (zone, "UTC" if zone == "UTC" else zone_label(zone, at, language))
        for zone in ELSEWHERE
        if zone not in there
    ]
    return [*known, *others]


def _upload_page(event_id: UUID, form: forms.ReportFileForm | None) -> str:
    with reading() as db:
        event, earlier = imports.imports_of(db, actor=current_actor(), event_id=event_id)
    form = form or forms.ReportFileForm().offer(_zones(event))
    return render_template(
        "participation/attendance/import.html",
        event=event,
        earlier=earlier,
        form=form,
        most=MOST_BYTES // 1024 // 1024,
        states=wording.STATES,
        providers=wording.PROVIDERS,
        page_has_errors=bool(form.errors),
    )


def _report_page(import_id: UUID, errors: dict[str, str] | None = None) -> str:
    part = request.args.get("part", "")
    with reading() as db:
        report = imports.import_page(
            db, actor=current_actor(), import_id=import_id, part=part, number=page_asked()
        )
    return render_template(
        "participation/attendance/report.html",
        found=report,
        event=report.event,
        errors=errors or {},
        address=addresses("part"),
        parts=wording.PARTS,
        states=wording.STATES,
        providers=wording.PROVIDERS,
        typed=typed_fields(),
        page_has_errors=bool(errors),
    )


# The attendance list of an event: counts, minutes by page, and the history of corrections.

LONGEST_SEARCH = 80


@bp.get("/events/<uuid:event_id>/attendance")
@requires(policy.may_open_list)
def attendance(event_id: UUID) -> Answer:
    return _page(event_id)


@bp.post("/events/<uuid:event_id>/attendance")
@requires(policy.may_open_list)
def save(event_id: UUID) -> Answer:
    """Saves the minutes of the rows shown, or of a person who is not on the list. Changing recorded
    minutes needs a reason.
    """
    actor = current_actor()
    with reading() as db:
        shown = sheet.sheet_of(
            db, actor=actor, event_id=event_id, words=_words(), number=page_asked()
        )
    if OTHER in request.form:
        other = OtherForm(request.form, most=shown.most)
        if not other.validate():
            return _page(event_id, other=other), 422
        try:
            changed = _other_written(actor, event_id, other)
        except InvalidInput as refusal:
            status = show_refusal(other, refusal)
            return _page(event_id, other=other), status
    else:
        under = CorrectionForm(request.form)
        try:
            changed = _written(actor, event_id, shown=shown, reason=under.reason.data or "")
        except InvalidInput as refusal:
            return _page(event_id, under=under, refusal=refusal), STATUS[refusal.kind]
    flash(
        ngettext(
            "Attendance of one person was changed.",
            "Attendance of %(num)s people was changed.",
            changed,
        )
        if changed
        else _("Nothing was changed."),
        "success",
    )
    return redirect(
        url_for("attendance.attendance", event_id=event_id, q=_words() or None, page=page_asked()),
        303,
    )


def _written(actor: Actor, event_id: UUID, shown: sheet.AttendanceSheet, reason: str) -> int:
    """Returns how many rows were changed. A field that was not touched changes nothing."""
    people = [row.person_id for row in shown.rows]
    seen = minutes_seen(request.form, shown.most)
    typed = typed_minutes(request.form, people, shown.most)
    minutes = {who: spent for who, spent in typed.items() if who not in seen or seen[who] != spent}
    with transaction() as db:
        return record(
            db,
            actor=actor,
            event_id=event_id,
            minutes=minutes,
            reason=reason,
            source="manual",
            seen=seen,
            now=clock.now(),
        )


def _other_written(actor: Actor, event_id: UUID, other: OtherForm) -> int:
    with transaction() as db:
        return record_other(
            db,
            actor=actor,
            event_id=event_id,
            words=other.other.data,
            minutes=other.minutes,
            reason=other.reason.data or "",
            now=clock.now(),
        )


@bp.get("/events/<uuid:event_id>/attendance/changes")
@requires(policy.may_keep_some_list)
def history(event_id: UUID) -> str:
    with reading() as db:
        page = sheet.history_of(db, actor=current_actor(), event_id=event_id, number=page_asked())
    return render_template(
        "participation/attendance/changes.html",
        history=page,
        event=page.event,
        sources=wording.SOURCES,
        address=addresses(),
    )


def _seen(shown: sheet.AttendanceSheet, refusal: InvalidInput | None) -> str:
    """Returns the minutes that the next save compares with: the stored ones, or those that the
    refused form was made from. After MinutesChanged the fields it names have the stored ones.
    """
    told = refusal.errors if isinstance(refusal, MinutesChanged) else {}
    before = minutes_seen(request.form, shown.most)
    return seen_text(
        {
            row.person_id: row.minutes
            if f"{MINUTES}{row.person_id}" in told
            else before.get(row.person_id, row.minutes)
            for row in shown.rows
        }
    )


def _words() -> str:
    return request.args.get("q", "")[:LONGEST_SEARCH]


def _page(
    event_id: UUID,
    *,
    under: CorrectionForm | None = None,
    other: OtherForm | None = None,
    refusal: InvalidInput | None = None,
) -> str:
    """Renders the list. `under` and `other`: the form that was refused. `refusal`: what was refused
    of the table, or of the reason under it.
    """
    with reading() as db:
        shown = sheet.sheet_of(
            db, actor=current_actor(), event_id=event_id, words=_words(), number=page_asked()
        )
        sessions = session_rows(db, event_id=event_id, sees_all=shown.sees_all)
        changed = sheet.number_of_changes(db, event_id=event_id) if shown.may_keep else 0
    errors = dict(refusal.errors) if refusal else {}
    under = under or CorrectionForm()
    if "reason" in errors:
        show_errors(under, {"reason": errors.pop("reason")})
    sentences = {field: say(reader_language(), sentence) for field, sentence in errors.items()}
    is_to_come = shown.event.starts_at is not None and shown.event.starts_at > clock.now()
    return render_template(
        "participation/attendance/attendance.html",
        sheet=shown,
        event=shown.event,
        sessions=sessions,
        changed=changed,
        is_to_come=is_to_come,
        errors=sentences,
        under=under,
        other=other or OtherForm(most=shown.most),
        is_other=other is not None,
        page_has_errors=bool(sentences or under.errors or (other and other.errors)),
        seen=_seen(shown, refusal),
        typed=request.form,
        minutes=MINUTES,
        words=_words(),
        address=addresses("q"),
        presences=wording.PRESENCES,
        sources=wording.SOURCES,
        in_series=present,
    )
