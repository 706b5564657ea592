"""The attendance list of an event: counts, minutes by page, and the history of corrections."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput
from app.participation.attendance import policy, wording
from app.participation.attendance.forms import (
    MINUTES,
    OTHER,
    CorrectionForm,
    OtherForm,
    minutes_seen,
    seen_text,
    typed_minutes,
)
from app.participation.attendance.queries import changes, sheet
from app.participation.attendance.queries.sessions import session_rows
from app.participation.attendance.services.recording import (
    MinutesChanged,
    record,
    record_other,
)
from app.participation.attendance.views import bp
from app.planning.events.rules.presence import present
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_errors, show_refusal
from app.web.paging import addresses, page_asked

Answer = BaseResponse | str | tuple[str, int] | tuple[str, int, dict[str, str]]
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
            changed = _written(actor, event_id, shown, under.reason.data or "")
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
        page = changes.history_of(db, actor=current_actor(), event_id=event_id, number=page_asked())
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
        changed = changes.number_of_changes(db, event_id=event_id) if shown.may_keep else 0
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
