"""Moving an event as it is, and swapping two: one door for the board's drag, its keyboard and the
plain form.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.timespan import Timespan
from app.planning.arranging.services import move_event, restore_times, swap_events
from app.planning.arranging.services.requests import REASON_FIELD, ask_to_move, ask_with_draft
from app.planning.arranging.views.planning import changeable
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus, holder_of
from app.planning.programme.forms import SwapForm
from app.planning.programme.views import bp
from app.planning.programme.views.move_answer import (
    AskedMove,
    answer_of,
    is_from_board,
    move_page,
    moved_to,
    place_of,
    refused_answer,
)
from app.planning.scheduling.services import stands_beside
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language
from app.web.meanwhile import changed_meanwhile
from app.web.undo import MinuteIsOver, flash_undoable, let_letters_wait, undo_token, undone

ASK = "ask"
Answer = Response | tuple[str, int]


@bp.get("/events/<uuid:event_id>/move")
@requires(policy.may_plan)
def move(event_id: UUID) -> Answer:
    return move_page(_place(event_id))


@bp.post("/events/<uuid:event_id>/move")
@requires(policy.may_plan)
def move_submitted(event_id: UUID) -> Answer:
    place = _place(event_id)
    if not place.form.validate():
        return move_page(place, status=422)
    if request.form.get("action") == ASK:
        return _ask(place)
    try:
        span = place.span_asked()
        with transaction() as db:
            let_letters_wait(db, clock.now())
            told = _told(db, place.event, span)
            beside = stands_beside(db, holder=holder_of(event_id), now=clock.now())
            move_event(
                db,
                actor=current_actor(),
                event_id=event_id,
                span=span,
                now=clock.now(),
                seen=place.form.seen.data or "",
            )
    except InvalidInput as refusal:
        place.form.show_errors(refusal.errors)
        return move_page(place, status=422)
    except Refusal as refusal:
        return _refused(place, refusal)
    said = _("%(title)s is moved: %(when)s.", **moved_to(event_id))
    return _done(
        place,
        f"{said} {_told_in_words(told)}",
        [[str(event_id), *_instants(place.span)]],
        beside,
        _mark_now(event_id),
    )


def _ask(place: AskedMove) -> Answer:
    """Asks the presidency for the time that was refused. A draft takes it as its own and waits; what
    is published stays where it is.
    """
    event, reason, now = place.event, request.form.get(REASON_FIELD, ""), clock.now()
    try:
        span = place.span_asked()
        with transaction() as db:
            if event.status is EventStatus.DRAFT:
                ask_with_draft(
                    db,
                    actor=current_actor(),
                    draft=replace(event.as_draft(), span=span),
                    reason=reason,
                    event_id=event.id,
                    now=now,
                )
            else:
                ask_to_move(
                    db,
                    actor=current_actor(),
                    event_id=event.id,
                    span=span,
                    reason=reason,
                    now=now,
                )
    except InvalidInput as refusal:
        errors = {name: say(reader_language(), one) for name, one in refusal.errors.items()}
        found = refused_answer(place, reason=reason, error=errors.get(REASON_FIELD, ""))
        return move_page(place, status=422, **found)
    except Refusal as refusal:
        return _refused(place, refusal)
    said = _("The presidency has been asked. The event stays where it is until it answers.")
    return _answer(place, said, "success")


@bp.post("/events/<uuid:event_id>/swap")
@requires(policy.may_plan)
def swap(event_id: UUID) -> Answer:
    place, form = _place(event_id), SwapForm(request.form)
    other: UUID | None = form.other.data
    if other is None or other == event_id:
        form.other.errors = [_("Choose the event to swap with.")]
        return move_page(place, status=422, swapping=form)
    try:
        with transaction() as db:
            let_letters_wait(db, clock.now())
            partner = event_of(db, actor=current_actor(), event_id=other)
            told = _told_of_swap(db, place, partner)
            beside = (
                *stands_beside(db, holder=holder_of(event_id), now=clock.now()),
                *stands_beside(db, holder=holder_of(other), now=clock.now()),
            )
            swap_events(db, actor=current_actor(), first=event_id, second=other, now=clock.now())
    except InvalidInput as refusal:
        sentences = [_(one.msgid, **one.params) for one in refusal.errors.values()]
        return move_page(place, status=422, sentences=sentences)
    except Refusal as refusal:
        return _refused(place, refusal, may_swap=False)
    said = _("The two have changed places. %(title)s: %(when)s.", **moved_to(event_id))
    were = [[str(event_id), *_instants(place.span)]]
    if partner.span is not None:
        were.append([str(other), *_instants(partner.span)])
    return _done(place, f"{said} {_told_in_words(told)}", were, beside, "")


@bp.post("/events/<uuid:event_id>/move/undo")
@requires(policy.may_plan)
def undo_move(event_id: UUID) -> Answer:
    """Back to where it was, or the two back to theirs, whatever the rules say today; only what
    somebody else has taken meanwhile stays taken.
    """
    place, now = _place(event_id), clock.now()
    try:
        were, beside, seen = undone()
        spans = {
            UUID(one): Timespan(*map(datetime.fromisoformat, instants)) for one, *instants in were
        }
        with transaction() as db:
            let_letters_wait(db, now)
            restore_times(db, actor=current_actor(), spans=spans, now=now, seen=seen, beside=beside)
    except MinuteIsOver as refusal:
        return _answer(place, say(reader_language(), refusal.sentence), "warning")
    except InvalidInput as refusal:
        sentences = [_(one.msgid, **one.params) for one in refusal.errors.values()]
        return move_page(place, status=422, sentences=sentences)
    except Refusal as refusal:
        return _refused(place, refusal)
    said = _("%(title)s is back: %(when)s.", **moved_to(event_id))
    return _answer(place, f"{said} {_('Nobody is told of the move.')}", "success")


def _instants(span: Timespan) -> tuple[str, str]:
    return span.starts_at.isoformat(), span.ends_at.isoformat()


def _told(db: Session, event: EventDetail, span: Timespan | None) -> int:
    """Returns how many get a letter about another time; nobody hears of a draft."""
    if event.status is not EventStatus.PUBLISHED:
        return 0
    ahead = letters_ahead().if_moved(
        db, event.id, span=span, timezone=event.timezone, place=event.place
    )
    return ahead.people


def _told_of_swap(db: Session, place: AskedMove, partner: EventDetail) -> int:
    own = partner.span.starts_at if partner.span else place.span.starts_at
    return _told(db, place.event, place.span.moved_to(own)) + _told(
        db, partner, partner.span.moved_to(place.span.starts_at) if partner.span else None
    )


def _told_in_words(told: int) -> str:
    if not told:
        return str(_("This sends no letter to anybody."))
    return str(
        ngettext(
            "In a minute %(num)s person is told, unless you undo it.",
            "In a minute %(num)s people are told, unless you undo it.",
            told,
        )
    )


def _mark_now(event_id: UUID) -> str:
    with reading() as db:
        return mark_of(event_of(db, actor=current_actor(), event_id=event_id).span)


def _answer(place: AskedMove, said: str, kind: str) -> Answer:
    """A sentence alone, with nothing to undo."""
    if is_from_board():
        return render_template("planning/programme/_moved.html", said=said, token=""), 200
    flash(said, kind)
    return redirect(url_for("programme.board", month=f"{place.month():%Y-%m}"), 303)


def _place(event_id: UUID) -> AskedMove:
    """Returns the event and where it is asked to go; what has no hour to begin with cannot be moved
    like this.
    """
    with reading() as db:
        event: EventDetail = changeable(event_of(db, actor=current_actor(), event_id=event_id))
    if event.span is None:
        raise NotFound
    return place_of(event, event.span)


def _refused(place: AskedMove, refusal: Refusal, *, may_swap: bool = True) -> Answer:
    """The same sentences as on the planning page. What is no conflict is not for this page to
    answer.
    """
    if refusal.kind is not Kind.CONFLICT:
        raise refusal
    if isinstance(refusal, ChangedMeanwhile):
        place.form.seen.data = refusal.mark
        said = changed_meanwhile(refusal, url_for("programme.move", event_id=place.event.id))
        return move_page(place, status=409, sentences=[said])
    return move_page(place, status=409, **answer_of(place, refusal, may_swap=may_swap))


def _done(place: AskedMove, said: str, *what: Any) -> Answer:
    """`what`: for undo_move."""
    url = url_for("programme.undo_move", event_id=place.event.id)
    if is_from_board():
        token = undo_token(url, *what)
        return render_template(
            "planning/programme/_moved.html", said=said, url=url, token=token
        ), 200
    flash_undoable(said, url, *what)
    return redirect(url_for("programme.board", month=f"{place.month():%Y-%m}"), 303)
