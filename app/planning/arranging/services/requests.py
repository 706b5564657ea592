"""Asking the presidency for what the rule book refuses, and its answers: it authorizes, which is
the override itself, offers another hour, or declines. Silence authorizes nothing.

Every answer takes the calendar's lock before it reads where the request stands, so that of two
answers at once the first one counts and the second is refused with a sentence.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal, Sentence
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.identity.queries import in_office
from app.planning.arranging.queries.asking import advice
from app.planning.arranging.rules import requests as rules
from app.planning.arranging.services.occupying import hold_sittings, occupy
from app.planning.arranging.services.planning import (
    change_event,
    move_event,
    plan_event,
    publish_event,
)
from app.planning.arranging.services.steps import (
    answer_request,
    open_event,
    open_request_of,
    put_request,
    seen_event,
    take_step,
)
from app.planning.events import policy
from app.planning.events.facts import (
    ApprovalAsked,
    ApprovalLapsed,
    ApprovalWithdrawn,
    EventApproved,
    EventClosed,
    EventReopened,
    EventReturned,
)
from app.planning.events.models import AuthorizationRequest, Event
from app.planning.events.queries.life import phase_of_event
from app.planning.events.queries.references import draft_of, references_of
from app.planning.events.rules import life
from app.planning.events.rules.life import DateHasPassed, Phase, Step
from app.planning.events.values import EventDraft, EventStatus, RequestState
from app.planning.scheduling.rules.judging import require_reason
from app.planning.scheduling.rules.refusals import require_free
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import Finding, OverrideAsked

REASON_FIELD = "ask_reason"
ANSWER_FIELD = "answer"
BATCH = 100


def ask_with_draft(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    reason: str,
    now: datetime,
    event_id: UUID | None = None,
    new_id: UUID | None = None,
    seen: str = "",
) -> UUID:
    """Saves the draft of an event, a new one where there is no `event_id`, and asks for its time.

    Refuses as the planning of drafts does and as `ask_for` does.
    """
    claims.lock(db)
    if event_id is None:
        event_id = plan_event(
            db,
            actor=actor,
            draft=draft,
            publish=False,
            now=now,
            event_id=new_id,
            is_asking=True,
        )
    else:
        change_event(
            db,
            actor=actor,
            event_id=event_id,
            draft=draft,
            now=now,
            seen=seen,
            is_asking=True,
        )
    require_presidency(db, now=now)
    ask_for(db, actor=actor, event_id=event_id, reason=reason, now=now, must_need=True)
    return event_id


def ask_for(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    reason: str | None,
    now: datetime,
    must_need: bool = False,
) -> None:
    """Asks the presidency for the time of a draft, which keeps it meanwhile as far as it can be
    held; asking again with the same words changes nothing.

    Refuses with Clash what nobody may allow, and what a rule speaks against where no reason was
    asked for (None); with InvalidInput a reason that says too little, with NothingToHold what has
    no exact time, with HourAsked an hour that another request wishes for. `must_need`: refuses with
    NothingToAsk what no rule speaks against.
    """
    claims.lock(db)
    event = open_event(db, actor, event_id)
    draft = draft_of(db, event)
    standing = open_request_of(db, event_id)
    if standing is not None and (reason or "").strip() in ("", standing.reason):
        return
    if standing is None:
        life.require_step(phase_of_event(event, now), Step.ASK)
    if draft.span is None:
        raise life.NothingToHold
    refused = _findings(db, actor, draft, event_id, now=now)
    if must_need and not refused:
        raise rules.NothingToAsk
    words = _reason_for(refused, REASON_FIELD, reason)
    event.asked_at, event.approved_at, event.approved_by = now, None, None
    request = put_request(
        db,
        event.id,
        span=draft.span,
        timezone=draft.timezone,
        reason=words,
        actor=actor,
        now=now,
    )
    known = references_of(db, draft)
    is_held = occupy(db, event, draft, known, actor=actor, now=now, is_firm=False, may_wait=True)
    if is_held:
        hold_sittings(db, event, now=now)
    else:
        _require_unasked(db, event.id, draft.span, now=now)
    fact = ApprovalAsked(event.id, request.id)
    take_step(db, event, Step.ASK, actor=actor, now=now, fact=fact, note=words)


def ask_to_move(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    span: Timespan,
    reason: str,
    now: datetime,
    timezone: str | None = None,
    draft: EventDraft | None = None,
    seen: str = "",
) -> UUID:
    """Asks for another time for a published event, which stays where it is until the answer.
    Returns the request. `draft`: what else is to be changed of it, at once and where it stands.

    Refuses as `ask_for` does.
    """
    claims.lock(db)
    event = open_event(db, actor, event_id)
    stored = draft_of(db, event)
    if draft is not None:
        stays = replace(draft, span=stored.span, timezone=stored.timezone)
        change_event(db, actor=actor, event_id=event_id, draft=stays, now=now, seen=seen)
        stored = draft_of(db, event)
    require_presidency(db, now=now)
    wished = replace(stored, span=span, timezone=timezone or stored.timezone)
    refused = _findings(db, actor, wished, event_id, now=now)
    if not refused or span == stored.span:
        raise rules.NothingToAsk
    words = require_reason(REASON_FIELD, reason)
    standing = open_request_of(db, event_id)
    if standing is not None and (standing.starts_at, standing.ends_at, standing.reason) == (
        span.starts_at,
        span.ends_at,
        words,
    ):
        return standing.id
    _require_unasked(db, event.id, span, now=now)
    request = put_request(
        db,
        event.id,
        span=span,
        timezone=wished.timezone,
        reason=words,
        actor=actor,
        now=now,
    )
    fact = ApprovalAsked(event.id, request.id)
    take_step(db, event, Step.ASK, actor=actor, now=now, fact=fact, note=words)
    return request.id


def authorize(
    db: Session,
    *,
    actor: Actor,
    request_id: UUID,
    reason: str | None,
    now: datetime,
    seen: str = "",
) -> None:
    """Authorizes a request by the presidency: overrides exactly what the rule book says today of
    that time. A draft may then be published; a published event is moved at once.

    `seen` is the mark of what was read (rules.findings_mark): refuses with FindingsChanged when
    something else stands in the way now; with RequestSettled what was answered, withdrawn or is
    late; with Clash what nobody may allow, and what a rule speaks against where no reason was asked
    for (None); with InvalidInput a reason that says too little.
    """
    request, event = _judged(db, actor, request_id, now=now)
    draft = _wished(db, request, event)
    assert draft.span is not None  # noqa: S101 - a request has a time
    refused = _findings(db, actor, draft, event.id, now=now)
    if seen and seen != rules.findings_mark(draft.span, refused):
        raise rules.FindingsChanged
    words = _reason_for(refused, ANSWER_FIELD, reason)
    overrides = [OverrideAsked(str(one.rule), one.against, words) for one in refused]
    answer_request(db, request, RequestState.AUTHORIZED, actor=actor, now=now, answer=words)
    if event.status == EventStatus.DRAFT:
        event.approved_at, event.approved_by = now, actor.account_id or None
        known = references_of(db, draft)
        occupy(db, event, draft, known, actor=actor, now=now, is_firm=False, overrides=overrides)
        hold_sittings(db, event, now=now)
    else:
        move_event(
            db,
            actor=actor,
            event_id=event.id,
            span=draft.span,
            timezone=draft.timezone,
            now=now,
            overrides=overrides,
        )
    fact = EventApproved(event.id, request.id)
    take_step(db, event, Step.APPROVE, actor=actor, now=now, fact=fact, note=words)


def decline(
    db: Session,
    *,
    actor: Actor,
    request_id: UUID,
    reason: str,
    now: datetime,
    field: str = ANSWER_FIELD,
) -> None:
    """Declines a request by the presidency. Refuses a reason that says too little, at its field."""
    request, event = _judged(db, actor, request_id, now=now)
    words = required_note(field, reason)
    answer_request(db, request, RequestState.DECLINED, actor=actor, now=now, answer=words)
    _give_back(db, event, request, actor=actor, now=now, note=words)


def offer_hour(
    db: Session, *, actor: Actor, request_id: UUID, starts_at: datetime, now: datetime
) -> None:
    """Offers another hour by the presidency, as long as the one asked for, for those who asked to
    take. Refuses with OfferTaken an hour that a rule speaks against.
    """
    request, event = _judged(db, actor, request_id, now=now)
    duration = request.ends_at - request.starts_at
    offered = Timespan(starts_at, starts_at + duration)
    draft = replace(_wished(db, request, event), span=offered)
    advised = advice(
        db,
        actor=actor,
        draft=draft,
        span=offered,
        now=now,
        event_id=event.id,
        with_slots=False,
    )
    if advised.is_refused or starts_at <= now:
        raise rules.OfferTaken
    request.offered_starts_at, request.offered_ends_at = offered.starts_at, offered.ends_at
    answer_request(db, request, RequestState.OFFERED, actor=actor, now=now)
    _give_back(db, event, request, actor=actor, now=now, note="")


def withdraw_request(db: Session, *, actor: Actor, request_id: UUID, now: datetime) -> None:
    """Withdraws a request by those who plan the event; a second time changes nothing. Refuses with
    RequestSettled what was answered.
    """
    claims.lock(db)
    request, event = _locked(db, actor, request_id)
    policy.require_may_plan_for(actor, draft_of(db, event).groups, draft_of(db, event).kind)
    if request.state == RequestState.WITHDRAWN:
        return
    rules.require_open(request.state, request.decide_by, now=now)
    answer_request(db, request, RequestState.WITHDRAWN, actor=actor, now=now)
    event.asked_at = None
    fact = ApprovalWithdrawn(event.id, request.id)
    take_step(db, event, Step.WITHDRAW, actor=actor, now=now, fact=fact)


def accept_offer(db: Session, *, actor: Actor, request_id: UUID, now: datetime) -> UUID:
    """Moves the event to the hour that the presidency offered, by those who plan it and under the
    rules of every change. Returns the event. Refuses with NothingOffered what is not on offer.
    """
    claims.lock(db)
    request, event = _locked(db, actor, request_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    if request.state == RequestState.ACCEPTED:
        return event.id
    offered = (request.offered_starts_at, request.offered_ends_at)
    if request.state != RequestState.OFFERED or offered[0] is None or offered[1] is None:
        raise rules.NothingOffered
    request.state = RequestState.ACCEPTED
    db.flush()
    span = Timespan(offered[0], offered[1])
    move_event(db, actor=actor, event_id=event.id, span=span, timezone=request.timezone, now=now)
    return event.id


def lapse_requests(db: Session, *, now: datetime) -> int:
    """Ends what nobody answered in time and tells those who asked; returns how many."""
    due = (
        select(AuthorizationRequest.id)
        .where(
            AuthorizationRequest.state == RequestState.OPEN,
            AuthorizationRequest.decide_by <= now,
        )
        .order_by(AuthorizationRequest.decide_by)
        .limit(BATCH)
    )
    ids = db.scalars(due).all()
    if not ids:
        return 0
    claims.lock(db)
    lapsed = 0
    for request_id in ids:
        request, event = _locked(db, SYSTEM, request_id)
        if request.state != RequestState.OPEN:
            continue
        answer_request(db, request, RequestState.LAPSED, actor=SYSTEM, now=now)
        event.asked_at = None
        fact = ApprovalLapsed(event.id, request.id)
        take_step(db, event, Step.EXPIRE, actor=SYSTEM, now=now, fact=fact)
        lapsed += 1
    return lapsed


def require_presidency(db: Session, *, now: datetime) -> None:
    """Refuses with NobodyHoldsThePresidency where nobody could answer."""
    if not in_office(db, Role.PRESIDENCY, today=reference_day(now)):
        raise rules.NobodyHoldsThePresidency


def _judged(
    db: Session, actor: Actor, request_id: UUID, *, now: datetime
) -> tuple[AuthorizationRequest, Event]:
    if not policy.may_approve(actor):
        raise NotAllowed
    claims.lock(db)
    request, event = _locked(db, actor, request_id)
    rules.require_open(request.state, request.decide_by, now=now)
    return request, event


def _locked(db: Session, actor: Actor, request_id: UUID) -> tuple[AuthorizationRequest, Event]:
    """Returns the rows as they stand under the lock that the caller took."""
    row = (
        select(AuthorizationRequest)
        .where(AuthorizationRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    request = db.scalar(row)
    if request is None:
        raise NotFound
    return request, seen_event(db, actor, request.event_id)


def _wished(db: Session, request: AuthorizationRequest, event: Event) -> EventDraft:
    span = Timespan(request.starts_at, request.ends_at)
    return replace(draft_of(db, event), span=span, timezone=request.timezone)


def _findings(
    db: Session, actor: Actor, draft: EventDraft, event_id: UUID, *, now: datetime
) -> tuple[Finding, ...]:
    """Returns what refuses the draft's time and the presidency may lift; refuses the rest."""
    assert draft.span is not None  # noqa: S101 - asked by the callers
    advised = advice(
        db,
        actor=actor,
        draft=draft,
        span=draft.span,
        now=now,
        event_id=event_id,
        with_slots=False,
    )
    if advised.breach is not None:
        raise advised.breach
    refused = rules.refused(advised.findings)
    if not rules.can_be_lifted(refused):
        require_free(refused)
    return refused


