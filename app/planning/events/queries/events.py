"""Events as their readers may see them; a constant number of statements however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.infra.orm import text_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, languages
from app.people.directory.models import Institution, Person, WorkingGroup
from app.people.identity.policy import leads_the_region
from app.planning.events import policy
from app.planning.events.models import (
    REGISTRATION,
    Edition,
    EditionFunding,
    Event,
    EventBrief,
    EventCountry,
    EventFunding,
    EventGroup,
    EventLink,
    EventPerson,
    EventSession,
    FundingSource,
    SessionPerson,
)
from app.planning.events.rules.joining import ids_of
from app.planning.events.values import (
    NO_TEXT,
    REGISTERED,
    SEES_EVENT,
    Brief,
    BriefShown,
    DatePrecision,
    EditionSummary,
    EventDetail,
    EventKind,
    EventStatus,
    GenderMarker,
    GroupSummary,
    LinkRole,
    Mode,
    PersonRole,
    PersonSummary,
)

SHOWN_WITHOUT_CHANGE = (
    "id",
    "title",
    "summary",
    "starts_at",
    "ends_at",
    "timezone",
    "is_all_day",
    "found_start",
    "found_end",
    "place",
    "capacity",
    "sequence",
    "is_confidential",
    "published_at",
    "changed_at",
    "cancelled_at",
    "source_url",
    "licence",
    "side_event_of",
    "series_id",
    "country_quota",
    "registration_closes_at",
    "needs_approval",
    "asked_at",
    "approved_at",
    "closed_at",
    "plan_entry_id",
    "decision_ref",
)


class EventHead(NamedTuple):
    """`ends_at` is None where only a month or less is known."""

    id: UUID
    title: LocalizedText
    ends_at: datetime | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Says in a statement what the actor sees: what is published and not confidential; drafts and
    confidential meetings only for who plans for all of their groups, confidential ones also for the
    people they need and for who is registered for them or asked to be.
    """
    sight, params = sight_of(actor)
    return _visible(sight, params.get(SEEN_GROUPS), params.get(SEEN_PERSON))


SEEN_GROUPS, SEEN_PERSON = "seen_groups", "seen_person"
NOW = bindparam("now", type_=Event.ends_at.type)
UNTIL = bindparam("until", type_=Event.starts_at.type)


class Sight(NamedTuple):
    """What decides how the condition of `visible_to` is written: there are five of them, so five
    statements.
    """

    leads: bool
    convenes: bool
    is_person: bool

    def condition(self) -> ColumnElement[bool]:
        """Returns what `visible_to` does, for a statement that is built once: the parameters of
        `sight_of` go with each execution.
        """
        groups = bindparam(SEEN_GROUPS, type_=WorkingGroup.slug.type, expanding=True)
        return _visible(self, groups, bindparam(SEEN_PERSON, type_=Person.id.type))


def sight_of(actor: Actor) -> tuple[Sight, dict[str, Any]]:
    """Returns the actor's sight and the values for its parameters."""
    if leads_the_region(actor):
        return Sight(leads=True, convenes=False, is_person=False), {}
    params: dict[str, Any] = {}
    groups = actor.scopes(Role.CONVENOR)
    if groups:
        params[SEEN_GROUPS] = sorted(groups)
    if actor.person_id is not None:
        params[SEEN_PERSON] = actor.person_id
    return Sight(leads=False, convenes=bool(groups), is_person=actor.person_id is not None), params


def _visible(sight: Sight, groups: Any, person_id: Any) -> ColumnElement[bool]:
    """Says which events are seen; `groups` and `person_id` are values or bound parameters."""
    if sight.leads:
        return true()
    seen: list[ColumnElement[bool]] = [
        and_(Event.published_at.is_not(None), not_(Event.is_confidential))
    ]
    if sight.convenes:
        own = select(EventGroup).join(WorkingGroup).where(EventGroup.event_id == Event.id)
        foreign = own.where(WorkingGroup.slug.not_in(groups))
        seen.append(
            and_(
                exists(own.with_only_columns(EventGroup.event_id)),
                not_(exists(foreign.with_only_columns(EventGroup.event_id))),
            )
        )
    if sight.is_person:
        needed = exists().where(
            EventPerson.event_id == Event.id, EventPerson.person_id == person_id
        )
        has_part = or_(needed, sits_in(person_id), comes(person_id))
        seen.append(and_(Event.published_at.is_not(None), has_part))
    return or_(*seen)


