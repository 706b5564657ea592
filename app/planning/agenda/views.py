"""The agenda of one event: its sessions in order, and for its planners a form for each or all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import translate
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.people.directory.rules.people import plain_key
from app.planning.agenda.forms import (
    ROWS,
    TABLE,
    AgendaRow,
    AgendaRows,
    SessionForm,
    answers_of_session,
    hours_of_span,
)
from app.planning.agenda.services import add_rows, add_session, change_session, remove_session
from app.planning.arranging.queries import planning
from app.planning.arranging.queries.planning import are_enough, session_details, tables_of
from app.planning.arranging.rules.agenda import NoHours, ReviewStays
from app.planning.arranging.views import plan_page
from app.planning.arranging.views.plan_page import choose_people, sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.arranging.wording import PERSON_ROLES, SESSION_KINDS
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import (
    SESSION_ROLES,
    EventDetail,
    PersonRole,
    SessionDetail,
    SessionKind,
    TableChoice,
)
from app.planning.scheduling.rules.refusals import Clash
from app.web.fields import Typed
from app.web.guards import anyone, current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.limits import SEARCH
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import changed_meanwhile
from app.web.render import hours_text, short_day_text, zone_label

bp = Blueprint("agenda", __name__)


# Putting the pages of an agenda together: days with their sessions in each clock, and the form of
# one session.

NO_TABLE = N_("None")


@dataclass(frozen=True)
class Clock:
    """The hours of a session by one clock. `day` only where it is another one than the event's."""

    hours: str
    zone: str
    day: date | None


@dataclass(frozen=True)
class ShownSession:
    session: SessionDetail
    clocks: tuple[Clock, ...]


@dataclass(frozen=True)
class AgendaDay:
    on: date
    sittings: tuple[ShownSession, ...]


@dataclass(frozen=True)
class SessionPage:
    form: SessionForm
    event: EventDetail
    session: SessionDetail | None
    zone: str
    people: dict[str, Any]


def days_of(event: EventDetail, sessions: Iterable[SessionDetail]) -> tuple[AgendaDay, ...]:
    """Returns the sessions by local day of the event. Each by the event's clock, then by UTC−6 and
    by the reader's, where these show another hour (R4).
    """
    zone = ZoneInfo(event.timezone)

    def local_day(session: SessionDetail) -> date:
        return session.starts_at.astimezone(zone).date()

    return tuple(
        AgendaDay(on, tuple(ShownSession(session, _clocks(event, session)) for session in its))
        for on, its in groupby(sessions, key=local_day)
    )


def _clocks(event: EventDetail, session: SessionDetail) -> tuple[Clock, ...]:
    clocks: list[Clock] = []
    offsets = set()
    at, own = session.starts_at, session.starts_at.astimezone(ZoneInfo(event.timezone))
    for timezone in (event.timezone, REFERENCE_ZONE, reader_timezone()):
        local = at.astimezone(ZoneInfo(timezone))
        if local.utcoffset() not in offsets:
            offsets.add(local.utcoffset())
            day = None if local.date() == own.date() else local.date()
            words = zone_label(timezone, at, reader_language())
            clocks.append(
                Clock(hours_text(session.starts_at, session.ends_at, timezone), words, day)
            )
    return tuple(clocks)


def session_page(
    db: Session, event_id: UUID, session_id: UUID | None, typed: Typed | None
) -> SessionPage:
    """Returns the form as typed, or as the session is, or for a new one after the last. For the
    event's planners.
    """
    language = reader_language()
    event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
    if event.span is None:
        raise NoHours
    sessions = session_details(db, event_id=event_id)
    session = next((one for one in sessions if one.id == session_id), None)
    if session_id is not None and session is None:
        raise NotFound
    form = SessionForm(typed, data=_answers(event, session, sessions))
    form.offer(
        kinds=_named(SESSION_KINDS),
        tables=[
            (str(table.id), f"{table.edition} · {table.theme.in_(language)}")
            for table in tables_of(db, event_id=event_id)
        ],
        nothing=translate(language, NO_TABLE),
    )
    if typed is not None:
        form.read_people(typed)
        known = plan_page.shown_in(typed) | {
            person.id for person in (session.people if session else ())
        }
        form.people = tuple(part for part in form.people if part.person_id in known)
    elif session is not None:
        form.people = session.as_draft().people
    zone = zone_label(event.timezone, event.span.starts_at, language)
    return SessionPage(
        form=form, event=event, session=session, zone=zone, people=_people_of(db, form)
    )