def _reason_for(findings: Sequence[Finding], field: str, reason: str | None) -> str:
    if findings and reason is None:
        require_free(findings)
    return require_reason(field, reason or "") if findings else (reason or "").strip()


def _require_unasked(db: Session, event_id: UUID, span: Timespan, *, now: datetime) -> None:
    """Refuses with HourAsked an hour that another request wishes for: the two are asked one after
    the other.
    """
    others = select(AuthorizationRequest.id).where(
        AuthorizationRequest.state == RequestState.OPEN,
        AuthorizationRequest.event_id != event_id,
        AuthorizationRequest.starts_at < span.ends_at,
        AuthorizationRequest.ends_at > span.starts_at,
        AuthorizationRequest.decide_by > now,
    )
    if db.scalar(others.limit(1)) is not None:
        raise rules.HourAsked


def _give_back(
    db: Session,
    event: Event,
    request: AuthorizationRequest,
    *,
    actor: Actor,
    now: datetime,
    note: str,
) -> None:
    event.asked_at = None
    fact = EventReturned(event.id, request.id)
    take_step(db, event, Step.RETURN, actor=actor, now=now, fact=fact, note=note)


def required_note(field: str, note: str) -> str:
    """Returns the note, trimmed; refuses one that says too little or too much, at the field."""
    words = note.strip()
    if len(words) < life.SHORTEST_NOTE:
        raise InvalidInput({field: Sentence(life.NOTE_TOO_SHORT, {"count": life.SHORTEST_NOTE})})
    if len(words) > life.LONGEST_NOTE:
        raise InvalidInput({field: Sentence(life.NOTE_TOO_LONG, {"count": life.LONGEST_NOTE})})
    return words


