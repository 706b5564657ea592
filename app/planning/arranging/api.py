"""The events API: bearer tokens only, JSON in and out, problems as RFC 9457."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, jsonify, request, url_for
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from spectree import Response as Answers
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import both
from app.kernel.numbers import LARGEST_IN_JSON
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_, LocalizedText, is_printable, is_web_address, untranslated
from app.kernel.timespan import Timespan
from app.people.directory.services.sharing import record_named_by_number
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.arranging.queries.asking import advice
from app.planning.arranging.rules.clock import (
    UNKNOWN_ZONE,
    known_zones,
    require_in_years,
    span_of_instants,
)
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.arranging.rules.plans import Lack, NotReady
from app.planning.arranging.services.planning import (
    cancel_event,
    change_event,
    plan_event,
    swap_events,
)
from app.planning.events import policy
from app.planning.events.queries.events import event_of, events_between
from app.planning.events.values import (
    DatePrecision,
    EditionLink,
    EventDetail,
    EventDraft,
    EventKind,
    EventStatus,
    LinkRole,
    Mode,
    Participant,
)
from app.planning.scheduling import policy as scheduling_policy
from app.planning.scheduling.rules.book import BOOK, names
from app.planning.scheduling.rules.judging import MOST_REASON, SHORTEST_REASON
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Finding, OverrideAsked
from app.planning.scheduling.wording import sentence
from app.web.description import needs, without_defaults
from app.web.errors import problem
from app.web.fields import day_in
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_timezone
from app.web.openapi import Instant, Uuid, spec
from app.web.preconditions import IF_MATCH, IfMatch, NotAsRead, is_as_read, tagged
from app.web.texts import Texts

bp = Blueprint("events_api", __name__, url_prefix="/api/v1")


# The JSON shapes of the events API, and their conversion from and to values.

MOST_LISTED = 200
MOST_PLACES = 100_000
LONGEST = {"title": 200, "summary": 2000, "place": 200, "join_url": 500, "decision_ref": 120}

NOT_ISO = N_("Write the date and time as 2027-03-15T09:00:00-06:00, with the offset from UTC.")
NAIVE = N_("Add the offset from UTC, for example -06:00.")
TOO_MANY_CHARACTERS = N_("Write at most %(max)d characters.")
UNPRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
NOT_AN_ADDRESS = N_("Write the whole address, starting with https://")
NO_OTHER = N_("Say which other event it changes places with.")
NO_WAY_BACK = N_("A published event cannot become a draft again. Cancel it instead.")

InstantIn = Annotated[
    str,
    Field(
        description="ISO 8601 with an offset, whole minutes",
        json_schema_extra={"format": "date-time"},
    ),
]
Slug = Annotated[str, Field(max_length=60)]
Code = Annotated[str, Field(max_length=2)]
PersonId = Annotated[int, Field(ge=1, le=LARGEST_IN_JSON)]


class Strict(BaseModel):
    """Refuses unknown members and converts no types: "1" is not a number and 1 is not a text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class LinkIn(Strict):
    edition: Slug
    role: Annotated[LinkRole, Field(strict=False)]


RULES = [str(one.name) for one in BOOK]


def _known_rule(name: str) -> str:
    if name not in names():
        expected = f"{', '.join(map(repr, RULES[:-1]))} or {RULES[-1]!r}"
        raise PydanticCustomError("enum", "Input should be {expected}", {"expected": expected})
    return name


RuleName = Annotated[str, AfterValidator(_known_rule), Field(json_schema_extra={"enum": [*RULES]})]


class OverrideIn(Strict):
    """A finding that somebody with the right overrides. `against` as the finding gives it; the
    reason is recorded.
    """

    rule: RuleName
    against: Annotated[str, Field(max_length=80)] = ""
    reason: Annotated[str, Field(max_length=1000)]


