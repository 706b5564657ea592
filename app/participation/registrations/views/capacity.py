"""Capacity and quotas of an event, set by its organizers."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.seen import ChangedMeanwhile
from app.participation.registrations import policy
from app.participation.registrations.forms import CapacityForm, capacity_form
from app.participation.registrations.queries.capacity import capacity_draft, event_capacity
from app.participation.registrations.services.capacity import set_capacity
from app.participation.registrations.views import bp
from app.planning.events.policy import may_plan
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.planning.holidays.queries import invited_countries
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name, zone_label

Answer = AnyResponse | tuple[str, int] | str


@bp.get("/events/<uuid:event_id>/places")
@requires(may_plan)
def capacity(event_id: UUID) -> str:
    with reading() as db:
        event = _changeable(db, event_id)
        return _capacity_page(db, event, _capacity_form(db, event, None))


@bp.post("/events/<uuid:event_id>/places")
@requires(may_plan)
def save_capacity(event_id: UUID) -> Answer:
    with reading() as db:
        event = _changeable(db, event_id)
        form = _capacity_form(db, event, request.form)
    if not form.validate():
        with reading() as db:
            return _capacity_page(db, event, form), 422
    try:
        draft = form.draft(event.timezone)
        with transaction() as db:
            promoted = set_capacity(
                db,
                actor=current_actor(),
                event_id=event_id,
                draft=draft,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        status = show_refusal(
            form, refusal, stored=url_for("registrations.capacity", event_id=event_id)
        )
        with reading() as db:
            return _capacity_page(db, event, form), status
    flash(_("The places are saved."), "success")
    if promoted:
        flash(
            ngettext(
                "%(num)d person from the waiting list has a place now.",
                "%(num)d people from the waiting list have a place now.",
                len(promoted),
            ),
            "success",
        )
    return redirect(url_for("registrations.registrations", event_id=event_id), 303)


def _changeable(db: Session, event_id: UUID) -> EventDetail:
    event = event_of(db, actor=current_actor(), event_id=event_id)
    if not policy.may_decide_registrations(current_actor(), event.group_slugs):
        raise NotAllowed
    return event


def _capacity_form(db: Session, event: EventDetail, typed: Typed | None) -> CapacityForm:
    language = reader_language()
    countries = [
        (country.code, country.name.in_(language)) for country in by_name(invited_countries(db))
    ]
    return capacity_form(typed, capacity_draft(db, event_id=event.id), event.timezone, countries)


def _capacity_page(db: Session, event: EventDetail, form: CapacityForm) -> str:
    stored = event_of(
        db, actor=current_actor(), event_id=event.id
    )  # the form may come back with what was read before
    known = event_capacity(db, actor=current_actor(), event=stored)
    zone = zone_label(event.timezone, event.starts_at or clock.now(), reader_language())
    return render_template(
        "participation/registrations/capacity.html",
        event=event,
        form=form,
        known=known,
        zone=zone,
        page_has_errors=bool(form.errors),
    )
