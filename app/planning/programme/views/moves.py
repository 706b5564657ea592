"""Moving an event as it is, and swapping two: one door for the board's drag, its keyboard and the
plain form.
"""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.services import move_event, swap_events
from app.planning.events.values import EventDetail
from app.planning.events.views.planning import changeable
from app.planning.programme.forms import id_in
from app.planning.programme.views import bp
from app.planning.programme.views.move_answer import (
    AskedMove,
    answer_of,
    is_from_board,
    move_page,
    moved_to,
    place_of,
)
from app.web.guards import current_actor, requires
from app.web.meanwhile import changed_meanwhile

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
    try:
        span = place.span_asked()
        with transaction() as db:
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
    return _done(place, _("%(title)s is moved: %(when)s.", **moved_to(event_id)))


@bp.post("/events/<uuid:event_id>/swap")
@requires(policy.may_plan)
def swap(event_id: UUID) -> Answer:
    place, other = _place(event_id), id_in(request.form.get("other", ""))
    if other is None or other == event_id:
        return move_page(place, status=422, sentences=[_("Choose the event to swap with.")])
    try:
        with transaction() as db:
            swap_events(db, actor=current_actor(), first=event_id, second=other, now=clock.now())
    except InvalidInput as refusal:
        sentences = [_(one.msgid, **one.params) for one in refusal.errors.values()]
        return move_page(place, status=422, sentences=sentences)
    except Refusal as refusal:
        return _refused(place, refusal, may_swap=False)
    return _done(
        place, _("The two have changed places. %(title)s: %(when)s.", **moved_to(event_id))
    )


def _place(event_id: UUID) -> AskedMove:
    """The event and where it is asked to go; what has no hour to begin with cannot be moved like
    this.
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


def _done(place: AskedMove, said: str) -> Answer:
    if is_from_board():
        return said, 200
    flash(said, "success")
    return redirect(url_for("programme.board", month=f"{place.month():%Y-%m}"), 303)