def people_found(db: Session, typed: Typed) -> dict[str, Any]:
    """Returns what the finder shows: those ticked who had been shown, and those whose name fits."""
    form = SessionForm()
    form.read_people(typed)
    known = plan_page.shown_in(typed)
    form.people = tuple(part for part in form.people if part.person_id in known)
    return _people_of(db, form)


def days_to_choose(event: EventDetail) -> list[tuple[str, str]]:
    """Returns the local days of an event with hours, as ISO text and in the reader's words."""
    if event.starts_at is None or event.ends_at is None:
        return []
    zone = ZoneInfo(event.timezone)
    first = event.starts_at.astimezone(zone).date()
    last = (event.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day.isoformat(), short_day_text(day, "MMMEd", reader_language())) for day in days]


def kinds_with_tables(tables: Iterable[TableChoice]) -> list[tuple[str, str]]:
    """Returns the kinds of sessions; a work table is chosen as the table itself where there are
    any.
    """
    language, choices = reader_language(), []
    sits = [(f"{TABLE}{one.id}", one.theme.in_(language)) for one in tables]
    for value, name in _named(SESSION_KINDS):
        if value == SessionKind.WORK_TABLE and sits:
            choices += [(number, f"{name}: {theme}") for number, theme in sits]
        else:
            choices.append((value, name))
    return choices


def _people_of(db: Session, form: SessionForm) -> dict[str, Any]:
    roles = {one.person_id: one.role for one in form.people}
    choices = plan_page.choose_people(db, chosen=roles.keys(), words=form.people_words)
    named = {role: name for role, name in PERSON_ROLES.items() if role in SESSION_ROLES}
    return {
        "people": choices.people,
        "chosen": roles,
        "people_note": plan_page.note_of(choices),
        "seals": plan_page.seals(person.id for person in choices.people),
        "people_words": form.people_words,
        "are_enough": planning.are_enough(form.people_words),
        "roles": _named(named),
        "usual_role": PersonRole.MODERATOR,
    }


def _answers(
    event: EventDetail, session: SessionDetail | None, sessions: tuple[SessionDetail, ...]
) -> dict[str, Any]:
    if session is not None:
        return answers_of_session(session.as_draft(), event.timezone)
    ends: datetime | None = max((one.ends_at for one in sessions), default=event.starts_at)
    if ends is None or event.ends_at is None or ends >= event.ends_at:
        return {}
    return hours_of_span(Timespan(ends, event.ends_at), event.timezone)


def _named(words: Mapping[StrEnum, str]) -> list[tuple[str, str]]:
    return [(value.value, translate(reader_language(), msgid)) for value, msgid in words.items()]


# The agenda of one event: its sessions in order, and for its planners a form for each. Works
# without scripts.

Answer = Response | tuple[str, int]
SAVE = "save"


@bp.get("/events/<uuid:event_id>/agenda")
@requires(anyone)
def event_agenda(event_id: UUID) -> str:
    """Shows every session by the event's own clock, by UTC−6 and by the reader's, where these
    differ (R4).
    """
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
        sessions = session_details(db, event_id=event_id, with_people=actor.signed_in)
    may_change = (
        policy.may_plan_for(actor, event.group_slugs, event.kind) and event.closed_at is None
    )
    return render_template(
        "planning/agenda/event_agenda.html",
        event=event,
        days=days_of(event, sessions),
        may_change=may_change,
        kinds=SESSION_KINDS,
        person_roles=PERSON_ROLES,
    )


@bp.get("/events/<uuid:event_id>/agenda/new")
@requires(policy.may_plan)
def session_new(event_id: UUID) -> Answer:
    with reading() as db:
        return _session_answer(session_page(db, event_id, None, kept_fields()))


