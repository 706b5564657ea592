"""Events as their readers may see them; a constant number of statements however many there are."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import Session

from app.directory.models import Person, WorkingGroup
from app.events import policy
from app.events.models import (
    Edition,
    Event,
    EventCountry,
    EventGroup,
    EventLink,
    EventPerson,
    EventSession,
    Registration,
    SessionPerson,
)
from app.events.values import (
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
)  # fmt: skip
from app.events.values.places import STANDING
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound

SHOWN_WITHOUT_CHANGE = (
    "id", "title", "summary", "starts_at", "ends_at", "timezone", "is_all_day", "found_start", "found_end", "place",
    "capacity", "sequence", "is_confidential", "published_at", "changed_at", "cancelled_at", "source_url",
    "licence", "side_event_of", "asked_at", "approved_at", "closed_at", "plan_entry_id", "decision_ref",
)  # fmt: skip


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Published and not confidential; drafts and confidential meetings only for who plans for all of their groups,
    confidential ones also for the people they need and for who is registered for them or asked to be."""
    if policy.leads_the_region(actor):
        return true()
    seen: list[ColumnElement[bool]] = [and_(Event.published_at.is_not(None), not_(Event.is_confidential))]
    mine = actor.scopes(Role.CONVENOR)
    if mine:
        groups = select(EventGroup).join(WorkingGroup).where(EventGroup.event_id == Event.id)
        foreign = groups.where(WorkingGroup.slug.not_in(mine))
        seen.append(and_(exists(groups.with_only_columns(EventGroup.event_id)),
                         not_(exists(foreign.with_only_columns(EventGroup.event_id)))))  # fmt: skip
    if actor.person_id is not None:
        needed = exists().where(EventPerson.event_id == Event.id, EventPerson.person_id == actor.person_id)
        has_part = or_(needed, sits_in(actor.person_id), comes(actor.person_id))
        seen.append(and_(Event.published_at.is_not(None), has_part))
    return or_(*seen)


def sits_in(person_id: int) -> ColumnElement[bool]:
    """Whether the person has a part in one of the event's sessions."""
    part = and_(SessionPerson.session_id == EventSession.id, SessionPerson.person_id == person_id)
    return exists().where(EventSession.event_id == Event.id, part)


def comes(person_id: int) -> ColumnElement[bool]:
    """Whether the person has a place at the event, a turn in line or a request."""
    standing = Registration.status.in_([status.value for status in STANDING])
    return exists().where(Registration.event_id == Event.id, Registration.person_id == person_id, standing)


def sees(db: Session, *, actor: Actor, event_id: UUID) -> bool:
    return bool(db.scalar(select(exists().where(Event.id == event_id, visible_to(actor)))))


