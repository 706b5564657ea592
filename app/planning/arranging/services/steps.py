"""The row of an event for somebody who may change it, each step of its life, and its request to the presidency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.infra.database import is_sqlite
from app.kernel.actor import SYSTEM, Actor
from app.kernel.fact import Fact
from app.kernel.refusal import NotFound
from app.kernel.timespan import Timespan
from app.planning.arranging.rules import soundness
from app.planning.arranging.rules.requests import ANSWERED_WITHIN, decide_by
from app.planning.events import policy
from app.planning.events.facts import ApprovalAsked, ApprovalWithdrawn, EventEnded, EventStarted
from app.planning.events.models import AuthorizationRequest, Event, EventStep
from app.planning.events.queries.events import Sight, sight_of
from app.planning.events.queries.life import phase_of_event
from app.planning.events.queries.references import draft_of
from app.planning.events.rules.life import (
    AwaitsApproval,
    Step,
    require_not_closed,
    require_step,
)
from app.planning.events.values import EventDraft, EventKind, EventStatus, RequestState

PARTS = (
    selectinload(Event.groups),
    selectinload(Event.people),
    selectinload(Event.links),
    selectinload(Event.countries),
)


def seen_event(db: Session, actor: Actor, event_id: UUID) -> Event:
    """Returns the row of an event; raises NotFound for one that the actor may not see."""
    sight, params = sight_of(actor)
    event = db.scalar(_seen_with(sight), {**params, "event_id": event_id})
    if event is None:
        raise NotFound
    return event


@cache
def _seen_with(sight: Sight) -> Select[Event]:
    return select(Event).where(Event.id == bindparam("event_id"), sight.condition()).options(*PARTS)


def planned_event(db: Session, actor: Actor, event_id: UUID) -> Event:
    """Returns an event for its planners; refuses what is closed for good."""
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    require_not_closed(event.closed_at)
    return event


def open_event(db: Session, actor: Actor, event_id: UUID) -> Event:
    """Returns an event for its planners, as long as it is neither cancelled nor closed."""
    event = planned_event(db, actor, event_id)
    if event.status == EventStatus.CANCELLED:
        raise soundness.AlreadyCancelled
    return event


def stands_already(
    db: Session, actor: Actor, event_id: UUID, draft: EventDraft, status: EventStatus
) -> bool:
    """Returns True when that event was planned just so: the button was pressed twice."""
    sight, params = sight_of(actor)
    event = db.scalar(_seen_with(sight), {**params, "event_id": event_id})
    return event is not None and event.status == status and draft_of(db, event) == draft


def free_id(db: Session, wanted: UUID | None) -> UUID:
    """Returns the id wanted, or another where it is taken: somebody went back and planned one more."""
    is_free = wanted is not None and db.get(Event, wanted) is None
    return wanted if wanted is not None and is_free else uuid4()


# Writing down each step of an event's life, and the fact it is.


def take_step(
    db: Session,
    event: Event,
    step: Step,
    *,
    actor: Actor,
    now: datetime,
    fact: Fact | None = None,
    note: str = "",
) -> None:
    """Adds the step to the event's own record and tells the fact, when it is not told elsewhere.
    Whether the step may be taken was asked before.
    """
    db.add(
        EventStep(
            event_id=event.id, step=step.value, at=now, by=actor.account_id or None, note=note
        )
    )
    db.flush()
    if fact is not None:
        journal.record(db, fact, actor=actor, now=now)


# What the clock tells of events: that one has started, that one has ended, each once and late
# rather than never.

TOLD_FOR = timedelta(days=2)
"""What ended longer ago is history, imported or from before this was told, and no news."""
BATCH = 100


@dataclass(frozen=True)
class ToldCount:
    started: int
    ended: int


def tell_time(db: Session, *, now: datetime) -> ToldCount:
    """Tells EventStarted and EventEnded of published events whose time has come. Rows are locked
    while they are told, and what another worker holds is left to it: each is told once whoever
    asks, and again finds nothing.
    """
    started = list(
        db.scalars(_due(db, Event.starts_at <= now, Event.start_told_at.is_(None), now=now))
    )
    for event in started:
        event.start_told_at = now
        take_step(db, event, Step.START, actor=SYSTEM, now=now, fact=EventStarted(event.id))
    ended = list(db.scalars(_due(db, Event.ends_at <= now, Event.end_told_at.is_(None), now=now)))
    for event in ended:
        event.end_told_at = now
        take_step(db, event, Step.END, actor=SYSTEM, now=now, fact=EventEnded(event.id))
    return ToldCount(len(started), len(ended))


def untell(event: Event, *, now: datetime) -> None:
    """Forgets that an event started or ended, once it was moved to a time to come: it will be told
    again.
    """
    if event.starts_at is None or event.starts_at > now:
        event.start_told_at = None
    if event.ends_at is None or event.ends_at > now:
        event.end_told_at = None


def _due(db: Session, *conditions: ColumnElement[bool], now: datetime) -> Select[Event]:
    ours = (
        Event.status == EventStatus.PUBLISHED,
        Event.kind != EventKind.EXTERNAL,
        Event.ends_at > now - TOLD_FOR,
    )
    due = select(Event).where(*ours, *conditions).order_by(Event.starts_at, Event.id).limit(BATCH)
    return due if is_sqlite(db) else due.with_for_update(skip_locked=True)


# The question to the presidency as a row: written, answered, and what becomes of it when its
# event changes.

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
    """Lets the open request follow its draft: whoever decides sees its new time. A draft without a
    time asks nothing.
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
    """Settles what becomes of an approval when what is not published yet changes to `draft`; called
    before that is written. `is_same`: it goes on occupying the same, and rests on the same
    Decision.

    Authorized was that time with those people: another one asks the presidency again. Refuses with
    AwaitsApproval to publish what has been asked and not approved, and what differs from what was.
    """
    if publish:
        require_step(phase_of_event(event, now), Step.PUBLISH)
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
