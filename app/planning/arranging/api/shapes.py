"""The JSON shapes of the events API, and their conversion from and to values."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.kernel.numbers import LARGEST_IN_JSON
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText, is_printable, is_web_address
from app.kernel.timespan import Timespan
from app.planning.arranging import rules
from app.planning.events.values import (
    DatePrecision,
    EditionLink,
    EventDetail,
    EventDraft,
    EventKind,
    LinkRole,
    Mode,
    Participant,
)
from app.planning.scheduling.rules.book import BOOK, names
from app.planning.scheduling.rules.overrides import MOST_REASON, SHORTEST_REASON
from app.planning.scheduling.values import OverrideAsked
from app.web.description import needs, without_defaults
from app.web.fields import day_in
from app.web.openapi import Instant, Uuid
from app.web.texts import Texts

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
    rules.require_in_years(field, instant)
    return instant


def edge_in(field: str, text: str) -> datetime:
    """Returns an instant. Of a day of the reference zone, `from` means the first moment and `to`
    the last. An unescaped "+" of an address arrives as a blank.
    """
    day = day_in(text)
    if day is None:
        return instant_in(field, re.sub(r" (?=\d\d:?\d\d$)", "+", text))
    first = datetime.combine(day, time(), REFERENCE)
    rules.require_in_years(field, first)
    return first + timedelta(days=1) if field == "to" else first


def draft_in(sent: EventChange, base: EventDraft | None = None) -> EventDraft:
    """Returns the draft that was sent, on top of the stored one. Refuses with every field that
    cannot be used.
    """
    given = sent.model_fields_set
    refused: dict[str, Sentence] = {}
    for name in given & LONGEST.keys():
        refused |= _refused_text(name, getattr(sent, name))
    timezone = sent.timezone if "timezone" in given or base is None else base.timezone
    if timezone not in rules.known_zones():
        refused["timezone"] = Sentence(rules.UNKNOWN_ZONE)
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
    given = sent.model_fields_set
    if not given & {"starts_at", "ends_at"}:
        return span
    stands = {"starts_at": span.starts_at, "ends_at": span.ends_at} if span else {}
    refused: dict[str, Sentence] = {}
    edges: dict[str, datetime] = dict(stands)
    for field in ("starts_at", "ends_at"):
        if field in given or field not in stands:
            try:
                edges[field] = instant_in(field, getattr(sent, field))
            except InvalidInput as refusal:
                refused |= refusal.errors
    if refused:
        raise InvalidInput(refused)
    return rules.span_of_instants(edges["starts_at"], edges["ends_at"])


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
