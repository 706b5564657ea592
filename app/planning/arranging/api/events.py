"""Planning by program: the same services, the same rules, the same sentences as on screen."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, jsonify, request, url_for
from spectree import Response as Answers
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import both
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import LocalizedText, untranslated
from app.kernel.timespan import Timespan
from app.people.directory.services.sharing import record_named_by_number
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.arranging.api import bp
from app.planning.arranging.api.shapes import (
    NO_OTHER,
    NO_WAY_BACK,
    CancelQuery,
    EventChange,
    EventIn,
    EventOut,
    EventsOut,
    EventsQuery,
    SwapIn,
    draft_in,
    edge_in,
    event_out,
    overrides_in,
)
from app.planning.arranging.queries.advice import advice
from app.planning.arranging.rules import OutOfOrder
from app.planning.arranging.rules.publishing import Lack, NotReady
from app.planning.arranging.services import cancel_event, change_event, plan_event, swap_events
from app.planning.events import policy
from app.planning.events.queries.events import event_of, events_between
from app.planning.events.values import EventDetail, EventDraft, EventStatus, Participant
from app.planning.scheduling import policy as scheduling_policy
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.values import Finding
from app.planning.scheduling.wording import sentence
from app.web.errors import problem
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_timezone
from app.web.openapi import spec
from app.web.preconditions import IF_MATCH, IfMatch, NotAsRead, is_as_read, tagged

TAGS = ["events"]
OUTDATED = "outdated"
"""A mark that nothing has."""
ATTEMPTS = 5
"""At a change of which only a part is sent, while others change the same event."""


@bp.get("/events")
@requires(anyone)
@spec.validate(query=EventsQuery, resp=Answers(HTTP_200=EventsOut), tags=TAGS)
def list_events(query: EventsQuery) -> Response:
    """Events in order of time, at most 100 at once. Who is not signed in sees what is published."""
    starts_at = edge_in("from", query.from_) if query.from_ else None
    ends_at = edge_in("to", query.to) if query.to else None
    with reading() as db:
        found, total = events_between(
            db,
            actor=current_actor(),
            starts_at=starts_at,
            ends_at=ends_at,
            group=query.working_group or None,
            limit=query.limit,
            offset=query.offset,
        )
    page = EventsOut(
        events=[event_out(e) for e in found], total=total, limit=query.limit, offset=query.offset
    )
    return jsonify(page.model_dump())


@bp.get("/events/<uuid:event_id>")
@requires(anyone)
@spec.validate(resp=Answers(HTTP_200=EventOut), tags=TAGS)
def read_event(event_id: UUID) -> Response:
    """One event with its ETag; 404 for a draft that is not yours to see."""
    return _answer(event_id)


@bp.post("/events")
@requires(policy.may_plan)
@spec.validate(json=EventIn, resp=Answers("HTTP_404", "HTTP_409", HTTP_201=EventOut), tags=TAGS)
def plan_by_program(json: EventIn) -> tuple[Response, int, dict[str, str]] | Response:
    """A new draft, or with `publish` a published event. 409 names who is taken and three free
    slots.
    """
    draft, overrides, actor, now = (
        draft_in(_sent(json)),
        overrides_in(json),
        current_actor(),
        clock.now(),
    )

    def write(db: Session) -> UUID:
        return plan_event(
            db, actor=actor, draft=draft, publish=json.publish, now=now, overrides=overrides
        )

    _record_names_told(draft.people, before=())
    saved = _write(write, draft, now, None)
    if isinstance(saved, Response):
        return saved
    return _answer(saved), 201, {"Location": url_for("events_api.read_event", event_id=saved)}


@bp.patch("/events/<uuid:event_id>")
@requires(policy.may_plan)
@spec.validate(
    json=EventChange,
    headers=IfMatch,
    resp=Answers("HTTP_409", "HTTP_410", "HTTP_412", HTTP_200=EventOut),
    tags=TAGS,
)
def change_by_program(event_id: UUID, json: EventChange) -> Response:
    """Moves, changes or publishes; what is not sent stays.

    With the ETag that was read in If-Match nothing is written over what somebody else changed
    since: that is answered with 412. What stands already just as it is sent is answered with 200
    all the same. Without If-Match only what is sent is written over.
    """
    sent, is_asked = _sent(json), IF_MATCH in request.headers
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            return _change(event_id, sent)
        except NotAsRead:
            if is_asked or not attempts_left:
                raise
    raise AssertionError("unreachable")


def _change(event_id: UUID, sent: EventChange) -> Response:
    """Refuses NotAsRead what changes between the reading, of which the draft is made, and the
    writing.
    """
    actor, now = current_actor(), clock.now()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
    if (
        "publish" in sent.model_fields_set
        and not sent.publish
        and event.status is EventStatus.PUBLISHED
    ):
        raise InvalidInput({"publish": Sentence(NO_WAY_BACK)})
    draft, overrides, seen = (
        draft_in(sent, event.as_draft()),
        overrides_in(sent),
        _seen(event),
    )

    def write(db: Session) -> UUID:
        change_event(
            db,
            actor=actor,
            event_id=event_id,
            draft=draft,
            publish=sent.publish,
            now=now,
            seen=seen,
            overrides=overrides,
        )
        return event_id

    _record_names_told(draft.people, before=event.as_draft().people)
    saved = _write(write, draft, now, event_id)
    return saved if isinstance(saved, Response) else _answer(saved)


@bp.delete("/events/<uuid:event_id>")
@requires(policy.may_plan)
@spec.validate(
    query=CancelQuery, resp=Answers("HTTP_409", "HTTP_410", HTTP_200=EventOut), tags=TAGS
)
def cancel_by_program(event_id: UUID, query: CancelQuery) -> Response:
    """Cancels, with the reason that everybody who is told reads; the event stays to be read. A
    second time changes nothing.
    """
    with transaction() as db:
        cancel_event(
            db,
            actor=current_actor(),
            event_id=event_id,
            now=clock.now(),
            reason=query.reason,
        )
    return _answer(event_id)


@bp.post("/events/<uuid:event_id>/swap")
@requires(policy.may_plan)
@spec.validate(json=SwapIn, resp=Answers("HTTP_409", "HTTP_410", HTTP_200=EventOut), tags=TAGS)
def swap_by_program(event_id: UUID, json: SwapIn) -> Response:
    """The two events change places as one act, or both stay and 409 says why."""
    other, actor, now = _sent(json).other, current_actor(), clock.now()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
        policy.require_may_plan_for(actor, event.group_slugs, event.kind)
        if other is None:
            raise InvalidInput({"other": Sentence(NO_OTHER)})
        draft, there = event.as_draft(), event_of(db, actor=actor, event_id=other).as_draft()
    if draft.span is not None and there.span is not None:
        draft = replace(draft, span=draft.span.moved_to(there.span.starts_at))

    def write(db: Session) -> UUID:
        swap_events(db, actor=actor, first=event_id, second=other, now=now)
        return event_id

    saved = _write(write, draft, now, event_id)
    return saved if isinstance(saved, Response) else _answer(saved)


def _record_names_told(people: Collection[Participant], *, before: Collection[Participant]) -> None:
    """The answer tells the names of people who were sent by number, so that a program could read
    the directory.
    """
    stood = {participant.person_id for participant in before}
    added = [participant.person_id for participant in people if participant.person_id not in stood]
    if added:
        with transaction() as db:
            record_named_by_number(db, actor=current_actor(), person_ids=added, now=clock.now())


Shape = TypeVar("Shape")


def _sent(json: Shape | None) -> Shape:
    """The body; a form instead of JSON is refused, as the validation lets it through unread."""
    if json is None:
        abort(415)
    return json


def _answer(event_id: UUID) -> Response:
    with reading() as db:
        return tagged(
            event_out(event_of(db, actor=current_actor(), event_id=event_id)).model_dump()
        )


def _seen(event: EventDetail) -> str:
    """The mark of the event that the change begins from; OUTDATED when it is not the one that
    If-Match names.
    """
    return OUTDATED if is_as_read(event_out(event).model_dump()) is False else event.mark


def _write(
    write: Callable[[Session], UUID], draft: EventDraft, now: datetime, event_id: UUID | None
) -> UUID | Response:
    """Runs a service; a time that is refused becomes a problem with findings and free slots."""
    try:
        with transaction() as db:
            return write(db)
    except ChangedMeanwhile:
        raise NotAsRead from None
    except NotReady as refusal:
        words = both(refusal.sentence.msgid, **refusal.sentence.params).as_dict()
        return problem(
            409,
            refusal.rule,
            words,
            findings=[_lack(lack) for lack in refusal.lacks],
            free_slots=[],
        )
    except (Clash, OutOfOrder) as refusal:
        return _refused(refusal, draft, now, event_id)


def _refused(
    refusal: Clash | OutOfOrder, draft: EventDraft, now: datetime, event_id: UUID | None
) -> Response:
    actor = current_actor()
    if draft.span is None:
        raise refusal
    with reading() as db:
        said = advice(db, actor=actor, draft=draft, span=draft.span, now=now, event_id=event_id)
    findings = (
        [_finding(found) for found in refusal.findings]
        if isinstance(refusal, Clash)
        else [_breach(refusal)]
    )
    zone = ZoneInfo(draft.timezone)
    slots = [_slot(slot.span, zone) for slot in said.slots]
    words = both(refusal.sentence.msgid, **refusal.sentence.params).as_dict()
    return problem(409, refusal.rule, words, findings=findings, free_slots=slots)


def _finding(found: Finding) -> dict[str, Any]:
    may_see = leads_the_region(current_actor())
    other, party = found.other, next(iter(found.parties), None)
    is_named = other is not None and (may_see or not other.is_confidential)
    event_id = wording.event_id_of(found) if is_named else None
    return {
        "rule": found.rule,
        "severity": found.severity,
        "against": found.against if is_named or other is None else "",
        "approver": found.approver,
        "may_override": scheduling_policy.may_override(current_actor(), found.approver),
        "other": {"id": str(event_id) if event_id else None, "title": other.title.as_dict()}
        if other is not None and is_named
        else None,
        "party": {"kind": party.kind, "key": party.key, "name": party.label.as_dict()}
        if party
        else None,
        "sentence": sentence(
            found, reader_timezone=reader_timezone(), may_see_title=may_see
        ).as_dict(),
    }


def _lack(lack: Lack) -> dict[str, Any]:
    """Something missing before it may be published, in the shape of a finding; `party` is the
    edition it belongs to.
    """
    name = untranslated(lack.edition).as_dict()
    return {
        "rule": lack.rule,
        "severity": "block",
        "other": None,
        "party": {"kind": "edition", "key": lack.edition, "name": name} if lack.edition else None,
        "sentence": both(lack.sentence.msgid, **lack.sentence.params).as_dict(),
    }


def _breach(refusal: OutOfOrder) -> dict[str, Any]:
    other = refusal.other
    title = other.title if isinstance(other.title, LocalizedText) else both(other.title.msgid)
    return {
        "rule": refusal.rule,
        "severity": "block",
        "other": {"id": str(other.event_id) if other.event_id else None, "title": title.as_dict()},
        "party": {
            "kind": "edition",
            "key": other.edition,
            "name": untranslated(other.label).as_dict(),
        },
        "sentence": wording.breach_in_words(refusal).as_dict(),
    }


def _slot(span: Timespan, zone: ZoneInfo) -> dict[str, str]:
    return {
        "starts_at": span.starts_at.astimezone(zone).isoformat(),
        "ends_at": span.ends_at.astimezone(zone).isoformat(),
    }