@bp.post("/events/<uuid:event_id>/agenda/new")
@requires(policy.may_plan)
def session_added(event_id: UUID) -> Answer:
    return _session_submitted(event_id, None)


@bp.get("/events/<uuid:event_id>/agenda/<uuid:session_id>")
@requires(policy.may_plan)
def session_edit(event_id: UUID, session_id: UUID) -> Answer:
    with reading() as db:
        return _session_answer(session_page(db, event_id, session_id, kept_fields()))


@bp.post("/events/<uuid:event_id>/agenda/<uuid:session_id>")
@requires(policy.may_plan)
def session_changed(event_id: UUID, session_id: UUID) -> Answer:
    return _session_submitted(event_id, session_id)


@bp.post("/events/<uuid:event_id>/agenda/<uuid:session_id>/remove")
@requires(policy.may_plan)
def session_removed(event_id: UUID, session_id: UUID) -> Answer:
    try:
        with transaction() as db:
            remove_session(
                db, actor=current_actor(), event_id=event_id, session_id=session_id, now=clock.now()
            )
    except ReviewStays as refusal:
        with reading() as db:
            page = session_page(db, event_id, session_id, None)
            return _session_answer(page, status=409, refusals=sentences_of(refusal))
    flash(_("The session is removed from the agenda."), "success")
    return redirect(url_for("agenda.event_agenda", event_id=event_id), 303)


@bp.post("/events/agenda/people")
@requires(policy.may_plan, costs=SEARCH)
def find_session_people() -> str:
    """Answers with the people of the directory alone, for htmx."""
    with reading() as db:
        return render_template("planning/arranging/_people.html", **people_found(db, request.form))


def _session_submitted(event_id: UUID, session_id: UUID | None) -> Answer:
    """Saves the session; any button but save (find people) shows the form again."""
    with reading() as db:
        page = session_page(db, event_id, session_id, request.form)
        if request.form.get("action", "") != SAVE:
            return _session_answer(page)
        if not page.form.validate():
            return _session_answer(page, status=422)
    try:
        _save_session(page)
    except InvalidInput as refusal:
        page.form.show_errors(refusal.errors)
        return _session_answer(page, status=422)
    except ChangedMeanwhile as refusal:
        page.form.seen.data = refusal.mark
        stored = url_for("agenda.session_edit", event_id=event_id, session_id=session_id)
        return _session_answer(page, status=409, refusals=[changed_meanwhile(refusal, stored)])
    except (Clash, ReviewStays) as refusal:
        return _session_answer(page, status=409, refusals=sentences_of(refusal))
    flash(_("The agenda is saved."), "success")
    return redirect(url_for("agenda.event_agenda", event_id=event_id), 303)


def _save_session(page: SessionPage) -> None:
    event = changeable(page.event)
    draft = page.form.draft(event.timezone, near=page.session.span if page.session else None)
    with transaction() as db:
        if page.session is None:
            add_session(db, actor=current_actor(), event_id=event.id, draft=draft, now=clock.now())
        else:
            change_session(
                db,
                actor=current_actor(),
                event_id=event.id,
                session_id=page.session.id,
                draft=draft,
                now=clock.now(),
                seen=page.form.seen.data or "",
            )


def _session_answer(
    page: SessionPage, *, status: int = 200, refusals: list[str] | None = None
) -> tuple[str, int]:
    html = render_template(
        "planning/agenda/session.html",
        form=page.form,
        event=page.event,
        session=page.session,
        zone=page.zone,
        refusals=refusals or (),
        page_has_errors=bool(refusals) or bool(page.form.errors),
        **page.people,
    )
    return html, status


# Several sessions of an agenda at once, as rows: what stands is saved, what does not stays in its
# row with the reason. Works without scripts.


@bp.get("/events/<uuid:event_id>/agenda/rows")
@requires(policy.may_plan)
def session_rows(event_id: UUID) -> Answer:
    with reading() as db:
        event, form = _rows_form(db, event_id, kept_fields())
        return _rows_answer(db, event, form)


