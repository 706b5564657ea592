"""Check-in at the door: a code is typed, or a phone opens its address from the QR picture."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import Sentence
from app.participation.attendance import policy
from app.participation.attendance.forms import CodeForm
from app.participation.attendance.queries.candidates import kept_event
from app.participation.attendance.queries.door import (
    LONGEST_CODE,
    UnknownCode,
    caller_of,
    code_of,
    number_inside,
)
from app.participation.attendance.services.checking_in import check_in
from app.participation.attendance.views import bp
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

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