class EventChange(Strict):
    """Every member may be left out; what is left out is not changed. `publish` can only be true."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    kind: Annotated[EventKind, Field(strict=False)] = EventKind.WEBINAR
    title: Texts = {}
    summary: Texts = {}
    starts_at: InstantIn = ""
    ends_at: InstantIn = ""
    timezone: Annotated[str, Field(description="IANA zone in which the hours were agreed")] = (
        REFERENCE_ZONE
    )
    working_groups: Annotated[list[Slug], Field(max_length=MOST_LISTED)] = []
    people: Annotated[list[PersonId], Field(max_length=MOST_LISTED)] = []
    links: Annotated[list[LinkIn], Field(max_length=MOST_LISTED)] = []
    mode: Annotated[Mode, Field(strict=False)] = Mode.ONLINE
    place: str = ""
    join_url: str = ""
    capacity: Annotated[int, Field(ge=1, le=MOST_PLACES)] | None = None
    is_confidential: bool = False
    countries: Annotated[
        list[Code], Field(max_length=MOST_LISTED, description="Invited; none: all of the region")
    ] = []
    licence: Annotated[Slug, Field(description="Key of the meeting licence it occupies")] = ""
    side_event_of: Annotated[UUID, Field(strict=False)] | None = None
    needs_delegates: (
        Annotated[bool, Field(description="Whoever sits in the groups for those invited")] | None
    ) = None
    plan_entry_id: (
        Annotated[int, Field(ge=1, le=LARGEST_IN_JSON, description="Entry of the annual plan")]
        | None
    ) = None
    decision_ref: Annotated[
        str, Field(description="The Decision by which it takes place outside of the plan")
    ] = ""
    overrides: Annotated[list[OverrideIn], Field(max_length=50)] = []
    publish: bool = False


class EventIn(EventChange):
    """A new event: these four members are required."""

    model_config = ConfigDict(json_schema_extra={})

    kind: Annotated[EventKind, Field(strict=False)]
    title: Texts
    starts_at: InstantIn
    ends_at: InstantIn


class SwapIn(Strict):
    """The other event of a swap."""

    model_config = ConfigDict(json_schema_extra=needs("other"))

    other: Annotated[UUID, Field(strict=False)] | None = None


class CancelQuery(BaseModel):
    """Why it is cancelled, which may be left out."""

    reason: Annotated[
        str,
        Field(
            description=f"At least {SHORTEST_REASON} characters; goes into the letters as written",
            max_length=MOST_REASON,
        ),
    ] = ""


class EventsQuery(BaseModel):
    """`from` and `to` are instants with their offset, or days of the reference zone; events that touch that
    time are listed.
    """

    model_config = ConfigDict(extra="forbid")

    from_: Annotated[
        str, Field(alias="from", description="An instant with its offset, or a day")
    ] = ""
    to: Annotated[
        str, Field(description="An instant with its offset, or a day, which counts to its end")
    ] = ""
    working_group: Slug = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class PersonOut(BaseModel):
    id: int
    name: str
    role: str


class EventOut(BaseModel):
    """Times carry the offset of the event's own zone; null where only a month or a year is known
    (`found_start`).
    """

    id: Uuid
    kind: EventKind
    status: Literal["draft", "published", "cancelled"]
    title: dict[str, str]
    summary: dict[str, str]
    starts_at: Instant | None
    ends_at: Instant | None
    timezone: str
    date_precision: DatePrecision
    found_start: str
    found_end: str
    working_groups: list[str]
    people: Annotated[list[PersonOut], Field(description="Empty for who is not signed in")]
    links: list[dict[str, str]]
    mode: Mode
    place: str
    capacity: int | None
    countries: list[str]
    licence: str
    side_event_of: Uuid | None
    plan_entry_id: int | None
    decision_ref: str
    is_confidential: bool
    sequence: int
    changed_at: Instant


class EventsOut(BaseModel):
    events: list[EventOut]
    total: int
    limit: int
    offset: int


def instant_in(field: str, text: str) -> datetime:
    """Refuses at the field what is no ISO text, what is naive and what is outside the years."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput({field: Sentence(NOT_ISO)}) from None
    if instant.tzinfo is None:
        raise InvalidInput({field: Sentence(NAIVE)})
    require_in_years(field, instant)
    return instant


def edge_in(field: str, text: str) -> datetime:
    """Returns an instant. Of a day of the reference zone, `from` means the first moment and `to`
    the last. An unescaped "+" of an address arrives as a blank.
    """
    day = day_in(text)
    if day is None:
        return instant_in(field, re.sub(r" (?=\d\d:?\d\d$)", "+", text))
    first = datetime.combine(day, time(), REFERENCE)
    require_in_years(field, first)
    return first + timedelta(days=1) if field == "to" else first


def draft_in(sent: EventChange, base: EventDraft | None = None) -> EventDraft:
    """Returns the draft that was sent, on top of the stored one. Refuses with every field that
    cannot be used.
    """
    sent_members = sent.model_fields_set
    refused: dict[str, Sentence] = {}
    for name in sent_members & LONGEST.keys():
        refused |= _refused_text(name, getattr(sent, name))
    timezone = sent.timezone if "timezone" in sent_members or base is None else base.timezone
    if timezone not in known_zones():
        refused["timezone"] = Sentence(UNKNOWN_ZONE)
    span = base.span if base else None
    try:
        span = _span(sent, span)
    except InvalidInput as refusal:
        refused |= refusal.errors
    if refused:
        raise InvalidInput(refused)
    start = base or EventDraft(EventKind.WEBINAR, LocalizedText(), span)
    moved: dict[str, Any] = (
        {} if span == start.span else {"date_precision": DatePrecision.INSTANT, "is_all_day": False}
    )
    return replace(start, **_values(sent, start), **moved, span=span, timezone=timezone)


def _values(sent: EventChange, start: EventDraft) -> dict[str, Any]:
    """Returns the members that were sent, as a draft has them; people who stay keep their roles."""
    roles = {participant.person_id: participant for participant in start.people}
    values = {
        "kind": sent.kind,
        "mode": sent.mode,
        "place": sent.place,
        "join_url": sent.join_url,
        "capacity": sent.capacity,
        "is_confidential": sent.is_confidential,
        "title": LocalizedText(sent.title).map(str.strip),
        "summary": LocalizedText(sent.summary).map(str.strip),
        "groups": tuple(sent.working_groups),
        "people": tuple(roles.get(number, Participant(number)) for number in sent.people),
        "links": tuple(EditionLink(link.edition, link.role) for link in sent.links),
        "countries": tuple(sent.countries),
        "licence": sent.licence,
        "side_event_of": sent.side_event_of,
        "needs_delegates": sent.needs_delegates,
        "plan_entry_id": sent.plan_entry_id,
        "decision_ref": sent.decision_ref.strip(),
    }
    names = {"groups": "working_groups"}
    return {
        name: value
        for name, value in values.items()
        if names.get(name, name) in sent.model_fields_set
    }