@bp.post("/events/<uuid:event_id>/agenda/rows")
@requires(policy.may_plan)
def session_rows_added(event_id: UUID) -> Answer:
    """Saves the rows; any button but save shows them again, with more of them."""
    with reading() as db:
        event, form = _rows_form(db, event_id, request.form)
        if request.form.get("action", "") != SAVE:
            form.add_rows(ROWS)
            return _rows_answer(db, event, form)
        filled = form.filled()
        if not filled:
            form.form_errors = [_("Write at least one session.")]
            return _rows_answer(db, event, form, status=422)
        sound, refused = [], []
        for row in filled:
            is_valid, person = row.validate(), _moderator(db, row)
            if is_valid and not row.moderator.errors:
                sound.append((row, person))
            else:
                refused.append(row)
    refused += _save_rows(event, sound)
    saved = len(filled) - len(refused)
    if saved:
        said = ngettext(
            "%(num)d session is in the agenda.", "%(num)d sessions are in the agenda.", saved
        )
        flash(said, "success")
    if saved and not refused:
        return redirect(url_for("agenda.event_agenda", event_id=event_id), 303)
    with reading() as db:
        form.keep(refused)
        return _rows_answer(db, event, form, status=422)


def _save_rows(event: EventDetail, rows: list[tuple[AgendaRow, int | None]]) -> list[AgendaRow]:
    """Returns the rows that were refused, each with its sentences."""
    drafts, sound, refused = [], [], []
    for row, person in rows:
        try:
            drafts.append(row.draft(event.timezone, reader_language(), person))
            sound.append(row)
        except InvalidInput as refusal:
            refused.append(_refused_row(row, refusal))
    if drafts:
        with transaction() as db:
            refusals = add_rows(
                db, actor=current_actor(), event_id=event.id, drafts=drafts, now=clock.now()
            )
        refused += [_refused_row(sound[number], refusal) for number, refusal in refusals.items()]
    return refused


def _refused_row(row: AgendaRow, refusal: Refusal) -> AgendaRow:
    if isinstance(refusal, InvalidInput):
        row.show_errors(refusal.errors)
    else:
        row.moderator.errors = [*row.moderator.errors, *sentences_of(refusal)]
    return row


def _moderator(db: Session, row: AgendaRow) -> int | None:
    """Returns the person that the typed name means. Otherwise says so at the field, with those to
    choose from.
    """
    words = row.moderator.data
    if not words:
        return None
    if not are_enough(words):
        row.moderator.errors = [_("Write at least three letters of a name.")]
        return None
    fitting = choose_people(db, chosen=(), words=words).people
    same = [one for one in fitting if plain_key(one.name) == plain_key(words)]
    chosen = [one for one in fitting if str(one.id) == row.person.data]
    for candidates in (chosen, same, fitting):
        if len(candidates) == 1:
            return candidates[0].id
    if fitting:
        language = reader_language()
        row.person.choices = [("", _("Choose"))] + [
            (str(one.id), " · ".join(filter(None, (one.name, one.country.in_(language)))))
            for one in fitting
        ]
        row.moderator.errors = [_("Several people fit this name. Choose which of them.")]
    else:
        row.moderator.errors = [_("Nobody in the directory matches “%(words)s”.", words=words)]
    return None


def _rows_form(db: Session, event_id: UUID, typed: Typed | None) -> tuple[EventDetail, AgendaRows]:
    event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
    if event.span is None:
        raise NoHours
    form = AgendaRows(typed)
    form.offer(days=days_to_choose(event), kinds=_kinds(db, event))
    return event, form


def _kinds(db: Session, event: EventDetail) -> list[tuple[str, str]]:
    return kinds_with_tables(tables_of(db, event_id=event.id))


def _rows_answer(
    db: Session, event: EventDetail, form: AgendaRows, *, status: int = 200
) -> tuple[str, int]:
    form.offer(days=days_to_choose(event), kinds=_kinds(db, event))
    sessions = session_details(db, event_id=event.id)
    known = {one.name for session in sessions for one in session.people}
    zone = zone_label(event.timezone, event.starts_at or clock.now(), reader_language())
    html = render_template(
        "planning/agenda/rows.html",
        event=event,
        form=form,
        zone=zone,
        known=sorted(known | {one.name for one in event.people}),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status
