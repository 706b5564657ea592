"""Planning an event and changing it: the form, its live answer, saving and publishing. Works
without scripts.
"""

from dataclasses import replace
from uuid import UUID

from babel.lists import format_list
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.once import once
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import interface_language
from app.kernel.timespan import Timespan
from app.planning.arranging.forms import wall_of, wished_in
from app.planning.arranging.rules.seats import is_delegate
from app.planning.arranging.rules.soundness import AlreadyCancelled
from app.planning.arranging.services.planning import change_event, duplicate_event, plan_event
from app.planning.arranging.services.requests import ask_to_move, ask_with_draft
from app.planning.arranging.views import bp
from app.planning.arranging.views.plan_page import (
    PlanningPage,
    are_own_groups,
    is_draft,
    may_be_recorded,
    page_of,
    panel_of,
    people_of,
    plan_page,
    sentences_of,
)
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import NothingToHold, require_not_closed
from app.planning.events.rules.stages import is_dated
from app.planning.events.values import (
    EventDetail,
    EventDraft,
    EventStatus,
    Participant,
    PersonRole,
)
from app.web.fields import uuid_in
from app.web.form_token import press_key
from app.web.guards import current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.limits import SEARCH
from app.web.locale import reader_language
from app.web.mistakes import changed_meanwhile
from app.web.undo import MinuteIsOver, flash_undoable, let_letters_wait, undone

SAVE, PUBLISH, ASK = "save", "publish", "ask"
RECORDED_AS_PAST = _l(
    "The event is recorded as past. Its attendance, agreements and materials can be added now."
)
SAVED_AS_PAST = _l(
    "The draft is saved with a date that has passed. Publish it to record it as past."
)
Answer = Response | tuple[str, int]


@bp.get("/events/plan")
@requires(policy.may_plan)
def plan() -> Answer:
    with reading() as db:
        page = page_of(db, kept_fields(), None, suggested=request.args)
    return plan_page(page)


@bp.post("/events/plan")
@requires(policy.may_plan)
def plan_submitted() -> Answer:
    return _submitted(None)


@bp.get("/events/<uuid:event_id>/edit")
@requires(policy.may_plan)
def edit(event_id: UUID) -> Answer:
    with reading() as db:
        event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        page = page_of(
            db, kept_fields(), event, suggested=request.args, wished=wished_in(request.args)
        )
    return plan_page(page, is_asking=ASK in request.args)


@bp.post("/events/<uuid:event_id>/edit")
@requires(policy.may_plan)
def edit_submitted(event_id: UUID) -> Answer:
    return _submitted(event_id)


@bp.post("/events/<uuid:event_id>/duplicate")
@requires(policy.may_plan)
def duplicate(event_id: UUID) -> Response:
    """Copies an event and opens the draft at once: its date is what is still missing."""
    with transaction() as db:
        source = event_of(db, actor=current_actor(), event_id=event_id)
        copy_id = once(
            db,
            press_key(),
            lambda: duplicate_event(db, actor=current_actor(), event_id=event_id, now=clock.now()),
            now=clock.now(),
        )
    flash(_("This draft is like the event before. Give it a date; the agenda follows."), "success")
    start, end = hours_of(source.span, source.timezone)
    page = url_for("events.edit", event_id=copy_id, start=start, end=end, _anchor="on")
    return redirect(page, 303)


def hours_of(span: Timespan | None, timezone: str) -> tuple[str, str] | tuple[None, None]:
    """Returns the wall hours of a span of one day, as an address proposes them to the form."""
    if span is None:
        return None, None
    wall = wall_of(span, timezone)
    if wall["last_day"] is not None:
        return None, None
    return f"{wall['start']:%H:%M}", f"{wall['end']:%H:%M}"


@bp.post("/events/plan/check")
@requires(policy.may_plan)
def check() -> str:
    """Returns the panel for htmx, and the boxes of the hours where both were typed into the first."""
    with reading() as db:
        page = page_of(db, request.form, _event_named_in_form(db))
        return render_template(
            "planning/arranging/_answer.html",
            panel=panel_of(db, page),
            form=page.form,
            is_draft=is_draft(page),
        )


