"""The agenda of one event: its sessions in order, and for its planners a form for each. Works
without scripts.
"""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.kernel.seen import ChangedMeanwhile
from app.planning.agenda.services import add_session, change_session, remove_session
from app.planning.agenda.views import bp
from app.planning.agenda.views.session_page import SessionPage, days_of, people_found, session_page
from app.planning.arranging.queries.agenda import session_details
from app.planning.arranging.rules.agenda import ReviewStays
from app.planning.arranging.views.plan_page import sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.arranging.wording import PERSON_ROLES
from app.planning.arranging.wording.agenda import SESSION_KINDS
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.scheduling.rules import Clash
from app.web.guards import anyone, current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.meanwhile import changed_meanwhile

Answer = Response | tuple[str, int]
SAVE = "save"


@bp.get("/events/<uuid:event_id>/agenda")
@requires(anyone)
def event_agenda(event_id: UUID) -> str:
    """Every session by the event's own clock, by UTC−6 and by the reader's, where these differ
    (R4).
    """
    actor = current_actor()
    with reading() as db:
        found = event_of(db, actor=actor, event_id=event_id)
        sessions = session_details(db, event_id=event_id, with_people=actor.signed_in)
    may_change = (
        policy.may_plan_for(actor, found.group_slugs, found.kind) and found.closed_at is None
    )
    return render_template(
        "planning/agenda/event_agenda.html",
        event=found,
        days=days_of(found, sessions),
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
@requires(policy.may_plan)
def find_session_people() -> str:
    """The people of the directory alone, for htmx."""
    with reading() as db:
        return render_template("planning/arranging/_people.html", **people_found(db, request.form))


def _session_submitted(event_id: UUID, session_id: UUID | None) -> Answer:
    """Any button but save (find people) shows the form again."""
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
