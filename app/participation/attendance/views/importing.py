"""Participant reports: upload, reading, a decision for each row, and applying. Works without
scripts.
"""

import os.path
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.sheets import FileEmpty, rows_of
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.participation.attendance import forms, policy, wording
from app.participation.attendance.queries import candidates, imports
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.services.applying import apply_import
from app.participation.attendance.services.deciding import decide
from app.participation.attendance.services.uploading import upload_report
from app.participation.attendance.values import ImportState
from app.participation.attendance.views import bp
from app.planning.events.values import EventDetail
from app.web.bodies import takes_up_to
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.paging import addresses, page_asked
from app.web.render import zone_choices, zone_label

Answer = BaseResponse | str | tuple[str, int] | tuple[str, int, dict[str, str]]
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
        event = candidates.kept_event(db, actor=actor, event_id=event_id)
    rules.require_not_closed(event.closed_at)
    form = forms.ReportFileForm(request.form).offer(_zones(event))
    if not form.validate():
        return _upload_page(event_id, form), 422
    zone = form.zone.data
    try:
        content, filename = _file()
        report = read_report(rows_of(content, filename).rows, candidates.around_of(event, zone))
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
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        raise FileEmpty
    plain = "".join(
        letter
        for letter in os.path.basename(sent.filename.replace("\\", "/"))
        if letter.isprintable()
    )
    with sent.stream:  # a large one lies in a file of its own
        content = sent.read()
    return content, plain.encode("utf-8", "ignore").decode()[-200:] or "report"


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