@bp.post("/events/plan/people")
@requires(policy.may_plan, costs=SEARCH)
def find_people() -> str:
    """Returns the people of the directory alone, for htmx."""
    with reading() as db:
        return render_template(
            "planning/arranging/_people.html", **people_of(db, page_of(db, request.form, None).form)
        )


def changeable(event: EventDetail) -> EventDetail:
    """Refuses what the actor may see and not change, and what is cancelled."""
    policy.require_may_plan_for(current_actor(), event.group_slugs, event.kind)
    if event.status is EventStatus.CANCELLED:
        raise AlreadyCancelled
    require_not_closed(event.closed_at)
    return event


def _submitted(event_id: UUID | None) -> Answer:
    """Saves or publishes what was sent; any other button (check, find people, a free slot) shows
    the form again with its answer.
    """
    with reading() as db:
        event = (
            changeable(event_of(db, actor=current_actor(), event_id=event_id)) if event_id else None
        )
        page = page_of(db, request.form, event)
    action = request.form.get("action", "")
    if action not in (SAVE, PUBLISH, ASK):
        is_asking = ASK in request.args
        if is_asking:  # One date of a series, whose form goes on elsewhere.
            page.form.new_id = None
        return plan_page(page, is_asking=is_asking)
    if action == SAVE and may_stay_open(page):
        page.form.leave_date_open()
    if not page.form.validate() or not are_own_groups(page.form):
        return plan_page(page, status=422)
    try:
        if action == PUBLISH and not is_dated(page.form.draft(page.base)):
            page.form.ask_for_date()
            return plan_page(page, status=422)
        if is_past(page) and not page.form.took_place.data:
            page.form.ask_about_past()
            return plan_page(page, status=422)
        saved = _ask(page) if action == ASK else _save(page, publish=action == PUBLISH)
    except InvalidInput as refusal:
        page.form.show_errors(refusal.errors)
        return plan_page(page, status=422)
    except ChangedMeanwhile as refusal:
        page.form.seen = refusal.mark
        stored = url_for("events.edit", event_id=event_id)
        return plan_page(page, status=409, refusals=[changed_meanwhile(refusal, stored)])
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        return plan_page(page, status=409, refusals=sentences_of(refusal))
    return redirect(url_for("events.event", event_id=saved), 303)


def _save(page: PlanningPage, *, publish: bool) -> UUID:
    actor, now, draft = current_actor(), clock.now(), page.form.draft(page.base)
    taken_out = _taken_out(page, draft)
    with transaction() as db:
        if taken_out:
            let_letters_wait(db, now)
        if page.event is None:
            saved = plan_event(
                db,
                actor=actor,
                draft=draft,
                publish=publish,
                now=now,
                overrides=page.form.overrides,
                event_id=page.form.new_id,
            )
        else:
            saved = page.event.id
            change_event(
                db,
                actor=actor,
                event_id=saved,
                draft=draft,
                publish=publish,
                now=now,
                seen=page.form.seen,
                overrides=page.form.overrides,
            )
    has_passed = draft.span is not None and draft.span.ends_at <= now
    words = _outcome(page.event, draft, publish=publish, is_past=has_passed)
    if taken_out and page.event is not None:
        names = {person.id: person.name for person in page.event.people}
        listed = format_list(
            [names[one.person_id] for one in taken_out],
            locale=interface_language(reader_language()),
        )
        gone = _("Not in it any more: %(names)s.", names=listed)
        words = f"{words} {gone}"
        url = url_for("events.undo_taking_out", event_id=saved)
        flash_undoable(words, url, *([one.person_id, one.role, one.seat] for one in taken_out))
    else:
        flash(words, "success")
    return saved


