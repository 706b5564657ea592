"""One event as its reader may see it, and its publication."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.planning.arranging import wording
from app.planning.arranging.rules import OutOfOrder
from app.planning.arranging.rules.publishing import NotReady
from app.planning.arranging.services import publish_event
from app.planning.arranging.views import bp
from app.planning.arranging.views.brief import jitsi_server
from app.planning.arranging.views.cockpit import cockpit
from app.planning.arranging.views.cycle_facts import cycle_facts
from app.planning.arranging.views.event_parts import brief_page, groups_shown, joining, life_of
from app.planning.arranging.views.plan_page import page_of, plan_page, sentences_of
from app.planning.arranging.views.planning import changeable
from app.planning.arranging.views.port import event_port
from app.planning.arranging.views.sharing import words_to_forward
from app.planning.arranging.wording.agenda import LANGUAGES, PAIRS
from app.planning.arranging.wording.life import STEPS
from app.planning.events import policy
from app.planning.events.queries.events import event_of, place_in_series
from app.planning.events.queries.people import presence_in
from app.planning.events.rules.life import OutOfStep, Phase, Step, may_take
from app.planning.events.values import EventStatus, holder_of
from app.planning.scheduling.queries.overrides import overrides_of
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.wording import rule_titles
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language

Answer = Response | tuple[str, int]


@bp.get("/events/<uuid:event_id>")
@requires(anyone)
def event(event_id: UUID) -> str:
    return event_page(event_id)


def event_page(event_id: UUID, *, refused: InvalidInput | None = None) -> str:
    """`refused`: what was wrong with the registration just sent.

    The panels come from packages above: see `EventPort`.
    """
    with reading() as db:
        found = event_of(db, actor=current_actor(), event_id=event_id)
        place = place_in_series(db, actor=current_actor(), event=found)
        panel = event_port().registration_panel(
            db,
            event=found,
            actor=current_actor(),
            now=clock.now(),
            language=reader_language(),
            refused=refused,
        )
        may_change = policy.may_plan_for(current_actor(), found.group_slugs, found.kind)
        life = life_of(db, found, actor=current_actor(), may_change=may_change, now=clock.now())
        page = brief_page(db, found, phase=life.phase, language=reader_language())
        meeting = (
            event_port().meeting_panel(db, event=found, language=reader_language(), now=clock.now())
            if may_change
            else None
        )
        outside = event_port().speakers(db, event=found, actor=current_actor())
        shown = event_port().progress(db, event=found) if may_change else None
        overrides = overrides_of(db, holder=holder_of(event_id)) if may_change else ()
        cycle = cycle_facts(db, found, may_change=may_change)
        is_held = may_change and life.phase in {Phase.ENDED, Phase.CLOSED}
        reading_list = (
            ()
            if may_change
            else event_port().reading_list(
                db, event=found, actor=current_actor(), today=clock.today()
            )
        )
        there = (
            presence_in(db, event_id=event_id, starts_at=found.starts_at, ends_at=found.ends_at)
            if is_held
            else None
        )
    return render_template(
        "planning/arranging/event.html" if may_change else "planning/arranging/event_page.html",
        event=found,
        reading=reading_list,
        marks=groups_shown(found.groups),
        place=place,
        may_change=may_change,
        overrides=overrides,
        rules=rule_titles(),
        life=life,
        steps=STEPS,
        page=page,
        languages=LANGUAGES,
        pairs=PAIRS,
        joining=joining(found, page, may_change=may_change, jitsi=jitsi_server(), now=clock.now()),
        is_cancelled=found.status is EventStatus.CANCELLED,
        may_write=may_change and may_take(life.phase, Step.CANCEL),
        to_forward=words_to_forward(found),
        outside=outside,
        **(cockpit(found, shown, page) if shown is not None else {}),
        kinds=wording.KINDS,
        modes=wording.MODES,
        person_roles=wording.PERSON_ROLES,
        link_roles=wording.LINKS,
        registration=panel,
        meeting=meeting,
        cycle=cycle,
        there=there,
    )


@bp.post("/events/<uuid:event_id>/publish")
@requires(policy.may_plan)
def publish(event_id: UUID) -> Answer:
    """A draft whose date has passed is published on its form, where somebody says that the date is
    meant.
    """
    actor = current_actor()
    with reading() as db:
        found = changeable(event_of(db, actor=actor, event_id=event_id))
        has_passed = found.ends_at is not None and found.ends_at <= clock.now()
        page = (
            page_of(db, None, found) if has_passed and found.status is EventStatus.DRAFT else None
        )
    if page is not None:
        page.form.ask_about_past()
        return plan_page(page, status=422)
    try:
        with transaction() as db:
            publish_event(db, actor=actor, event_id=event_id, now=clock.now())
    except (Clash, OutOfOrder, NotReady, OutOfStep) as refusal:
        with reading() as db:
            page = page_of(db, None, event_of(db, actor=actor, event_id=event_id))
        return plan_page(page, status=409, refusals=sentences_of(refusal))
    flash(_("The event is published and its time is taken in the calendar of record."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)
