"""Who carries how much: events and roles by working group, country and person. As many statements
whatever is found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.identity.policy import leads_the_region
from app.planning.events import policy
from app.planning.events.models import Event, EventCountry, EventGroup, EventPerson
from app.planning.events.queries.events import Sight, sight_of, visible_to
from app.planning.events.values import EventKind, EventStatus, GenderMarker, PersonRole
from app.planning.programme.queries.programme import SINCE, UNTIL, ProgrammeEntry, entries_between

# Under names of their own, because visible_to() asks about these tables within the same statement.
held = aliased(EventPerson)
in_group, of_group = aliased(EventGroup), aliased(WorkingGroup)


@dataclass(frozen=True)
class CountryLoad:
    """A country with those of the events asked about that invite it."""

    code: str
    name: LocalizedText
    events: frozenset[UUID]


@dataclass(frozen=True)
class RoleAtEvent:
    event_id: UUID
    title: LocalizedText
    role: PersonRole


@dataclass(frozen=True)
class PersonLoad:
    name: str
    country: LocalizedText
    roles: tuple[RoleAtEvent, ...]


def events_that_count(
    db: Session, *, actor: Actor, starts_at: datetime, ends_at: datetime
) -> tuple[ProgrammeEntry, ...]:
    """Returns our own events that start in [starts_at, ends_at) and are to take place, as the actor
    may see them.
    """
    entries = entries_between(db, actor=actor, starts_at=starts_at, ends_at=ends_at)
    return tuple(
        entry
        for entry in entries
        if entry.starts_at
        and entry.starts_at >= starts_at
        and entry.kind is not EventKind.EXTERNAL
        and entry.status is not EventStatus.CANCELLED
    )


def invited_by(db: Session, *, events: Collection[UUID]) -> tuple[CountryLoad, ...]:
    """Returns every country in order of its code.

    An event that names no country invites all of them.
    """
    statement = select(EventCountry.event_id, EventCountry.country_code).where(
        EventCountry.event_id.in_(events)
    )
    named = [(event_id, code) for event_id, code in db.execute(statement)]
    for_all = set(events) - {event_id for event_id, _code in named}
    countries = db.scalars(select(Country).order_by(Country.code))
    return tuple(
        CountryLoad(
            country.code,
            country.name,
            frozenset(for_all | {event for event, code in named if code == country.code}),
        )
        for country in countries
    )


def people_in_roles(
    db: Session, *, actor: Actor, starts_at: datetime, ends_at: datetime
) -> tuple[PersonLoad, ...]:
    """Returns names with their roles in events that start in [starts_at, ends_at), the busiest
    first; for planners only. A convenor learns of the people of their own groups' events, with all
    the roles that the convenor may see.
    """
    if not policy.may_plan(actor):
        return ()
    statement: Select[int, str, Country | None, UUID, LocalizedText, str, bool] = (
        select(
            Person.id,
            Person.full_name,
            Country,
            Event.id,
            Event.title,
            held.role,
            _is_own(actor).label("is_own"),
        )
        .select_from(held)
        .join(Event, Event.id == held.event_id)
        .join(Person, Person.id == held.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(
            Event.starts_at >= starts_at,
            Event.starts_at < ends_at,
            Event.status != EventStatus.CANCELLED,
        )
        .where(visible_to(actor))
        .order_by(Person.sort_key, Person.id, Event.starts_at)
    )
    loads: dict[int, PersonLoad] = {}
    own = set()
    for person_id, name, country, event_id, title, role, is_own in db.execute(statement):
        role_held = RoleAtEvent(event_id, title, PersonRole(role))
        known = loads.get(person_id) or PersonLoad(
            name, country.name if country else LocalizedText(), ()
        )
        loads[person_id] = PersonLoad(known.name, known.country, (*known.roles, role_held))
        own |= {person_id} if is_own else set()
    shown = (person for person_id, person in loads.items() if person_id in own)
    return tuple(sorted(shown, key=lambda person: -len(person.roles)))


@dataclass(frozen=True)
class GenderShare:
    """How many of a group's events have each gender marker; None: nobody has said yet (R33)."""

    counts: Mapping[GenderMarker | None, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def mainstreamed(self) -> int:
        """Returns how many have gender equality as a part or as their aim."""
        return sum(
            number for one, number in self.counts.items() if one is not None and one.is_mainstreamed
        )

    @property
    def percent(self) -> int:
        return round(100 * self.mainstreamed / self.total) if self.total else 0

    @property
    def unsaid(self) -> int:
        return self.counts.get(None, 0)


def gender_shares(
    db: Session, *, actor: Actor, starts_at: datetime, ends_at: datetime
) -> dict[str, GenderShare]:
    """Returns by group the markers of the events that `events_that_count` in this time; groups
    without an event are left out.
    """
    sight, params = sight_of(actor)
    counts: dict[str, dict[GenderMarker | None, int]] = {}
    rows = db.execute(_markers(sight), {**params, "since": starts_at, "until": ends_at})
    for slug, marker, number in rows:
        counts.setdefault(slug, {})[None if marker is None else GenderMarker(marker)] = number
    return {slug: GenderShare(by_marker) for slug, by_marker in counts.items()}


@cache
def _markers(sight: Sight) -> Select[str, int | None, int]:
    return (
        select(of_group.slug, Event.gender_marker, func.count())
        .select_from(Event)
        .join(in_group, in_group.event_id == Event.id)
        .join(of_group, of_group.id == in_group.working_group_id)
        .where(
            Event.starts_at >= SINCE,
            Event.starts_at < UNTIL,
            Event.status != EventStatus.CANCELLED,
            Event.kind != EventKind.EXTERNAL,
            sight.condition(),
        )
        .group_by(of_group.slug, Event.gender_marker)
    )


def _is_own(actor: Actor) -> ColumnElement[bool]:
    if leads_the_region(actor):
        return true()
    groups = select(EventGroup.event_id).join(
        WorkingGroup, WorkingGroup.id == EventGroup.working_group_id
    )
    return Event.id.in_(groups.where(WorkingGroup.slug.in_(actor.scopes(Role.CONVENOR))))