def _ask(page: PlanningPage) -> UUID:
    """Keeps what was planned and asks the presidency for its time, with the reason that was typed;
    a published event stays where it is.
    """
    actor, now, draft = current_actor(), clock.now(), page.form.draft(page.base)
    reason, event = page.form.ask_reason.data or "", page.event
    with transaction() as db:
        if event is not None and event.status is EventStatus.PUBLISHED:
            if draft.span is None:
                raise NothingToHold
            ask_to_move(
                db,
                actor=actor,
                event_id=event.id,
                span=draft.span,
                timezone=draft.timezone,
                reason=reason,
                draft=draft,
                seen=page.form.seen,
                now=now,
            )
            saved = event.id
            words = _(
                "The presidency has been asked. The event stays where it is until it answers."
            )
        else:
            saved = ask_with_draft(
                db,
                actor=actor,
                draft=draft,
                reason=reason,
                event_id=event.id if event else None,
                new_id=page.form.new_id,
                seen=page.form.seen,
                now=now,
            )
            words = _(
                "The presidency has been asked. The draft waits for its answer; nothing is public."
            )
    flash(words, "success")
    return saved


def _taken_out(page: PlanningPage, draft: EventDraft) -> list[Participant]:
    """Returns who was named and is not any more; whoever sits for a country follows the post and
    not the form.
    """
    if page.base is None:
        return []
    stay = {one.person_id for one in draft.people}
    return [
        one for one in page.base.people if one.person_id not in stay and not is_delegate(one.seat)
    ]


@bp.post("/events/<uuid:event_id>/people/undo")
@requires(policy.may_plan)
def undo_taking_out(event_id: UUID) -> Answer:
    """Puts back whoever was just taken out of the event, under the rules of every change: a person
    may have been promised elsewhere meanwhile.
    """
    actor, now = current_actor(), clock.now()
    with reading() as db:
        changeable(event_of(db, actor=actor, event_id=event_id))
    try:
        people = tuple(
            Participant(person_id, PersonRole(role), seat) for person_id, role, seat in undone()
        )
        with transaction() as db:
            let_letters_wait(db, now)
            draft = changeable(event_of(db, actor=actor, event_id=event_id)).as_draft()
            there = {one.person_id for one in draft.people}
            again = tuple(one for one in people if one.person_id not in there)
            change_event(
                db,
                actor=actor,
                event_id=event_id,
                draft=replace(draft, people=(*draft.people, *again)),
                now=now,
            )
    except MinuteIsOver as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        with reading() as db:
            page = page_of(db, None, event_of(db, actor=actor, event_id=event_id))
        return plan_page(page, status=409, refusals=sentences_of(refusal))
    else:
        flash(_("They are in the event again, as before."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def may_stay_open(page: PlanningPage) -> bool:
    """Returns True where somebody saves a draft and has written no day."""
    return page.form.says_no_date and may_be_recorded(page)


def is_past(page: PlanningPage) -> bool:
    """Returns True where the form would save a date that has passed and somebody must say that it
    is meant.
    """
    span = page.form.draft(page.base).span
    return span is not None and span.ends_at <= clock.now() and may_be_recorded(page)


def _outcome(event: EventDetail | None, draft: EventDraft, *, publish: bool, is_past: bool) -> str:
    if event is not None and event.status is EventStatus.PUBLISHED:
        return str(
            _(
                "The changes are saved. If the time or place changed, people who are registered are told."
            )
        )
    if is_past:
        return str(RECORDED_AS_PAST if publish else SAVED_AS_PAST)
    if publish:
        return str(_("The event is published and its time is taken in the calendar of record."))
    if draft.span is None:
        return str(_("The draft is saved without a date. Give it one to publish it."))
    return str(_("The draft is saved. It holds its time for 14 days; publish it before then."))


def _event_named_in_form(db: Session) -> EventDetail | None:
    event_id = uuid_in(request.form.get("event_id", ""))
    return event_of(db, actor=current_actor(), event_id=event_id) if event_id else None