def sits_in(person_id: Any) -> ColumnElement[bool]:
    """Says that the person has a part in one of the event's sessions."""
    part = and_(SessionPerson.session_id == EventSession.id, SessionPerson.person_id == person_id)
    return exists().where(EventSession.event_id == Event.id, part)


def comes(person_id: Any) -> ColumnElement[bool]:
    """Says that the person is registered for the event, waits, or asked to be registered."""
    row = REGISTRATION.c
    return exists().where(
        row.event_id == Event.id, row.person_id == person_id, row.status.in_(SEES_EVENT)
    )


def sees(db: Session, *, actor: Actor, event_id: UUID) -> bool:
    return bool(db.scalar(select(exists().where(Event.id == event_id, visible_to(actor)))))


def event_of(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Refuses with NotFound what the actor may not see, as if it did not exist."""
    sight, params = sight_of(actor)
    events = details(
        db, _event_seen_with(sight), actor=actor, params={**params, "event_id": event_id}
    )
    if not events:
        raise NotFound
    return events[0]


@cache
def _event_seen_with(sight: Sight) -> Select[Event]:
    return select(Event).where(Event.id == bindparam("event_id"), sight.condition())


def events_between(
    db: Session,
    *,
    actor: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    group: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[tuple[EventDetail, ...], int]:
    """Returns events with instants that touch [starts_at, ends_at), in order of time; and how many
    there are in all.
    """
    statement = select(Event).where(visible_to(actor), Event.starts_at.is_not(None))
    if starts_at is not None:
        statement = statement.where(Event.ends_at > starts_at)
    if ends_at is not None:
        statement = statement.where(Event.starts_at < ends_at)
    if group is not None:
        named = select(EventGroup.event_id).join(WorkingGroup).where(WorkingGroup.slug == group)
        statement = statement.where(Event.id.in_(named))
    total = db.scalar(select(func.count()).select_from(statement.subquery())) or 0
    page = statement.order_by(Event.starts_at, Event.id).limit(limit).offset(offset)
    return details(db, page, actor=actor), total


def missing_translations(db: Session, *, actor: Actor) -> tuple[EventDetail, ...]:
    """Returns events whose title lacks a language of the house, or whose summary has one and lacks
    another (R42); of those the actor may plan.
    """
    untranslated = select(Event).where(visible_to(actor), *_untranslated(languages()))
    events = details(db, untranslated.order_by(Event.starts_at, Event.id), actor=actor)
    return tuple(event for event in events if policy.may_see_drafts(actor, event.group_slugs))


def coming_untranslated(db: Session, *, actor: Actor, now: datetime) -> tuple[EventHead, ...]:
    """Returns those of `missing_translations` that are not over, the soonest first, by their heads
    only; two statements, or one for whoever sees all drafts.
    """
    sight, params = sight_of(actor)
    rows = db.execute(_coming_untranslated(sight, languages()), {**params, "now": now}).all()
    if policy.may_see_drafts(actor, ()) or not rows:
        return tuple(EventHead(*row) for row in rows)
    parts = _parts(db, [row.id for row in rows], actor)
    return tuple(
        EventHead(*row)
        for row in rows
        if policy.may_see_drafts(actor, [group.slug for group in parts[row.id].groups])
    )


@cache
def _coming_untranslated(
    sight: Sight, codes: tuple[Language, ...]
) -> Select[UUID, LocalizedText, datetime | None]:
    return (
        select(Event.id, Event.title, Event.ends_at)
        .where(sight.condition(), *_untranslated(codes), Event.ends_at > NOW)
        .order_by(Event.starts_at, Event.id)
    )


def _untranslated(codes: Sequence[Language]) -> tuple[ColumnElement[bool], ...]:
    summaries = [text_in(Event.summary, language) for language in codes]
    lacking = or_(
        *(text_in(Event.title, language) == "" for language in codes),
        and_(
            or_(*(summary == "" for summary in summaries)),
            or_(*(summary != "" for summary in summaries)),
        ),
    )
    return lacking, Event.status != EventStatus.CANCELLED


def events_to_see_to(db: Session, *, actor: Actor, until: datetime) -> tuple[EventDetail, ...]:
    """Returns the published events that begin before `until` and are not closed, of those that the
    actor may plan, the soonest first; two statements. Leaves out those that were over when they
    were published.
    """
    sight, params = sight_of(actor)
    events = details(db, _to_see_to(sight), actor=actor, params={**params, "until": until})
    return tuple(
        event for event in events if policy.may_plan_for(actor, event.group_slugs, event.kind)
    )


@cache
def _to_see_to(sight: Sight) -> Select[Event]:
    return (
        select(Event)
        .where(
            sight.condition(),
            Event.status == EventStatus.PUBLISHED,
            Event.kind != EventKind.EXTERNAL,
            Event.closed_at.is_(None),
            Event.starts_at < UNTIL,
            Event.published_at < Event.ends_at,
        )
        .order_by(Event.starts_at, Event.id)
    )


def drafts_of(db: Session, *, actor: Actor) -> tuple[EventDetail, ...]:
    """Returns the drafts that the actor may plan or judge, the soonest first, then those without a
    date.
    """
    statement = select(Event).where(visible_to(actor), Event.status == EventStatus.DRAFT)
    order = (Event.starts_at.is_(None), Event.starts_at, Event.id)
    drafts = details(db, statement.order_by(*order), actor=actor)
    return tuple(event for event in drafts if policy.may_see_drafts(actor, event.group_slugs))


@dataclass(slots=True)
class _Parts:
    """What belongs to one event. `own_url` is None where the reader is not registered."""

    groups: list[GroupSummary] = field(default_factory=list)
    people: list[PersonSummary] = field(default_factory=list)
    links: list[EditionSummary] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    own_url: str | None = None
    sits: bool = False

    def add(self, row: Row[Any]) -> None:
        match row.part:
            case "group":
                self.groups.append(GroupSummary(row.words, row.code, row.name, row.role))
            case "person":
                self.people.append(
                    PersonSummary(
                        id=row.number,
                        name=row.words,
                        country=row.code or "",
                        role=PersonRole(row.role),
                        seat=row.more,
                    )
                )
            case "link":
                self.links.append(EditionSummary(row.words, row.code, LinkRole(row.role)))
            case "country":
                self.countries.append(row.code)
            case "registered":
                self.own_url = row.words or ""
            case "sits":
                self.sits = True


def details(
    db: Session, statement: Select[Event], *, actor: Actor, params: Mapping[str, Any] | None = None
) -> tuple[EventDetail, ...]:
    """Returns the events asked for with what belongs to them, in two statements."""
    events = tuple(db.scalars(statement, params))
    parts = _parts(db, [event.id for event in events], actor)
    return tuple(_detail(event, actor, parts[event.id]) for event in events)


def _detail(event: Event, actor: Actor, parts: _Parts) -> EventDetail:
    is_registered = parts.own_url is not None
    is_needed = parts.sits or any(person.id == actor.person_id for person in parts.people)
    may_join = (
        is_registered
        or is_needed
        or policy.may_plan_for(actor, [group.slug for group in parts.groups])
    )
    plain: dict[str, Any] = {name: getattr(event, name) for name in SHOWN_WITHOUT_CHANGE}
    return EventDetail(
        **plain,
        kind=EventKind(event.kind),
        status=EventStatus(event.status),
        mode=Mode(event.mode),
        gender_marker=None if event.gender_marker is None else GenderMarker(event.gender_marker),
        date_precision=DatePrecision(event.date_precision),
        join_url=event.join_url if may_join else "",
        groups=tuple(parts.groups),
        people=tuple(parts.people),
        links=tuple(parts.links),
        countries=tuple(parts.countries),
        is_registered=is_registered,
        may_join=may_join,
        own_url=parts.own_url or "",
    )


IDS = bindparam("ids", type_=Uuid(), expanding=True)
READER = bindparam("person_id", type_=Person.id.type)
NO_WORDS = cast(null(), String())
NO_NAME = cast(null(), WorkingGroup.name.type)
NO_NUMBER = cast(null(), Person.id.type)
PEOPLE_PARTS = (
    select(
        literal("person").label("part"),
        EventPerson.event_id.label("event_id"),
        EventPerson.role.label("role"),
        Person.full_name.label("words"),
        Person.country_code.label("code"),
        EventPerson.seat.label("more"),
        NO_NAME.label("name"),
        Person.id.label("number"),
        Person.sort_key.label("by_words"),
        NO_NUMBER.label("by_number"),
    )
    .join(Person, Person.id == EventPerson.person_id)
    .where(EventPerson.event_id.in_(IDS))
)
OTHER_PARTS = (
    select(
        literal("group").label("part"),
        EventGroup.event_id.label("event_id"),
        WorkingGroup.kind.label("role"),
        WorkingGroup.slug.label("words"),
        WorkingGroup.code.label("code"),
        NO_WORDS.label("more"),
        WorkingGroup.name.label("name"),
        WorkingGroup.id.label("number"),
        NO_WORDS.label("by_words"),
        cast(WorkingGroup.position, Person.id.type).label("by_number"),
    )
    .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
    .where(EventGroup.event_id.in_(IDS)),
    select(
        literal("link"),
        EventLink.event_id,
        EventLink.role,
        Edition.slug,
        Edition.label,
        NO_WORDS,
        NO_NAME,
        cast(Edition.id, Person.id.type),
        NO_WORDS,
        NO_NUMBER,
    )
    .join(Edition, Edition.id == EventLink.edition_id)
    .where(EventLink.event_id.in_(IDS)),
    select(
        literal("country"),
        EventCountry.event_id,
        NO_WORDS,
        NO_WORDS,
        EventCountry.country_code,
        NO_WORDS,
        NO_NAME,
        NO_NUMBER,
        EventCountry.country_code,
        NO_NUMBER,
    ).where(EventCountry.event_id.in_(IDS)),
    select(
        literal("registered"),
        REGISTRATION.c.event_id,
        NO_WORDS,
        REGISTRATION.c.own_url,
        NO_WORDS,
        NO_WORDS,
        NO_NAME,
        NO_NUMBER,
        NO_WORDS,
        NO_NUMBER,
    ).where(
        REGISTRATION.c.event_id.in_(IDS),
        REGISTRATION.c.person_id == READER,
        REGISTRATION.c.status == REGISTERED,
    ),
    select(
        literal("sits"),
        EventSession.event_id,
        NO_WORDS,
        NO_WORDS,
        NO_WORDS,
        NO_WORDS,
        NO_NAME,
        NO_NUMBER,
        NO_WORDS,
        NO_NUMBER,
    )
    .join(SessionPerson, SessionPerson.session_id == EventSession.id)
    .where(EventSession.event_id.in_(IDS), SessionPerson.person_id == READER),
)


def _in_order(*parts: Select[Any]) -> CompoundSelect[Any]:
    """Returns the parts as one statement, each in the order in which it is read."""
    return union_all(*parts).order_by("by_words", "by_number", "number", "role")


PARTS_IN_PUBLIC = _in_order(*OTHER_PARTS)
PARTS = _in_order(*OTHER_PARTS, PEOPLE_PARTS)
"""What belongs to events, in one statement, because a page of events needs all of it and each
statement costs more than its rows. `part` says what a row is: a group, an edition linked to, a
country invited by name, a registration of the reader with their own link to join, a session in
which the reader has a part, or somebody who is needed.
"""


def _parts(db: Session, ids: Sequence[UUID], actor: Actor) -> defaultdict[UUID, _Parts]:
    """Returns the parts by event; people only for who is signed in."""
    statement = PARTS if actor.signed_in or actor.is_system else PARTS_IN_PUBLIC
    parts: defaultdict[UUID, _Parts] = defaultdict(_Parts)
    for row in db.execute(statement, {"ids": ids, "person_id": actor.person_id}):
        parts[row.event_id].add(row)
    return parts


# An event's brief, and what the form for it offers.

NOTHING = BriefShown(Brief())
BRIEF = (
    select(EventBrief, Institution.name, Event.partners, Event.is_unrecorded)
    .select_from(Event)
    .outerjoin(EventBrief, EventBrief.event_id == Event.id)
    .outerjoin(Institution, Institution.id == EventBrief.institution_id)
    .where(Event.id == bindparam("event_id"))
)


def brief_of(db: Session, *, event_id: UUID) -> BriefShown:
    """Returns what the event's page says beyond its time, by one statement; the brief is empty
    where there is none. Whether the event may be seen was asked before.
    """
    found = db.execute(BRIEF, {"event_id": event_id}).one_or_none()
    if found is None:
        return NOTHING
    row: EventBrief | None = found[0]
    institution: LocalizedText | None = found[1]
    partners, is_unrecorded = tuple(found[2]), bool(found[3])
    if row is None:
        return BriefShown(Brief(partners=partners), is_unrecorded=is_unrecorded)
    written = {one.name: _value(row, one) for one in fields(Brief) if one.name != "partners"}
    brief = Brief(**written, partners=partners)
    return BriefShown(brief, institution or NO_TEXT, is_unrecorded=is_unrecorded)


def _value(row: EventBrief, field: Field[Any]) -> Any:
    """Returns the column of the field's name; several codes are stored as words of one text."""
    value = getattr(row, field.name)
    return tuple(value.split()) if isinstance(field.default, tuple) else value


def institutions(db: Session) -> tuple[tuple[int, str, LocalizedText], ...]:
    """Returns number, country and name of each institution, by country."""
    rows = db.scalars(
        select(Institution)
        .where(Institution.closed_on.is_(None))
        .order_by(Institution.country_code, Institution.id)
    )
    return tuple((row.id, row.country_code, row.name) for row in rows)


# Where an event stands among the dates of its series.


@dataclass(frozen=True)
class SeriesPosition:
    """Where an event stands among the dates of its series that its reader may see."""

    number: int
    total: int
    previous: UUID | None
    following: UUID | None


def place_in_series(db: Session, *, actor: Actor, event: EventDetail) -> SeriesPosition | None:
    """Returns the event's position; None for one that was planned by itself, which costs no
    statement.
    """
    if event.series_id is None:
        return None
    sight, params = sight_of(actor)
    ids = tuple(db.scalars(_sisters_seen_with(sight), {**params, "series_id": event.series_id}))
    if event.id not in ids:
        return None
    index = ids.index(event.id)
    return SeriesPosition(
        index + 1,
        len(ids),
        ids[index - 1] if index else None,
        ids[index + 1] if index + 1 < len(ids) else None,
    )


@cache
def _sisters_seen_with(sight: Sight) -> Select[UUID]:
    sisters = select(Event.id).where(Event.series_id == bindparam("series_id"), sight.condition())
    return sisters.order_by(Event.series_position, Event.id)


BETWEEN = (
    select(Event.id)
    .where(
        Event.id.between(bindparam("first"), bindparam("last")),
        Event.published_at.is_not(None),
        not_(Event.is_confidential),
    )
    .order_by(Event.id)
    .limit(2)
)


def event_called(db: Session, short: str) -> UUID | None:
    """Returns the only event with that short address. Drafts and confidential events have none; one
    that was published and is cancelled now keeps it, so that whoever got it reads so.
    """
    ids = ids_of(short)
    if ids is None:
        return None
    event_ids = db.scalars(BETWEEN, {"first": ids[0], "last": ids[1]}).all()
    return event_ids[0] if len(event_ids) == 1 else None


# Who pays for what. Public: donors want to be seen.

OF_EVENT = (
    select(FundingSource.slug, FundingSource.name)
    .join(EventFunding, EventFunding.funding_source_id == FundingSource.id)
    .where(EventFunding.event_id == bindparam("event_id"))
    .order_by(FundingSource.slug)
)


@dataclass(frozen=True)
class Source:
    slug: str
    name: LocalizedText


def sources(db: Session) -> tuple[Source, ...]:
    return tuple(
        _source(row) for row in db.scalars(select(FundingSource).order_by(FundingSource.slug))
    )


def funding_source_ids(db: Session) -> dict[str, int]:
    """Returns the id of each source by its slug."""
    rows = db.execute(select(FundingSource.slug, FundingSource.id))
    return {row.slug: row.id for row in rows}


def sources_of_edition(db: Session, *, edition_id: int) -> tuple[Source, ...]:
    paying = select(EditionFunding.funding_source_id).where(EditionFunding.edition_id == edition_id)
    rows = db.scalars(
        select(FundingSource).where(FundingSource.id.in_(paying)).order_by(FundingSource.slug)
    )
    return tuple(_source(row) for row in rows)


def sources_of_event(db: Session, *, event_id: UUID) -> tuple[Source, ...]:
    return tuple(Source(slug, name) for slug, name in db.execute(OF_EVENT, {"event_id": event_id}))


def slugs_of(paying: Iterable[Source]) -> tuple[str, ...]:
    return tuple(one.slug for one in paying)


def _source(row: FundingSource) -> Source:
    return Source(row.slug, row.name)