# The life of an event: asking for approval, giving it, giving it back, closing. Publishing stands in
# services/planning.py.

NOTE_FIELD, REOPENING_FIELD = "note", "reason"


def ask_approval(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime, reason: str | None = None
) -> None:
    """Asks the presidency to approve a draft, which keeps its time for thirty days; asking again
    changes nothing.

    Refuses with Clash what the rule book speaks against where no reason is given, and what has no
    exact time.
    """
    ask_for(db, actor=actor, event_id=event_id, reason=reason, now=now)


def approve_event(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime, reason: str | None = None
) -> None:
    """Approves by the presidency what was asked; a second time changes nothing.

    The hold lasts on for the organizers to publish: at least fourteen days. Refuses with Clash what
    the rule book speaks against where no reason is given: approving is its override.
    """
    event = _event_to_judge(db, actor, event_id)
    if phase_of_event(event, now) is Phase.APPROVED:
        return
    request = open_request_of(db, event_id)
    if request is None:
        raise life.NothingAsked
    authorize(db, actor=actor, request_id=request.id, reason=reason, now=now)


def return_event(db: Session, *, actor: Actor, event_id: UUID, note: str, now: datetime) -> None:
    """Returns an event to its planners as a draft, by the presidency, with what has to change. The
    draft keeps its time for as long as it held it. Refuses a note that says too little, at its
    field.
    """
    event = _event_to_judge(db, actor, event_id)
    life.require_step(phase_of_event(event, now), Step.RETURN)
    request = open_request_of(db, event_id)
    if request is not None:
        decline(db, actor=actor, request_id=request.id, reason=note, now=now, field=NOTE_FIELD)
        return
    words = required_note(NOTE_FIELD, note)
    event.asked_at = event.approved_at = event.approved_by = None
    take_step(
        db, event, Step.RETURN, actor=actor, now=now, fact=EventReturned(event.id), note=words
    )


