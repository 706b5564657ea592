"""From the names in a draft to the rows they mean, and to the parties that its time occupies."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Person, WorkingGroup
from app.planning.events.models import Edition, Event, EventGroup, EventSession, PlanEntry
from app.planning.events.values import (
    EXCLUSIVE_KINDS,
    DatePrecision,
    EditionLink,
    EventDraft,
    EventKind,
    EventStatus,
    GenderMarker,
    LinkRole,
    Mode,
    Participant,
    PersonRole,
)
from app.planning.holidays.queries import invited_countries
from app.planning.scheduling.models import Resource
from app.planning.scheduling.values import InvitedCountry, Party, PartyKind

UNKNOWN_GROUP = N_("There is no group called “%(value)s”.")
UNKNOWN_EDITION = N_("There is no edition called “%(value)s”.")
UNKNOWN_COUNTRY = N_("There is no country with the code “%(value)s” in the region.")
UNKNOWN_LICENCE = N_("There is no meeting licence called “%(value)s”.")
NOT_A_MAIN_EVENT = N_(
    "Choose a congress or a governance meeting that is planned: only these have side events."
)
UNKNOWN_ENTRY = N_("There is no entry with the number %(value)s in an annual plan.")
UNKNOWN_PERSON = N_("There is nobody with the number %(value)s in the directory.")
WORKING_GROUP = "working-group"
GROUPS = (
    select(WorkingGroup.id, WorkingGroup.slug, WorkingGroup.kind, WorkingGroup.name)
    .where(WorkingGroup.slug.in_(bindparam("slugs", expanding=True)))
    .order_by(WorkingGroup.position)
)
EDITIONS = select(Edition.slug, Edition.id).where(
    Edition.slug.in_(bindparam("slugs", expanding=True))
)
SLUGS_OF_GROUPS = (
    select(WorkingGroup.slug)
    .where(WorkingGroup.id.in_(bindparam("groups", expanding=True)))
    .order_by(WorkingGroup.position, WorkingGroup.id)
)
SLUGS_OF_EDITIONS = select(Edition.id, Edition.slug).where(
    Edition.id.in_(bindparam("editions", expanding=True))
)
PEOPLE = select(Person.id, Person.full_name).where(
    Person.id.in_(bindparam("people", expanding=True))
)


@dataclass(frozen=True)
class GroupReference:
    id: int
    slug: str
    kind: str
    name: LocalizedText


@dataclass(frozen=True)
class References:
    """What a draft names, found in the tables. `editions`: id by slug; `people`: full name by id;
    `countries`: those invited, which are all of the region when the draft names none.
    """

    groups: tuple[GroupReference, ...]
    editions: Mapping[str, int]
    people: Mapping[int, str]
    countries: tuple[InvitedCountry, ...] = ()
    licence: Party | None = None


def references_of(db: Session, draft: EventDraft) -> References:
    """Refuses with InvalidInput, field by field, what does not exist."""
    groups = groups_called(db, draft.groups)
    wanted_editions = {link.edition for link in draft.links}
    editions: dict[str, int] = {}
    if wanted_editions:
        rows = db.execute(EDITIONS, {"slugs": list(wanted_editions)})
        editions = {row.slug: row.id for row in rows}
    wanted_people = {participant.person_id for participant in draft.people}
    people: dict[int, str] = {}
    if wanted_people:
        named = db.execute(PEOPLE, {"people": list(wanted_people)})
        people = {row.id: row.full_name for row in named}
    countries = invited_countries(db)
    licence = licence_called(db, draft.licence) if draft.licence else None
    errors = {
        **_missing(
            "working_groups", UNKNOWN_GROUP, set(draft.groups) - {group.slug for group in groups}
        ),
        **_missing("links", UNKNOWN_EDITION, wanted_editions - set(editions)),
        **_missing("people", UNKNOWN_PERSON, wanted_people - set(people)),
        **_missing(
            "countries",
            UNKNOWN_COUNTRY,
            set(draft.countries) - {country.code for country in countries},
        ),
        **_missing(
            "licence",
            UNKNOWN_LICENCE,
            {draft.licence} if draft.licence and licence is None else set(),
        ),
        **_side_event_errors(db, draft),
        **_plan_entry_errors(db, draft),
    }
    if errors:
        raise InvalidInput(errors)
    invited = tuple(c for c in countries if not draft.countries or c.code in draft.countries)
    return References(
        groups=groups, editions=editions, people=people, countries=invited, licence=licence
    )


def groups_called(db: Session, slugs: Iterable[str]) -> tuple[GroupReference, ...]:
    rows = db.execute(GROUPS, {"slugs": list(set(slugs))})
    return tuple(GroupReference(*row) for row in rows)


def parties_of(draft: EventDraft, known: References) -> tuple[Party, ...]:
    """Returns who and what the draft's time occupies.

    A congress or a governance meeting has the region's calendar to itself, and then its organs need
    nothing more. In any other event an organ, such as the secretariat, is a party like any working
    group. An event that prepares or follows up a congress without a group is the congress's own,
    unless it is a part of one.
    """
    is_exclusive = draft.kind in EXCLUSIVE_KINDS
    is_congress = draft.links and not known.groups and draft.side_event_of is None
    congress = [Party.congress()] if is_congress and not is_exclusive else []
    groups = [
        Party.working_group(group.slug, group.name)
        for group in known.groups
        if group.kind == WORKING_GROUP or not is_exclusive
    ]
    people = [Party.person(person_id, name) for person_id, name in sorted(known.people.items())]
    countries = [Party.country(country.code, country.name) for country in known.countries]
    licence = [known.licence] if known.licence else []
    region = Party.region(exclusive=is_exclusive)
    return (*groups, *congress, *people, *countries, *licence, region)


def slugs_of_groups(db: Session, events: Collection[UUID], *, kind: str = "") -> frozenset[str]:
    """Returns the groups of these events, of one kind where it is given."""
    query = (
        select(WorkingGroup.slug)
        .join(EventGroup, EventGroup.working_group_id == WorkingGroup.id)
        .where(EventGroup.event_id.in_(events))
    )
    return frozenset(db.scalars(query.where(WorkingGroup.kind == kind) if kind else query))


def is_session_of(db: Session, session_id: UUID, event_id: UUID) -> bool:
    session = db.get(EventSession, session_id)
    return session is not None and session.event_id == event_id


def draft_titled(
    db: Session, title: LocalizedText, *, created_by: int, since: datetime
) -> UUID | None:
    """Returns a draft of this title that the account made after an instant."""
    query = select(Event.id).where(
        Event.title == title,
        Event.status == EventStatus.DRAFT.value,
        Event.created_by == created_by,
        Event.created_at > since,
    )
    return db.scalar(query.limit(1))


def draft_of(db: Session, event: Event) -> EventDraft:
    """Returns the stored event as the draft that would leave it as it is; `event` comes with its
    parts loaded.
    """
    group_ids = [group.working_group_id for group in event.groups]
    edition_ids = [link.edition_id for link in event.links]
    groups = db.scalars(SLUGS_OF_GROUPS, {"groups": group_ids}) if group_ids else ()
    slugs = {}
    if edition_ids:
        rows = db.execute(SLUGS_OF_EDITIONS, {"editions": edition_ids})
        slugs = {row.id: row.slug for row in rows}
    span = Timespan(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    people = (
        Participant(person.person_id, PersonRole(person.role), person.seat)
        for person in event.people
    )
    links = (EditionLink(slugs[link.edition_id], LinkRole(link.role)) for link in event.links)
    return EventDraft(
        kind=EventKind(event.kind),
        title=event.title,
        summary=event.summary,
        span=span,
        timezone=event.timezone,
        groups=tuple(groups),
        people=tuple(people),
        links=tuple(links),
        mode=Mode(event.mode),
        place=event.place,
        join_url=event.join_url,
        capacity=event.capacity,
        is_confidential=event.is_confidential,
        is_all_day=event.is_all_day,
        date_precision=DatePrecision(event.date_precision),
        found_start=event.found_start,
        found_end=event.found_end,
        source_url=event.source_url,
        licence=event.licence,
        plan_entry_id=event.plan_entry_id,
        decision_ref=event.decision_ref,
        gender_marker=None if event.gender_marker is None else GenderMarker(event.gender_marker),
        side_event_of=event.side_event_of,
        countries=tuple(country.country_code for country in event.countries),
    ).settled()


def licence_called(db: Session, key: str) -> Party | None:
    """Returns the meeting licence as a party, with how many meetings it carries at once."""
    row = db.scalar(
        select(Resource).where(Resource.kind == PartyKind.LICENCE.value, Resource.key == key)
    )
    return Party.licence(row.key, row.label, row.capacity) if row else None


def _side_event_errors(db: Session, draft: EventDraft) -> dict[str, Sentence]:
    if draft.side_event_of is None:
        return {}
    main = db.scalar(
        select(Event.kind).where(
            Event.id == draft.side_event_of, Event.status != EventStatus.CANCELLED
        )
    )
    if main not in EXCLUSIVE_KINDS or draft.kind in EXCLUSIVE_KINDS:
        return {"side_event_of": Sentence(NOT_A_MAIN_EVENT)}
    return {}


def _plan_entry_errors(db: Session, draft: EventDraft) -> dict[str, Sentence]:
    if draft.plan_entry_id is None or db.get(PlanEntry, draft.plan_entry_id) is not None:
        return {}
    return {"plan_entry_id": Sentence(UNKNOWN_ENTRY, {"value": draft.plan_entry_id})}


def _missing(field: str, msgid: str, values: set[str] | set[int]) -> dict[str, Sentence]:
    return {field: Sentence(msgid, {"value": sorted(values, key=str)[0]})} if values else {}