def overrides_in(sent: EventChange) -> tuple[OverrideAsked, ...]:
    return tuple(OverrideAsked(one.rule, one.against, one.reason) for one in sent.overrides)


def _span(sent: EventChange, span: Timespan | None) -> Timespan | None:
    sent_members = sent.model_fields_set
    if not sent_members & {"starts_at", "ends_at"}:
        return span
    stands = {"starts_at": span.starts_at, "ends_at": span.ends_at} if span else {}
    refused: dict[str, Sentence] = {}
    edges: dict[str, datetime] = dict(stands)
    for field in ("starts_at", "ends_at"):
        if field in sent_members or field not in stands:
            try:
                edges[field] = instant_in(field, getattr(sent, field))
            except InvalidInput as refusal:
                refused |= refusal.errors
    if refused:
        raise InvalidInput(refused)
    return span_of_instants(edges["starts_at"], edges["ends_at"])


def _refused_text(field: str, value: str | Texts) -> dict[str, Sentence]:
    texts: Iterable[tuple[str, str]]
    texts = (
        [(field, value)]
        if isinstance(value, str)
        else [(f"{field}.{language}", text) for language, text in value.items()]
    )
    refused = {}
    for name, text in texts:
        if len(text) > LONGEST[field]:
            refused[name] = Sentence(TOO_MANY_CHARACTERS, {"max": LONGEST[field]})
        elif not is_printable(text):
            refused[name] = Sentence(UNPRINTABLE)
        elif field == "join_url" and text and not is_web_address(text):
            refused[name] = Sentence(NOT_AN_ADDRESS)
    return refused


def event_out(event: EventDetail) -> EventOut:
    zone = ZoneInfo(event.timezone)
    return EventOut(
        id=str(event.id),
        kind=event.kind,
        status=event.status.value,
        title=event.title.as_dict(),
        summary=event.summary.as_dict(),
        starts_at=event.starts_at.astimezone(zone).isoformat() if event.starts_at else None,
        ends_at=event.ends_at.astimezone(zone).isoformat() if event.ends_at else None,
        timezone=event.timezone,
        date_precision=event.date_precision,
        found_start=event.found_start,
        found_end=event.found_end,
        working_groups=[group.slug for group in event.groups],
        people=[
            PersonOut(id=person.id, name=person.name, role=person.role) for person in event.people
        ],
        links=[{"edition": link.slug, "role": link.role} for link in event.links],
        mode=event.mode,
        place=event.place,
        capacity=event.capacity,
        is_confidential=event.is_confidential,
        sequence=event.sequence,
        countries=list(event.countries),
        licence=event.licence,
        side_event_of=str(event.side_event_of) if event.side_event_of else None,
        plan_entry_id=event.plan_entry_id,
        decision_ref=event.decision_ref,
        changed_at=event.changed_at.isoformat(),
    )


# Planning by program: the same services, the same rules, the same sentences as on screen.

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
        events, total = events_between(
            db,
            actor=current_actor(),
            starts_at=starts_at,
            ends_at=ends_at,
            group=query.working_group or None,
            limit=query.limit,
            offset=query.offset,
        )
    page = EventsOut(
        events=[event_out(e) for e in events], total=total, limit=query.limit, offset=query.offset
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
        advised = advice(db, actor=actor, draft=draft, span=draft.span, now=now, event_id=event_id)
    findings = (
        [_finding(finding) for finding in refusal.findings]
        if isinstance(refusal, Clash)
        else [_breach(refusal)]
    )
    zone = ZoneInfo(draft.timezone)
    slots = [_slot(slot.span, zone) for slot in advised.slots]
    words = both(refusal.sentence.msgid, **refusal.sentence.params).as_dict()
    return problem(409, refusal.rule, words, findings=findings, free_slots=slots)


def _finding(finding: Finding) -> dict[str, Any]:
    may_see = leads_the_region(current_actor())
    other, party = finding.other, next(iter(finding.parties), None)
    is_named = other is not None and (may_see or not other.is_confidential)
    event_id = wording.event_id_of(finding) if is_named else None
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "against": finding.against if is_named or other is None else "",
        "approver": finding.approver,
        "may_override": scheduling_policy.may_override(current_actor(), finding.approver),
        "other": {"id": str(event_id) if event_id else None, "title": other.title.as_dict()}
        if other is not None and is_named
        else None,
        "party": {"kind": party.kind, "key": party.key, "name": party.label.as_dict()}
        if party
        else None,
        "sentence": sentence(
            finding, reader_timezone=reader_timezone(), may_see_title=may_see
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