def event_of(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Refuses with NotFound what the actor may not see, as if it did not exist."""
    found = details(db, select(Event).where(Event.id == event_id, visible_to(actor)), actor=actor)
    if not found:
        raise NotFound
    return found[0]


def events_between(
    db: Session, *, actor: Actor, starts_at: datetime | None = None, ends_at: datetime | None = None,
    group: str | None = None, limit: int = 100, offset: int = 0,
) -> tuple[tuple[EventDetail, ...], int]:  # fmt: skip
    """Events with instants that touch [starts_at, ends_at), in order of time; and how many there are in all."""
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
    """Events whose title stands in one language only, or whose summary does (R42); of those the actor may plan."""
    lacking = or_(
        Event.title_es == "", Event.title_en == "",  # type: ignore[attr-defined]  # columns under the composites
        and_(Event.summary_es == "", Event.summary_en != ""),  # type: ignore[attr-defined]
        and_(Event.summary_en == "", Event.summary_es != ""),  # type: ignore[attr-defined]
    )  # fmt: skip
    asked = select(Event).where(visible_to(actor), lacking, Event.status != EventStatus.CANCELLED)
    found = details(db, asked.order_by(Event.starts_at, Event.id), actor=actor)
    return tuple(event for event in found if policy.may_see_drafts(actor, event.group_slugs))


def details(db: Session, asked: Select[Event], *, actor: Actor) -> tuple[EventDetail, ...]:
    """Seven statements: the events, then groups, people, links, countries, and of all of them the actor's registrations
    and parts in sessions."""
    events = tuple(db.scalars(asked))
    ids = [event.id for event in events]
    groups = _groups(db, ids)
    people = _people(db, ids) if actor.signed_in or actor.is_system else {}
    links = _links(db, ids)
    registered = _registered(db, ids, actor.person_id)
    sits = _sits_in(db, ids, actor.person_id)
    countries = _countries(db, ids)
    return tuple(
        _detail(event, actor, groups=groups.get(event.id, ()), people=people.get(event.id, ()),
                links=links.get(event.id, ()), countries=countries.get(event.id, ()),
                is_registered=event.id in registered, sits=event.id in sits)
        for event in events
    )  # fmt: skip


def _detail(
    event: Event, actor: Actor, *, groups: tuple[GroupSummary, ...], people: tuple[PersonSummary, ...],
    links: tuple[EditionSummary, ...], countries: tuple[str, ...], is_registered: bool, sits: bool,
) -> EventDetail:  # fmt: skip
    is_needed = sits or any(person.id == actor.person_id for person in people)
    may_join = is_registered or is_needed or policy.may_plan_for(actor, [group.slug for group in groups])
    plain: dict[str, Any] = {name: getattr(event, name) for name in SHOWN_WITHOUT_CHANGE}
    return EventDetail(
        **plain, kind=EventKind(event.kind), status=EventStatus(event.status), mode=Mode(event.mode),
        date_precision=DatePrecision(event.date_precision), join_url=event.join_url if may_join else "",
        groups=groups, people=people, links=links, countries=countries, is_registered=is_registered,
        may_join=may_join,
    )  # fmt: skip


def _groups(db: Session, ids: Collection[UUID]) -> dict[UUID, tuple[GroupSummary, ...]]:
    rows = db.execute(
        select(EventGroup.event_id, WorkingGroup)
        .join(WorkingGroup)
        .where(EventGroup.event_id.in_(ids))
        .order_by(WorkingGroup.position, WorkingGroup.id)
    )
    return _by_event((event_id, GroupSummary(g.slug, g.code, g.name, g.kind)) for event_id, g in rows)


def _people(db: Session, ids: Collection[UUID]) -> dict[UUID, tuple[PersonSummary, ...]]:
    rows = db.execute(
        select(EventPerson.event_id, EventPerson.role, EventPerson.seat, Person.id, Person.full_name)
        .add_columns(Person.country_code)
        .join(Person, Person.id == EventPerson.person_id)
        .where(EventPerson.event_id.in_(ids))
        .order_by(Person.sort_key, Person.id)
    )
    return _by_event((row.event_id, _person(row)) for row in rows)


def _person(row: Row[UUID, str, str, int, str, str | None]) -> PersonSummary:
    return PersonSummary(row.id, row.full_name, row.country_code or "", PersonRole(row.role), row.seat)


def _links(db: Session, ids: Collection[UUID]) -> dict[UUID, tuple[EditionSummary, ...]]:
    rows = db.execute(
        select(EventLink.event_id, EventLink.role, Edition.slug, Edition.label)
        .join(Edition)
        .where(EventLink.event_id.in_(ids))
        .order_by(Edition.id, EventLink.role)
    )
    return _by_event((row.event_id, EditionSummary(row.slug, row.label, LinkRole(row.role))) for row in rows)


def _countries(db: Session, ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    named = select(EventCountry.event_id, EventCountry.country_code).where(EventCountry.event_id.in_(ids))
    return _by_event((row[0], row[1]) for row in db.execute(named.order_by(EventCountry.country_code)))


def _sits_in(db: Session, ids: Collection[UUID], person_id: int | None) -> frozenset[UUID]:
    if person_id is None:
        return frozenset()
    part = select(EventSession.event_id).join(SessionPerson, SessionPerson.session_id == EventSession.id)
    return frozenset(db.scalars(part.where(EventSession.event_id.in_(ids), SessionPerson.person_id == person_id)))


def _registered(db: Session, ids: Collection[UUID], person_id: int | None) -> frozenset[UUID]:
    if person_id is None:
        return frozenset()
    rows = db.scalars(
        select(Registration.event_id).where(
            Registration.event_id.in_(ids), Registration.person_id == person_id, Registration.status == "registered"
        )
    )
    return frozenset(rows)


Part = TypeVar("Part")


def _by_event(rows: Iterable[tuple[UUID, Part]]) -> dict[UUID, tuple[Part, ...]]:
    found: dict[UUID, tuple[Part, ...]] = {}
    for event_id, part in rows:
        found[event_id] = (*found.get(event_id, ()), part)
    return found
