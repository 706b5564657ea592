"""Pages of calendars that other bodies keep: the list, adding one, reading one now, removing one."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.planning.calendars import policy, queries, services
from app.planning.calendars.forms import MINE, NOBODY_YET, PROCESS, SOMEBODY, AddForm
from app.planning.calendars.rules.lines import LARGEST, NotACalendar
from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.services import TooManyCalendars
from app.planning.calendars.tasks import allowed_hosts
from app.planning.calendars.values import CalendarReading, SourceDraft, SourceKind
from app.web.bodies import takes_up_to
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import day_text, zone_label
from app.web.uploads import FileRefused, sent_bytes

bp = Blueprint("calendars", __name__)
FORM_BYTES = 64 * 1024
Page = Response | tuple[str, int]


@bp.get("/calendars")
@requires(policy.may_open)
def calendars() -> str:
    actor = current_actor()
    with reading() as db:
        sources = queries.calendars_of(db, actor=actor)
    return render_template(
        "planning/calendars/calendars.html", sources=sources, SourceKind=SourceKind, at=_at
    )


@bp.get("/calendars/add")
@requires(policy.may_open)
def add() -> Page:
    with reading() as db:
        form = _form(db)
    return _add_page(form)


@bp.post("/calendars/add")
@requires(policy.may_open)
@takes_up_to(LARGEST + FORM_BYTES)
def add_submitted() -> Page:
    with reading() as db:
        form = _form(db)
    if request.form.get("action") == "find":
        return _add_page(form)
    try:
        content = sent_bytes("file", LARGEST + 1)
    except FileRefused as refusal:
        form.show_errors(refusal.errors)
        return _add_page(form, 422)
    draft = form.draft(
        own_person_id=current_actor().person_id, has_file=content is not None, allow=allowed_hosts()
    )
    if draft is None:
        return _add_page(form, 422)
    try:
        source_id = _added(draft, content)
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
    except (NotACalendar, TooManyCalendars) as refusal:
        form.show_errors({"url" if content is None else "file": refusal.sentence})
        return _add_page(form, STATUS[refusal.kind])
    else:
        flash(_outcome(draft), "success")
        return redirect(url_for("calendars.calendars", _anchor=f"calendar-{source_id}"), 303)
    return _add_page(form, 422)


@bp.post("/calendars/<int:source_id>/refresh")
@requires(policy.may_open)
def refresh(source_id: int) -> Response:
    with transaction() as db:
        services.ask_reading(db, actor=current_actor(), source_id=source_id, now=clock.now())
    flash(_("The calendar is being read. Load this page again in a moment."), "info")
    return redirect(url_for("calendars.calendars", _anchor=f"calendar-{source_id}"), 303)


@bp.post("/calendars/<int:source_id>/remove")
@requires(policy.may_open)
def remove(source_id: int) -> Response:
    with transaction() as db:
        services.remove_source(db, actor=current_actor(), source_id=source_id, now=clock.now())
    flash(_("The calendar is removed, with everything it said."), "success")
    return redirect(url_for("calendars.calendars"), 303)


def _process() -> str:
    names = current_body().other_processes
    if names is None:
        return str(_("Another process"))
    return str(_("Another process, such as %(names)s", names=names.in_(reader_language())))


def _form(db: Session) -> AddForm:
    """Returns the form as typed so far, with the choices that this reader has."""
    actor = current_actor()
    form = AddForm(request.form if request.method == "POST" else None)
    whose = [(PROCESS, _process())] if policy.may_keep_processes(actor) else []
    if actor.person_id is not None:
        whose.append((MINE, _("Mine: my busy hours")))
    if policy.may_keep_anyones(actor):
        whose.append((SOMEBODY, _("Somebody else's busy hours, with their consent")))
    words = str(form.person_words.data or "") if form.whose.data == SOMEBODY else ""
    form.offer(whose, queries.people_called(db, actor=actor, words=words))
    return form


def _add_page(form: AddForm, status: int = 200) -> tuple[str, int]:
    values = {value for value, _name in form.whose.choices}
    return render_template(
        "planning/calendars/add.html",
        form=form,
        choices=values,
        words=form.person_words.data,
        nobody_yet=NOBODY_YET,
    ), status


def _added(draft: SourceDraft, content: bytes | None) -> int:
    """Adds the calendar; returns its id. A file is read here, before the transaction; an address is
    read by the background job.
    """
    actor = current_actor()
    policy.require_may_add(actor, draft.kind, draft.person_id)
    result = _read(draft, content) if content is not None else None
    sha256 = hashlib.sha256(content).hexdigest() if content is not None else ""
    made = press_once(
        lambda db, now: services.add_source(
            db, actor=actor, draft=draft, reading=result, sha256=sha256, now=now
        )
    )
    return int(made)


def _read(draft: SourceDraft, content: bytes) -> CalendarReading:
    with reading() as db:
        timezone = queries.timezone_of(db, person_id=draft.person_id)
    return read_calendar(content, kind=draft.kind, now=clock.now(), timezone=timezone)


def _at(instant: datetime) -> str:
    """Returns day, hour and zone on the reader's clock."""
    local = instant.astimezone(ZoneInfo(reader_timezone()))
    zone = zone_label(reader_timezone(), instant, reader_language())
    return f"{day_text(local.date(), reader_language())}, {local:%H:%M} ({zone})"


def _outcome(draft: SourceDraft) -> str:
    if draft.url:
        return str(_("The calendar is added and is being read. Load this page again in a moment."))
    return str(_("The calendar is added. What it holds now warns whoever plans at the same time."))