def close_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Closes an event by its planners, once it is over; a second time changes nothing. Refuses with
    NotEnded what is not.

    Whether all that belongs to it is complete is for the caller to know
    (app/followup/agreements/services/events.py).
    """
    claims.lock(db)
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    db.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    db.refresh(event, ["status", "closed_at"])
    if event.closed_at is not None:
        return
    life.require_step(phase_of_event(event, now), Step.CLOSE)
    event.closed_at, event.closed_by = now, actor.account_id or None
    take_step(db, event, Step.CLOSE, actor=actor, now=now, fact=EventClosed(event.id))


def reopen_event(db: Session, *, actor: Actor, event_id: UUID, reason: str, now: datetime) -> None:
    """Reopens by its planners what was closed, so that it can be changed. Refuses with NotClosed
    what is not closed, and with InvalidInput a reason that says too little.
    """
    claims.lock(db)
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    policy.require_may_plan_for(actor, draft.groups, draft.kind)
    db.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    db.refresh(event, ["status", "closed_at"])
    life.require_step(phase_of_event(event, now), Step.REOPEN)
    words = require_reason(REOPENING_FIELD, reason)
    event.closed_at = event.closed_by = None
    fact = EventReopened(event.id)
    take_step(db, event, Step.REOPEN, actor=actor, now=now, fact=fact, note=words)


def _event_to_judge(db: Session, actor: Actor, event_id: UUID) -> Event:
    if not policy.may_approve(actor):
        raise NotAllowed
    claims.lock(db)
    return seen_event(db, actor, event_id)


# One step taken with several events: each by its own rules, each wholly or not at all.


@dataclass(frozen=True)
class StepOutcome:
    """What became of one of several. `refusal` None: it was done."""

    event_id: UUID
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Translation:
    """What was written for one event: only the languages that were missing. `seen`: the
    mark of the event that the writer began from.
    """

    title: LocalizedText
    summary: LocalizedText
    seen: str = ""


def publish_several(
    db: Session, *, actor: Actor, event_ids: Collection[UUID], now: datetime
) -> tuple[StepOutcome, ...]:
    """Publishes drafts, each of which asks the whole rule book. One whose date has passed is
    refused (DateHasPassed): its form asks whether that is meant.
    """

    def publish(event_id: UUID) -> None:
        event = open_event(db, actor, event_id)
        if event.ends_at is not None and event.ends_at <= now:
            raise DateHasPassed
        publish_event(db, actor=actor, event_id=event_id, now=now)

    return _each(db, event_ids, publish)


def approve_several(
    db: Session, *, actor: Actor, event_ids: Collection[UUID], now: datetime
) -> tuple[StepOutcome, ...]:
    def approve(event_id: UUID) -> None:
        approve_event(db, actor=actor, event_id=event_id, now=now)

    return _each(db, event_ids, approve)


def translate_several(
    db: Session, *, actor: Actor, texts: Mapping[UUID, Translation], now: datetime
) -> tuple[StepOutcome, ...]:
    """Adds to each event what was written; a language that has its text keeps it. What stands
    already, as after a second press, is not refused for being older than what is on record.
    """

    def translate(event_id: UUID) -> None:
        draft, written = draft_of(db, open_event(db, actor, event_id)), texts[event_id]
        changed = replace(
            draft,
            title=LocalizedText({**written.title, **draft.title}),
            summary=LocalizedText({**written.summary, **draft.summary}),
        )
        if changed == draft:
            return
        change_event(
            db,
            actor=actor,
            event_id=event_id,
            draft=changed,
            now=now,
            seen=written.seen,
        )

    return _each(db, texts, translate)


def _each(
    db: Session, event_ids: Collection[UUID], step: Callable[[UUID], None]
) -> tuple[StepOutcome, ...]:
    outcomes = []
    for event_id in dict.fromkeys(event_ids):
        try:
            with db.begin_nested():
                step(event_id)
        except Refusal as refusal:
            outcomes.append(StepOutcome(event_id, refusal))
        else:
            outcomes.append(StepOutcome(event_id))
    return tuple(outcomes)
