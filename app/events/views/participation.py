"""I come, I do not come after all, and who was there."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.forms.consent import purposes_in
from app.events.policy import may_open_attendance
from app.events.queries.participation import AttendanceSheet, attendance_sheet
from app.events.queries.participation import my_webinars as webinars_of
from app.events.rules.participation import NOT_MINUTES, minutes_of, most_minutes
from app.events.services.attendance import record_attendance
from app.events.services.registration import cancel_registration as give_back
from app.events.services.registration import register as take_place
from app.events.values.places import RegistrationStatus
from app.events.views import bp
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language

FIELD = "minutes-"
FRESH = {
    RegistrationStatus.REGISTERED: N_("You have a place."),
    RegistrationStatus.WAITING: N_("You are on the waiting list. We write to you as soon as a place is yours."),
    RegistrationStatus.PENDING: N_("Your request is with the organizers. We write to you when they have decided."),
}
ALREADY = {
    RegistrationStatus.REGISTERED: N_("You had a place already; it is still yours."),
    RegistrationStatus.WAITING: N_("You are on the waiting list already; your turn is kept."),
    RegistrationStatus.PENDING: N_("The organizers have your request already."),
    RegistrationStatus.DECLINED: N_("The organizers could not give you a place."),
}


@bp.post("/events/<uuid:event_id>/registrations")
@requires(signed_in)
def register(event_id: UUID) -> Any:
    with transaction() as db:
        place = take_place(
            db, actor=current_actor(), event_id=event_id, purposes=purposes_in(request.form),
            consent_version=request.form.get("consent_version", ""), now=clock.now(),
        )  # fmt: skip
    flash(translate(reader_language(), FRESH[place.status] if place.is_new else ALREADY[place.status]), "success")
    return redirect(url_for("events.event", event_id=event_id, _anchor="registration"), 303)


@bp.post("/events/<uuid:event_id>/registrations/cancellation")
@requires(signed_in)
def cancel_registration(event_id: UUID) -> Any:
    with transaction() as db:
        had_place = give_back(db, actor=current_actor(), event_id=event_id, now=clock.now())
    flash(_("Your place is free again.") if had_place else _("You had no place at this event."), "success")
    return redirect(url_for("events.event", event_id=event_id, _anchor="registration"), 303)


@bp.get("/my-webinars")
@requires(signed_in)
def my_webinars() -> str:
    with reading() as db:
        mine = webinars_of(db, actor=current_actor())
    now = clock.now()
    coming = [webinar for webinar in mine if webinar.ends_at and webinar.ends_at > now]
    over = [webinar for webinar in reversed(mine) if webinar not in coming]
    return render_template("events/my_webinars.html", coming=coming, over=over)


@bp.get("/events/<uuid:event_id>/attendance")
@requires(may_open_attendance)
def attendance(event_id: UUID) -> str:
    with reading() as db:
        sheet = attendance_sheet(db, actor=current_actor(), event_id=event_id)
    return _attendance_page(sheet, {}, {})


@bp.post("/events/<uuid:event_id>/attendance")
@requires(may_open_attendance)
def save_attendance(event_id: UUID) -> Any:
    actor, now = current_actor(), clock.now()
    with reading() as db:
        sheet = attendance_sheet(db, actor=actor, event_id=event_id)
    try:
        minutes = _typed_minutes(sheet)
        with transaction() as db:
            changed = record_attendance(db, actor=actor, event_id=event_id, minutes=minutes, now=now)
    except InvalidInput as refusal:
        return _attendance_page(sheet, refusal.errors, request.form), 422
    flash(ngettext("Attendance of one person was changed.", "Attendance of %(num)s people was changed.", changed)
          if changed else _("Nothing was changed."), "success")  # fmt: skip
    return redirect(url_for("events.attendance", event_id=event_id), 303)


def _typed_minutes(sheet: AttendanceSheet) -> dict[int, int]:
    """Of the people on the sheet and nobody else; an empty field says nothing about a person."""
    span = sheet.event.span
    most = most_minutes(span.starts_at, span.ends_at) if span else 0
    found: dict[int, int] = {}
    errors: dict[str, Sentence] = {}
    for row in sheet.rows:
        try:
            minutes = minutes_of(request.form.get(f"{FIELD}{row.person_id}", ""), most)
        except ValueError:
            errors[f"{FIELD}{row.person_id}"] = Sentence(NOT_MINUTES, {"most": most})
            continue
        if minutes is not None:
            found[row.person_id] = minutes
    if errors:
        raise InvalidInput(errors)
    return found


def _attendance_page(sheet: AttendanceSheet, errors: Any, typed: Any) -> str:
    sentences = {field: say(reader_language(), sentence) for field, sentence in errors.items()}
    span = sheet.event.span
    return render_template(
        "events/attendance.html", sheet=sheet, event=sheet.event, errors=sentences, typed=typed, field=FIELD,
        most=most_minutes(span.starts_at, span.ends_at) if span else 0,
    )  # fmt: skip
