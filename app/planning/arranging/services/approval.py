"""The question to the presidency as a row: written, answered, and what becomes of it when its
event changes.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.requests import ANSWERED_WITHIN, decide_by
from app.planning.arranging.services.steps import phase_at, take_step
from app.planning.events.facts import ApprovalAsked, ApprovalWithdrawn
from app.planning.events.models import AuthorizationRequest, Event
from app.planning.events.rules.life import AwaitsApproval, Step, require_step
from app.planning.events.values import EventDraft, RequestState

OPEN_OF = select(AuthorizationRequest).where(
    AuthorizationRequest.event_id == bindparam("event_id"),
    AuthorizationRequest.state == RequestState.OPEN,
)
LATEST_REASON = (
    select(AuthorizationRequest.reason)
    .where(AuthorizationRequest.event_id == bindparam("event_id"))
    .order_by(AuthorizationRequest.asked_at.desc())
    .limit(1)
)


def held_until(event: Event) -> datetime | None:
    """Returns until when a draft that the presidency was asked about keeps its time; None for one
    that it was not.
    """
    return event.asked_at + ANSWERED_WITHIN if event.asked_at else None


def open_request_of(db: Session, event_id: UUID) -> AuthorizationRequest | None:
    return db.scalar(OPEN_OF, {"event_id": event_id})


def put_request(
    db: Session,
    event_id: UUID,
    *,
    span: Timespan,
    timezone: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> AuthorizationRequest:
    """Asks; what was asked about the event before and not answered is withdrawn."""
    older = open_request_of(db, event_id)
    if older is not None:
        answer_request(db, older, RequestState.WITHDRAWN, actor=actor, now=now)
    request = AuthorizationRequest(
        event_id=event_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        timezone=timezone,
        reason=reason,
        asked_by=actor.account_id or None,
        asked_at=now,
        decide_by=decide_by(now, span.starts_at),
        state=RequestState.OPEN,
        answer="",
    )
    db.add(request)
    db.flush()
    return request


def answer_request(
    db: Session,
    request: AuthorizationRequest,
    state: RequestState,
    *,
    actor: Actor,
    now: datetime,
    answer: str = "",
) -> None:
    request.state, request.answer = state, answer
    request.answered_by, request.answered_at = actor.account_id or None, now
    db.flush()


def drop_request(db: Session, event: Event, *, actor: Actor, now: datetime) -> None:
    """Withdraws the open request of an event for which it has no sense any more; nothing happens
    where there is none.
    """
    request = open_request_of(db, event.id)
    if request is None:
        return
    answer_request(db, request, RequestState.WITHDRAWN, actor=actor, now=now)
    event.asked_at = None
    fact = ApprovalWithdrawn(event.id, request.id)
    take_step(db, event, Step.WITHDRAW, actor=actor, now=now, fact=fact)


def follow_draft(
    db: Session, event: Event, draft: EventDraft, *, actor: Actor, now: datetime
) -> None:
    """The question about a draft goes on about the draft as it is now: whoever decides sees its new
    time. A draft without a time asks nothing.
    """
    request = open_request_of(db, event.id)
    if request is None:
        return
    if draft.span is None:
        drop_request(db, event, actor=actor, now=now)
        return
    request.starts_at, request.ends_at = draft.span.starts_at, draft.span.ends_at
    request.timezone = draft.timezone
    request.decide_by = decide_by(request.asked_at, draft.span.starts_at)
    db.flush()


def judge_approval(
    db: Session,
    event: Event,
    draft: EventDraft,
    *,
    is_same: bool,
    publish: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Called of what is not published yet, before its change to `draft` is written. `is_same`: it
    goes on occupying the same, and rests on the same Decision.

    Authorized was that time with those people: another one asks the presidency again. Refuses with
    AwaitsApproval to publish what has been asked and not approved, and what differs from what was.
    """
    if publish:
        require_step(phase_at(event, now), Step.PUBLISH)
    if event.approved_at is None or is_same:
        return
    if publish:
        raise AwaitsApproval
    event.approved_at = event.approved_by = None
    event.asked_at = None if draft.span is None else now
    if draft.span is None:
        take_step(db, event, Step.WITHDRAW, actor=actor, now=now)
        return
    reason = db.scalar(LATEST_REASON, {"event_id": event.id}) or ""
    request = put_request(
        db,
        event.id,
        span=draft.span,
        timezone=draft.timezone,
        reason=reason,
        actor=actor,
        now=now,
    )
    fact = ApprovalAsked(event.id, request.id)
    take_step(db, event, Step.LAPSE, actor=actor, now=now, fact=fact)
