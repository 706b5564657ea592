"""Several sessions of an agenda at once, as rows: what stands is saved, what does not stays in its
row with the reason. Works without scripts.
"""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Refusal
from app.people.directory.rules import plain_key
from app.planning.agenda.forms import ROWS, AgendaRow, AgendaRows
from app.planning.agenda.services import add_rows
from app.planning.agenda.views import bp
from app.planning.agenda.views.session_page import days_to_choose, kinds_with_tables
from app.planning.arranging.queries.agenda import session_details, tables_of
from app.planning.arranging.queries.planning import are_enough
from app.planning.arranging.rules.agenda import NoHours
from app.planning.arranging.views.people_shown import choose_people
from app.planning.arranging.views.plan_page import sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.locale import reader_language
from app.web.render import zone_label

Answer = Response | tuple[str, int]
SAVE, MORE = "save", "more"


@bp.get("/events/<uuid:event_id>/agenda/rows")
@requires(policy.may_plan)
def session_rows(event_id: UUID) -> Answer:
    with reading() as db:
        event, form = _rows_form(db, event_id, kept_fields())
        return _rows_answer(db, event, form)


@bp.post("/events/<uuid:event_id>/agenda/rows")
@requires(policy.may_plan)
def session_rows_added(event_id: UUID) -> Answer:
    """Any button but save shows the rows again, with more of them."""
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
            found = add_rows(
                db, actor=current_actor(), event_id=event.id, drafts=drafts, now=clock.now()
            )
        refused += [_refused_row(sound[number], refusal) for number, refusal in found.items()]
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
    for found in (chosen, same, fitting):
        if len(found) == 1:
            return found[0].id
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
