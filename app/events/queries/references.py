"""From the names in a draft to the rows they mean, and to the parties that its time occupies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.models import Person, WorkingGroup
from app.events.models import Edition, Event
from app.events.values import (
    EXCLUSIVE_KINDS,
    DatePrecision,
    EditionLink,
    EventDraft,
    EventKind,
    LinkRole,
    Mode,
    Participant,
    PersonRole,
)  # fmt: skip
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling.values import Party

UNKNOWN_GROUP = N_("There is no group called “%(value)s”.")
UNKNOWN_EDITION = N_("There is no edition called “%(value)s”.")
UNKNOWN_PERSON = N_("There is nobody with the number %(value)s in the directory.")
WORKING_GROUP = "working-group"


@dataclass(frozen=True)
class GroupReference:
    id: int
    slug: str
    kind: str
    name: LocalizedText


@dataclass(frozen=True)
class References:
    """What a draft names, found in the tables. `editions`: id by slug; `people`: full name by id."""

    groups: tuple[GroupReference, ...]
    editions: Mapping[str, int]
    people: Mapping[int, str]


def references_of(db: Session, draft: EventDraft) -> References:
    """Refuses with InvalidInput, field by field, what does not exist."""
    groups = groups_called(db, draft.groups)
    wanted_editions = {link.edition for link in draft.links}
    editions = {e.slug: e.id for e in db.scalars(select(Edition).where(Edition.slug.in_(wanted_editions)))}
    wanted_people = {participant.person_id for participant in draft.people}
    people = {p.id: p.full_name for p in db.scalars(select(Person).where(Person.id.in_(wanted_people)))}
    errors = {
        **_missing("working_groups", UNKNOWN_GROUP, set(draft.groups) - {group.slug for group in groups}),
        **_missing("links", UNKNOWN_EDITION, wanted_editions - set(editions)),
        **_missing("people", UNKNOWN_PERSON, wanted_people - set(people)),
    }
    if errors:
        raise InvalidInput(errors)
    return References(groups, editions, people)


def groups_called(db: Session, slugs: Iterable[str]) -> tuple[GroupReference, ...]:
    rows = db.scalars(select(WorkingGroup).where(WorkingGroup.slug.in_(set(slugs))).order_by(WorkingGroup.position))
    return tuple(GroupReference(row.id, row.slug, row.kind, row.name) for row in rows)


def parties_of(draft: EventDraft, known: References) -> tuple[Party, ...]:
    """A congress, and any meeting of an organ of governance, has the region's calendar to itself; the rest share it."""
    is_exclusive = draft.kind in EXCLUSIVE_KINDS or any(group.kind != WORKING_GROUP for group in known.groups)
    groups = [Party.working_group(group.slug, group.name) for group in known.groups if group.kind == WORKING_GROUP]
    people = [Party.person(person_id, name) for person_id, name in sorted(known.people.items())]
    return (*groups, *people, Party.region(exclusive=is_exclusive))


def draft_of(db: Session, event: Event) -> EventDraft:
    """The stored event as the draft that would leave it as it is; `event` comes with its parts loaded."""
    group_ids = [group.working_group_id for group in event.groups]
    edition_ids = [link.edition_id for link in event.links]
    groups = db.scalars(
        select(WorkingGroup.slug).where(WorkingGroup.id.in_(group_ids)).order_by(WorkingGroup.position, WorkingGroup.id)
    )
    slugs = {e.id: e.slug for e in db.scalars(select(Edition).where(Edition.id.in_(edition_ids)))}
    span = Timespan(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    people = (Participant(person.person_id, PersonRole(person.role), person.seat) for person in event.people)
    links = (EditionLink(slugs[link.edition_id], LinkRole(link.role)) for link in event.links)
    return EventDraft(
        kind=EventKind(event.kind), title=event.title, summary=event.summary, span=span, timezone=event.timezone,
        groups=tuple(groups), people=tuple(people), links=tuple(links), mode=Mode(event.mode),
        place=event.place, join_url=event.join_url, capacity=event.capacity, is_confidential=event.is_confidential,
        is_all_day=event.is_all_day, date_precision=DatePrecision(event.date_precision), found_start=event.found_start,
        found_end=event.found_end, source_url=event.source_url,
    ).settled()  # fmt: skip


def _missing(field: str, msgid: str, values: set[str] | set[int]) -> dict[str, Sentence]:
    return {field: Sentence(msgid, {"value": sorted(values, key=str)[0]})} if values else {}
