"""The registrations of an event: organizers decide and register people, focal points read their own
country's.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.infra import clock
from app.infra.database import reading, transaction, trial
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_
from app.participation.registrations import policy
from app.participation.registrations.exports import registrations_workbook
from app.participation.registrations.forms import CapacityForm, WriteInForm, capacity_form
from app.participation.registrations.queries.capacity import capacity_draft, event_capacity
from app.participation.registrations.queries.registrations import Registrations
from app.participation.registrations.queries.registrations import registrations as registrations_of
from app.participation.registrations.services.deciding import (
    Decided,
    approve_registration,
    approve_several,
    decline_registration,
    export_registrations,
    set_capacity,
)
from app.participation.registrations.services.registering import (
    cancel_registration,
    is_free_again,
    register_person,
    status_before,
)
from app.participation.registrations.values import Origin, RegistrationStatus
from app.participation.registrations.views import bp
from app.participation.registrations.views.registering import restore_undone
from app.participation.registrations.wording import ORIGINS, STATUS_WORDS
from app.planning.arranging.queries import planning
from app.planning.arranging.views import plan_page
from app.planning.events.policy import may_plan
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.planning.holidays.queries import invited_countries
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.paging import page_asked
from app.web.render import by_name, zone_label
from app.web.sent import flash_sent
from app.web.undo import flash_undoable, let_letters_wait

LISTED = 50
AT_ONCE = 500
LONGEST_SEARCH = 80
WRITTEN_IN = {
    RegistrationStatus.REGISTERED: N_("This person has a place."),
    RegistrationStatus.WAITING: N_("No place is free: this person is on the waiting list."),
    RegistrationStatus.PENDING: N_("This person’s request is still to be decided."),
    RegistrationStatus.DECLINED: N_(
        "This person was declined before. Approve the request if you changed your mind."
    ),
}


@bp.get("/events/<uuid:event_id>/registrations")
@requires(policy.may_open_registrations)
def registrations(event_id: UUID) -> str:
    with reading() as db:
        return _page(db, event_id)


@bp.post("/events/<uuid:event_id>/registrations/<int:person_id>/approval")
@requires(may_plan)
def approve_request(event_id: UUID, person_id: int) -> AnyResponse:
    with transaction() as db:
        status = approve_registration(
            db, actor=current_actor(), event_id=event_id, person_id=person_id, now=clock.now()
        )
    flash(translate(reader_language(), WRITTEN_IN[status]), "success")
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/registrations/approval")
@requires(may_plan)
def approve_requests(event_id: UUID) -> Any:
    """Approves several requests. Without `sure` it shows what would become of each and writes
    nothing.
    """
    actor, now = current_actor(), clock.now()
    with reading() as db:
        pending = registrations_of(
            db,
            actor=actor,
            event_id=event_id,
            status=RegistrationStatus.PENDING,
            size=AT_ONCE,
            number=1,
        )
    ticked = set(request.form.getlist("people", type=int))
    names = {row.person_id: row.name for row in pending.rows if row.person_id in ticked}
    if not names:
        flash(_("Tick at least one person."), "warning")
        return _back(event_id)
    if "sure" in request.form:
        with transaction() as db:
            decided = approve_several(db, actor=actor, event_id=event_id, person_ids=names, now=now)
        _say_decided(decided, names)
        return _back(event_id)
    with trial() as db:
        decided = approve_several(db, actor=actor, event_id=event_id, person_ids=names, now=now)
    return render_template(
        "participation/registrations/approve.html",
        event=pending.event,
        decided=decided,
        names=names,
        reasons={
            one.person_id: say(reader_language(), one.refusal.sentence)
            for one in decided
            if one.refusal
        },
        state=request.form.get("state", ""),
    )


def _say_decided(decided: Sequence[Decided], names: Mapping[int, str]) -> None:
    placed = [one for one in decided if one.status is RegistrationStatus.REGISTERED]
    waiting = [one for one in decided if one.status is RegistrationStatus.WAITING]
    if placed:
        flash(
            ngettext("%(num)s person has a place.", "%(num)s people have a place.", len(placed)),
            "success",
        )
    if waiting:
        flash(
            ngettext(
                "%(num)s person is on the waiting list.",
                "%(num)s people are on the waiting list.",
                len(waiting),
            ),
            "warning",
        )
    for one in decided:
        if one.refusal is not None:
            flash(
                f"{names[one.person_id]}: {say(reader_language(), one.refusal.sentence)}", "warning"
            )


@bp.post("/events/<uuid:event_id>/registrations/<int:person_id>/refusal")
@requires(may_plan)
def decline_request(event_id: UUID, person_id: int) -> AnyResponse:
    with transaction() as db:
        decline_registration(
            db, actor=current_actor(), event_id=event_id, person_id=person_id, now=clock.now()
        )
    flash_sent(_("The request is declined, and the person is told."))
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/registrations/<int:person_id>/removal")
@requires(may_plan)
def take_out(event_id: UUID, person_id: int) -> AnyResponse:
    """Removes a registration; the place goes to the first person who waits."""
    now = clock.now()
    with transaction() as db:
        let_letters_wait(db, now)
        before = status_before(db, event_id=event_id, person_id=person_id)
        was_registered = cancel_registration(
            db, actor=current_actor(), event_id=event_id, person_id=person_id, now=now
        )
        can_undo = was_registered and is_free_again(db, event_id=event_id, person_id=person_id)
    if can_undo:
        url = url_for("registrations.put_back", event_id=event_id)
        flash_undoable(_("The place is free again."), url, person_id, *before)
    else:
        flash(
            _("The place is free again.")
            if was_registered
            else _("There was no place to give up."),
            "success",
        )
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/registrations/removal/undo")
@requires(may_plan)
def put_back(event_id: UUID) -> AnyResponse:
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
    if not policy.may_decide_registrations(current_actor(), event.group_slugs):
        raise NotAllowed
    restore_undone(event_id, _("The person is on the list again, as before."))
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/registrations/people")
@requires(may_plan)
def write_in(event_id: UUID) -> Any:
    """Registers a person whom the search has shown to this organizer. The person confirms the
    consent later.
    """
    form = WriteInForm(request.form, shown=plan_page.shown_in(request.form))
    if not form.validate():
        with reading() as db:
            return _page(db, event_id, refused=form), 422
    with transaction() as db:
        answer = register_person(
            db,
            actor=current_actor(),
            event_id=event_id,
            person_id=form.person_id,
            origin=Origin.ORGANIZER,
            consent_version="",
            now=clock.now(),
        )
    flash(translate(reader_language(), WRITTEN_IN[answer.status]), "success")
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/registrations.xlsx")
@requires(policy.may_open_registrations, costs=EXPORT)
def export_registrations_sheet(event_id: UUID) -> Response:
    """Returns the list as XLSX. A POST, because taking a copy is recorded."""
    actor, now, language = current_actor(), clock.now(), reader_language()
    with transaction() as db:
        listed = export_registrations(
            db, actor=actor, event_id=event_id, status=_asked(request.form), now=now
        )
    content = registrations_workbook(
        listed, language=language, timezone=actor.timezone, made_at=now, mark=copy_mark()
    )
    answer = Response(content, mimetype=XLSX)
    name_file(answer, f"registrations-{clock.today().isoformat()}.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _back(event_id: UUID) -> AnyResponse:
    status = _asked(request.form)
    return redirect(
        url_for("registrations.registrations", event_id=event_id, state=status and status.value),
        303,
    )


def _asked(sent: Any) -> RegistrationStatus | None:
    """Returns the state that the list is narrowed to; None for all."""
    value = sent.get("state", "")
    return RegistrationStatus(value) if value in set(RegistrationStatus) else None


def _page(db: Session, event_id: UUID, *, refused: WriteInForm | None = None) -> str:
    sent = request.form if refused else request.args
    status = _asked(sent)
    listed = registrations_of(
        db,
        actor=current_actor(),
        event_id=event_id,
        status=status,
        size=LISTED,
        number=page_asked(),
    )
    words = sent.get("words", "").strip()[:LONGEST_SEARCH]
    form, people = refused or WriteInForm(), _people(db, listed, words)
    form.person.choices = [(str(one.id), one.name) for one in people["people"]]
    return render_template(
        "participation/registrations/registrations.html",
        event=listed.event,
        found=listed,
        asked=status,
        states=_states(listed, event_id),
        origins=ORIGINS,
        state_words=STATUS_WORDS,
        address=lambda number: url_for(
            "registrations.registrations",
            page=number,
            event_id=event_id,
            state=status and status.value,
        ),
        is_open=_is_open(listed),
        ticked=typed_fields(url_for("registrations.approve_requests", event_id=event_id)).getlist(
            "people", type=int
        ),
        form=form,
        page_has_errors=bool(refused),
        **people,
    )


def _people(db: Session, listed: Registrations, words: str) -> dict[str, Any]:
    """Returns who may be registered, found by name, and the seals of those shown."""
    if not listed.may_decide:
        return {"people": (), "seals": {}, "words": "", "are_enough": False, "people_note": ""}
    choices = plan_page.choose_people(db, chosen=(), words=words)
    seals = plan_page.seals(one.id for one in choices.people)
    return {
        "people": choices.people,
        "people_note": plan_page.note_of(choices),
        "seals": seals,
        "words": words,
        "are_enough": planning.are_enough(words),
    }


def _is_open(listed: Registrations) -> bool:
    """Returns True until the event starts: afterwards nothing is changed here."""
    event = listed.event
    return (
        event.starts_at is not None
        and event.starts_at > clock.now()
        and event.status.value == "published"
    )


def _states(listed: Registrations, event_id: UUID) -> list[tuple[RegistrationStatus, int, str]]:
    return [
        (
            state,
            listed.counts.get(state, 0),
            url_for("registrations.registrations", event_id=event_id, state=state.value),
        )
        for state in RegistrationStatus
    ]


# Capacity and quotas of an event, set by its organizers.

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
    return capacity_form(
        typed, capacity_draft(db, event_id=event.id), timezone=event.timezone, countries=countries
    )


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
