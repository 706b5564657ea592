"""Series by program: planned, changed and cancelled as one act, all of it or nothing."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, url_for
from pydantic import BaseModel, Field
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import both
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.timespan import Timespan
from app.planning.arranging.api import (
    CancelQuery,
    EventChange,
    EventIn,
    EventOut,
    InstantIn,
    Strict,
    _breach,
    _finding,
    _sent,
    _slot,
    draft_in,
    event_out,
    instant_in,
    overrides_in,
)
from app.planning.arranging.rules.clock import span_of_instants
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDraft
from app.planning.series import rules
from app.planning.series.queries import propose_series, series_of
from app.planning.series.rules import (
    DAYS,
    MOST,
    DateMisfit,
    Frequency,
    Recurrence,
    Scope,
    SeriesRefused,
    rule_text,
)
from app.planning.series.services import cancel_series, change_series, plan_series
from app.web.errors import problem
from app.web.fields import NOT_A_DAY, day_in
from app.web.guards import current_actor, requires
from app.web.openapi import Uuid, spec

bp = Blueprint("series_api", __name__, url_prefix="/api/v1")

TAGS = ["series"]
Position = Annotated[int, Field(ge=1, le=MOST)]


class RecurrenceIn(Strict):
    """Every `interval` weeks, or the `nth` weekday (1 to 4, -1 is the last) of every `interval`-th
    month. The weekday is that of `starts_at` unless given. Either `count` or `until`, the last
    possible day.
    """

    frequency: Annotated[Frequency, Field(strict=False)]
    interval: Annotated[int, Field(ge=1, le=52)] = 1
    weekday: Annotated[str, Field(pattern=f"^({'|'.join(DAYS)})?$")] = ""
    nth: Annotated[int, Field(ge=-1, le=4)] | None = None
    count: Annotated[int, Field(ge=1, le=1000)] | None = None
    until: Annotated[str, Field(max_length=10, description="2027-12-31")] = ""


class MovedIn(Strict):
    position: Position
    starts_at: InstantIn
    ends_at: InstantIn


class SeriesIn(EventIn):
    """The first event, when it recurs, and what is known already: positions to skip or to move,
    counted from 1.
    """

    recurrence: RecurrenceIn
    skip: Annotated[list[Position], Field(max_length=MOST, default_factory=list)]
    moved: Annotated[list[MovedIn], Field(max_length=MOST, default_factory=list)]


class SeriesChangeIn(EventChange):
    """What is changed of this date; `scope` says how far it goes."""

    scope: Annotated[Scope, Field(strict=False)] = Scope.THIS


class ScopeQuery(CancelQuery):
    scope: Scope = Scope.THIS


class OccurrenceOut(BaseModel):
    position: int
    is_moved: bool
    event: EventOut


class SeriesOut(BaseModel):
    """`rule` is an RRULE value (RFC 5545) counted on the wall clock of `timezone`; `is_moved`: not
    where it says.
    """

    id: Uuid
    title: dict[str, str]
    rule: str
    timezone: str
    occurrences: list[OccurrenceOut]


@bp.post("/series")
@requires(policy.may_plan)
@spec.validate(json=SeriesIn, resp=Answers("HTTP_404", "HTTP_409", HTTP_201=SeriesOut), tags=TAGS)
def plan_series_by_program(json: SeriesIn) -> Response | tuple[Response, int, dict[str, str]]:
    """One event for each date, or none: 409 lists the positions that do not fit, with findings and
    free slots.
    """
    sent = _sent(json)
    wanted: dict[str, Any] = {
        "draft": (draft := draft_in(sent)),
        "recurrence": _recurrence(sent.recurrence, draft),
        "skip": sent.skip,
        "moved": _moved(sent.moved),
        "overrides": overrides_in(sent),
        "actor": current_actor(),
        "now": clock.now(),
    }
    try:
        with transaction() as db:
            outcome = plan_series(db, **wanted, publish=sent.publish)
    except SeriesRefused as refusal:
        with reading() as db:
            proposal = propose_series(db, **wanted)
        slots = {
            one.occurrence.position: [slot.span for slot in one.advice.slots]
            for one in proposal.misfits
        }
        return _refused(refusal, draft, slots)
    first = outcome.events[0]
    return (
        jsonify(_out(first)),
        201,
        {"Location": url_for("series_api.read_series", event_id=first)},
    )


@bp.get("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
@spec.validate(resp=Answers("HTTP_409", HTTP_200=SeriesOut), tags=TAGS)
def read_series(event_id: UUID) -> Response:
    """The series that an event belongs to, with all its dates; 409 when it stands by itself."""
    return jsonify(_out(event_id))


@bp.patch("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
@spec.validate(
    json=SeriesChangeIn, resp=Answers("HTTP_409", "HTTP_410", HTTP_200=SeriesOut), tags=TAGS
)
def change_series_by_program(event_id: UUID, json: SeriesChangeIn) -> Response:
    """Changes this date, this and those after it, or all still to come; what is not sent stays."""
    sent = _sent(json)
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
    draft = draft_in(sent, event.as_draft())
    try:
        with transaction() as db:
            change_series(
                db,
                actor=current_actor(),
                event_id=event_id,
                scope=sent.scope,
                draft=draft,
                now=clock.now(),
                publish=sent.publish,
                overrides=overrides_in(sent),
            )
    except SeriesRefused as refusal:
        return _refused(refusal, draft, {})
    return jsonify(_out(event_id))


@bp.delete("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
@spec.validate(
    query=ScopeQuery, resp=Answers("HTTP_409", "HTTP_410", HTTP_200=SeriesOut), tags=TAGS
)
def cancel_series_by_program(event_id: UUID, query: ScopeQuery) -> Response:
    """Cancels as far as `scope` says, with the reason that everybody who is told reads; past dates
    stay.
    """
    with transaction() as db:
        cancel_series(
            db,
            actor=current_actor(),
            event_id=event_id,
            scope=query.scope,
            now=clock.now(),
            reason=query.reason,
        )
    return jsonify(_out(event_id))


def _recurrence(sent: RecurrenceIn, draft: EventDraft) -> Recurrence:
    first, _ends = rules.edges_of(draft)
    until = day_in(sent.until or "")
    if sent.until and until is None:
        raise InvalidInput({"until": Sentence(NOT_A_DAY)})
    weekday = DAYS.index(sent.weekday) if sent.weekday else first.weekday()
    return Recurrence(
        frequency=sent.frequency,
        weekday=weekday,
        interval=sent.interval,
        nth=sent.nth,
        count=sent.count,
        until=until,
    )


def _moved(sent: list[MovedIn]) -> dict[int, Timespan]:
    try:
        return {
            one.position: span_of_instants(
                instant_in("moved", one.starts_at), instant_in("moved", one.ends_at)
            )
            for one in sent
        }
    except InvalidInput as refusal:
        raise InvalidInput({"moved": next(iter(refusal.errors.values()))}) from None


def _out(event_id: UUID) -> dict[str, Any]:
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
        policy.require_may_plan_for(current_actor(), event.group_slugs, event.kind)
        series = series_of(db, actor=current_actor(), event_id=event_id)
    rows = [
        OccurrenceOut(position=one.position, is_moved=one.is_moved, event=event_out(one.event))
        for one in series.members
    ]
    return SeriesOut(
        id=str(series.id),
        title=series.title.as_dict(),
        rule=rule_text(series.pattern.recurrence),
        timezone=series.timezone,
        occurrences=rows,
    ).model_dump()


def _refused(
    refusal: SeriesRefused, draft: EventDraft, slots: Mapping[int, list[Timespan]]
) -> Response:
    words = both(refusal.sentence.msgid, **refusal.sentence.params).as_dict()
    rows = [
        _misfit(misfit, draft, slots.get(misfit.occurrence.position, []))
        for misfit in refusal.misfits
    ]
    return problem(409, refusal.rule, words, occurrences=rows)


def _misfit(misfit: DateMisfit, draft: EventDraft, slots: list[Timespan]) -> dict[str, Any]:
    span, zone = misfit.occurrence.span, ZoneInfo(draft.timezone)
    return {
        "position": misfit.occurrence.position,
        "wall_starts_at": misfit.occurrence.wall.isoformat(),
        **(_slot(span, zone) if span else {"starts_at": None, "ends_at": None}),
        "findings": _findings(misfit),
        "free_slots": [_slot(slot, zone) for slot in slots],
    }


def _findings(misfit: DateMisfit) -> list[dict[str, Any]]:
    if misfit.occurrence.gap is not None:
        sentence = both(misfit.occurrence.gap.msgid, **misfit.occurrence.gap.params).as_dict()
        return [
            {
                "rule": "no-such-hour",
                "severity": "block",
                "other": None,
                "party": None,
                "sentence": sentence,
            }
        ]
    if isinstance(misfit.breach, OutOfOrder):
        return [_breach(misfit.breach)]
    return [_finding(finding) for finding in misfit.findings]
