"""Events as their readers may see them; a constant number of statements however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
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
    """Published and not confidential; drafts and confidential meetings only for who plans for all
    of their groups, confidential ones also for the people they need and for who is registered for
    them or asked to be.
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
        """As `visible_to`, for a statement that is built once: the parameters of `sight_of` go with
        each execution.
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
    """`groups` and `person_id` are values or bound parameters."""
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
    """Whether the person has a part in one of the event's sessions."""
    part = and_(SessionPerson.session_id == EventSession.id, SessionPerson.person_id == person_id)
    return exists().where(EventSession.event_id == Event.id, part)


def comes(person_id: Any) -> ColumnElement[bool]:
    """Whether the person is registered for the event, waits, or asked to be registered."""
    row = REGISTRATION.c
    return exists().where(
        row.event_id == Event.id, row.person_id == person_id, row.status.in_(SEES_EVENT)
    )


def sees(db: Session, *, actor: Actor, event_id: UUID) -> bool:
    return bool(db.scalar(select(exists().where(Event.id == event_id, visible_to(actor)))))


def event_of(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Refuses with NotFound what the actor may not see, as if it did not exist."""
    sight, params = sight_of(actor)
    found = details(
        db, _event_seen_with(sight), actor=actor, params={**params, "event_id": event_id}
    )
    if not found:
        raise NotFound
    return found[0]


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
    """Events with instants that touch [starts_at, ends_at), in order of time; and how many there
    are in all.
    """
    asked = select(Event).where(visible_to(actor), Event.starts_at.is_not(None))
    if starts_at is not None:
        asked = asked.where(Event.ends_at > starts_at)
    if ends_at is not None:
        asked = asked.where(Event.starts_at < ends_at)
    if group is not None:
        named = select(EventGroup.event_id).join(WorkingGroup).where(WorkingGroup.slug == group)
        asked = asked.where(Event.id.in_(named))
    total = db.scalar(select(func.count()).select_from(asked.subquery())) or 0
    page = asked.order_by(Event.starts_at, Event.id).limit(limit).offset(offset)
    return details(db, page, actor=actor), total


def missing_translations(db: Session, *, actor: Actor) -> tuple[EventDetail, ...]:
    """Events whose title lacks a language of the house, or whose summary has one and lacks
    another (R42); of those the actor may plan.
    """
    untranslated = select(Event).where(visible_to(actor), *_untranslated(languages()))
    found = details(db, untranslated.order_by(Event.starts_at, Event.id), actor=actor)
    return tuple(event for event in found if policy.may_see_drafts(actor, event.group_slugs))


def coming_untranslated(db: Session, *, actor: Actor, now: datetime) -> tuple[EventHead, ...]:
    """Returns those of `missing_translations` that are not over, the soonest first, by their heads
    only; two statements.
    """
    sight, params = sight_of(actor)
    rows = db.execute(_coming_untranslated(sight, languages()), {**params, "now": now}).all()
    groups = _groups(db, [row.id for row in rows]) if rows else {}
    slugs = {event_id: [group.slug for group in some] for event_id, some in groups.items()}
    return tuple(
        EventHead(*row) for row in rows if policy.may_see_drafts(actor, slugs.get(row.id, ()))
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
    actor may plan, the soonest first; three statements. Leaves out those that were over when they
    were published.

    They come without editions, countries and the actor's own parts: what is open for an event
    (`open_points`) does not depend on them.
    """
    sight, params = sight_of(actor)
    rows = db.scalars(_to_see_to(sight), {**params, "until": until}).all()
    ids = [event.id for event in rows]
    groups, people = _groups(db, ids), _people(db, ids)
    events = (
        _detail(event, actor, groups=groups.get(event.id, ()), people=people.get(event.id, ()))
        for event in rows
    )
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
    """The drafts that the actor may plan or judge, the soonest first, then those without a date."""
    asked = select(Event).where(visible_to(actor), Event.status == EventStatus.DRAFT)
    order = (Event.starts_at.is_(None), Event.starts_at, Event.id)
    found = details(db, asked.order_by(*order), actor=actor)
    return tuple(event for event in found if policy.may_see_drafts(actor, event.group_slugs))


def details(
    db: Session, asked: Select[Event], *, actor: Actor, params: Mapping[str, Any] | None = None
) -> tuple[EventDetail, ...]:
    """Six statements: the events, then groups, people, links, countries, and of all of them the
    actor's registrations and parts in sessions.
    """
    events = tuple(db.scalars(asked, params))
    ids = [event.id for event in events]
    groups = _groups(db, ids)
    people = _people(db, ids) if actor.signed_in or actor.is_system else {}
    links = _links(db, ids)
    registered, sits = _own_parts(db, ids, actor.person_id)
    countries = _countries(db, ids)
    return tuple(
        _detail(
            event,
            actor,
            groups=groups.get(event.id, ()),
            people=people.get(event.id, ()),
            links=links.get(event.id, ()),
            countries=countries.get(event.id, ()),
            is_registered=event.id in registered,
            own_url=registered.get(event.id, ""),
            sits=event.id in sits,
        )
        for event in events
    )


def _detail(
    event: Event,
    actor: Actor,
    *,
    groups: tuple[GroupSummary, ...],
    people: tuple[PersonSummary, ...],
    links: tuple[EditionSummary, ...] = (),
    countries: tuple[str, ...] = (),
    is_registered: bool = False,
    own_url: str = "",
    sits: bool = False,
) -> EventDetail:
    is_needed = sits or any(person.id == actor.person_id for person in people)
    may_join = (
        is_registered or is_needed or policy.may_plan_for(actor, [group.slug for group in groups])
    )
    plain: dict[str, Any] = {name: getattr(event, name) for name in SHOWN_WITHOUT_CHANGE}
    return EventDetail(
        **plain,
        kind=EventKind(event.kind),
        status=EventStatus(event.status),
        mode=Mode(event.mode),
        date_precision=DatePrecision(event.date_precision),
        join_url=event.join_url if may_join else "",
        groups=groups,
        people=people,
        links=links,
        countries=countries,
        is_registered=is_registered,
        may_join=may_join,
        own_url=own_url,
    )


IDS = bindparam("ids", type_=Uuid(), expanding=True)
READER = bindparam("person_id", type_=Person.id.type)
GROUPS = (
    select(
        EventGroup.event_id,
        WorkingGroup.slug,
        WorkingGroup.code,
        WorkingGroup.name,
        WorkingGroup.kind,
    )
    .join(WorkingGroup)
    .where(EventGroup.event_id.in_(IDS))
    .order_by(WorkingGroup.position, WorkingGroup.id)
)
PEOPLE = (
    select(EventPerson.event_id, EventPerson.role, EventPerson.seat, Person.id, Person.full_name)
    .add_columns(Person.country_code)
    .join(Person, Person.id == EventPerson.person_id)
    .where(EventPerson.event_id.in_(IDS))
    .order_by(Person.sort_key, Person.id)
)
LINKS = (
    select(EventLink.event_id, EventLink.role, Edition.slug, Edition.label)
    .join(Edition)
    .where(EventLink.event_id.in_(IDS))
    .order_by(Edition.id, EventLink.role)
)
COUNTRIES = (
    select(EventCountry.event_id, EventCountry.country_code)
    .where(EventCountry.event_id.in_(IDS))
    .order_by(EventCountry.country_code)
)
OWN_PARTS: CompoundSelect[UUID, str | None] = union_all(
    select(REGISTRATION.c.event_id, REGISTRATION.c.own_url).where(
        REGISTRATION.c.event_id.in_(IDS),
        REGISTRATION.c.person_id == READER,
        REGISTRATION.c.status == REGISTERED,
    ),
    select(EventSession.event_id, null())
    .join(SessionPerson, SessionPerson.session_id == EventSession.id)
    .where(EventSession.event_id.in_(IDS), SessionPerson.person_id == READER),
)
"""Where the reader is registered, with their own link to join; and without one, NULL, where they
have a part in a session.
"""


def _groups(db: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[GroupSummary, ...]]:
    rows = db.execute(GROUPS, {"ids": ids})
    return _by_event(
        (event_id, GroupSummary(slug, code, name, kind))
        for event_id, slug, code, name, kind in rows
    )


def _people(db: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[PersonSummary, ...]]:
    return _by_event((row.event_id, _person(row)) for row in db.execute(PEOPLE, {"ids": ids}))


def _person(row: Row[UUID, str, str, int, str, str | None]) -> PersonSummary:
    return PersonSummary(
        row.id, row.full_name, row.country_code or "", PersonRole(row.role), row.seat
    )


def _links(db: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[EditionSummary, ...]]:
    rows = db.execute(LINKS, {"ids": ids})
    return _by_event(
        (row.event_id, EditionSummary(row.slug, row.label, LinkRole(row.role))) for row in rows
    )


def _countries(db: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    return _by_event((row[0], row[1]) for row in db.execute(COUNTRIES, {"ids": ids}))


def _own_parts(
    db: Session, ids: Sequence[UUID], person_id: int | None
) -> tuple[dict[UUID, str], set[UUID]]:
    """Returns the events where the person is registered, with their own link to join, "" for none;
    and those in whose sessions they have a part.
    """
    if person_id is None:
        return {}, set()
    rows = db.execute(OWN_PARTS, {"ids": ids, "person_id": person_id}).all()
    registered = {event_id: own_url for event_id, own_url in rows if own_url is not None}
    return registered, {event_id for event_id, own_url in rows if own_url is None}


Part = TypeVar("Part")


def _by_event(rows: Iterable[tuple[UUID, Part]]) -> dict[UUID, tuple[Part, ...]]:
    found: dict[UUID, tuple[Part, ...]] = {}
    for event_id, part in rows:
        found[event_id] = (*found.get(event_id, ()), part)
    return found


# An event's brief, and what the form for it offers.

NOTHING = BriefShown(Brief())
BRIEF = (
    select(EventBrief, Institution.name)
    .outerjoin(Institution, Institution.id == EventBrief.institution_id)
    .where(EventBrief.event_id == bindparam("event_id"))
)


def brief_of(db: Session, *, event_id: UUID) -> BriefShown:
    """Whole, one statement; whether the event may be seen was asked before. An event without one
    has an empty brief.
    """
    found = db.execute(BRIEF, {"event_id": event_id}).one_or_none()
    if found is None:
        return NOTHING
    row: EventBrief = found[0]
    institution: LocalizedText | None = found[1]
    brief = Brief(**{field.name: _value(row, field) for field in fields(Brief)})
    return BriefShown(brief, institution or NO_TEXT)


def _value(row: EventBrief, field: Field[Any]) -> Any:
    """Returns the column of the field's name; several codes are stored as words of one text."""
    value = getattr(row, field.name)
    return tuple(value.split()) if isinstance(field.default, tuple) else value


def institutions(db: Session) -> tuple[tuple[int, str, LocalizedText], ...]:
    """Number, country and name, by country."""
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
    """None for an event that was planned by itself, which costs no statement."""
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


# From a short address to the event.

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
    """The only event with that short address. Drafts and confidential events have none; one that
    was published and is cancelled now keeps it, so that whoever got it reads so.
    """
    ids = ids_of(short)
    if ids is None:
        return None
    found = db.scalars(BETWEEN, {"first": ids[0], "last": ids[1]}).all()
    return found[0] if len(found) == 1 else None


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
