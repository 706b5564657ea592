"""What the planning form offers and what a draft is checked against."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.infra.orm import not_over
from app.kernel import dated
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory import policy as directory_policy
from app.people.directory.models import Country, Membership, Person, WorkingGroup
from app.people.directory.queries import roster
from app.people.directory.queries.people import people_elsewhere
from app.people.directory.rules.people import sort_key
from app.people.identity.policy import leads_the_region
from app.planning.arranging.rules.cycle import CycleEvent, days_of_edition
from app.planning.events import policy
from app.planning.events.models import (
    Edition,
    Event,
    EventLink,
    EventSession,
    SessionPerson,
    WorkTable,
)
from app.planning.events.values import (
    EXCLUSIVE_KINDS,
    NO_TEXT,
    EventStatus,
    LinkRole,
    PersonRole,
    PersonSummary,
    SessionDetail,
    SessionKind,
    TableChoice,
)
from app.planning.holidays.models import CountryHoliday
from app.planning.scheduling.models import Resource
from app.planning.scheduling.values import Holiday, PartyKind

ANOTHER_MEETING = N_("another meeting")
MOST_PEOPLE_OFFERED, MOST_WORDS, FEWEST_LETTERS = 20, 6, 3
TILDE = "n~"
OBSERVED = (
    select(
        CountryHoliday.country_code,
        CountryHoliday.on,
        CountryHoliday.name,
        CountryHoliday.scope,
        CountryHoliday.is_binding,
    )
    .where(
        CountryHoliday.is_observed,
        CountryHoliday.on.between(bindparam("first"), bindparam("last")),
    )
    .order_by(CountryHoliday.on, CountryHoliday.country_code)
)
DELEGATES = (
    select(
        WorkingGroup.slug,
        Person.country_code,
        Membership.person_id,
        Membership.valid_from,
        Membership.valid_until,
    )
    .join(Membership, Membership.working_group_id == WorkingGroup.id)
    .join(Person, Person.id == Membership.person_id)
    .where(
        Membership.valid_from <= bindparam("last"),
        not_over(Membership, bindparam("first")),
        Person.country_code.is_not(None),
    )
)

GROUPS = select(WorkingGroup).order_by(WorkingGroup.position, WorkingGroup.id)
EDITIONS = select(Edition).order_by(Edition.id)
LICENCES = select(Resource).where(Resource.kind == PartyKind.LICENCE.value).order_by(Resource.id)
PEOPLE: Select[Person, Country | None] = (
    select(Person, Country)
    .outerjoin(Country, Country.code == Person.country_code)
    .where(Person.is_guest.is_(False), Person.merged_into_id.is_(None))
    .order_by(Person.sort_key, Person.id)
)
CHOSEN = PEOPLE.where(Person.id.in_(bindparam("people", expanding=True)))
MAIN_EVENTS = (
    select(Event)
    .where(
        Event.kind.in_(EXCLUSIVE_KINDS),
        Event.status != EventStatus.CANCELLED,
        Event.ends_at > bindparam("now"),
    )
    .order_by(Event.starts_at)
    .limit(30)
)
PUBLIC_MAIN_EVENTS = MAIN_EVENTS.where(Event.published_at.is_not(None), ~Event.is_confidential)


@dataclass(frozen=True)
class GroupChoice:
    """`look` is the class of its colour: "g1" for the first working group, "gg" for an organ."""

    slug: str
    name: LocalizedText
    code: str = ""
    look: str = "gg"


@dataclass(frozen=True)
class EditionChoice:
    slug: str
    label: str
    theme: LocalizedText


@dataclass(frozen=True)
class PersonChoice:
    id: int
    name: str
    country: LocalizedText


@dataclass(frozen=True)
class PeopleChoices:
    """Whom a planner may choose from. `found` are those that the search has brought; `note` says
    why it brought nobody of other countries.
    """

    people: tuple[PersonChoice, ...] = ()
    found: tuple[int, ...] = ()
    note: Sentence | None = None


def groups_for(db: Session, *, actor: Actor) -> tuple[GroupChoice, ...]:
    """Returns the groups the actor may plan for."""
    groups = db.scalars(GROUPS).all()
    working = [group.slug for group in groups if group.kind == "working-group"]
    own = None if leads_the_region(actor) else actor.scopes(Role.CONVENOR)
    return tuple(
        GroupChoice(
            slug=group.slug,
            name=group.name,
            code=group.code,
            look=f"g{working.index(group.slug) + 1}" if group.slug in working else "gg",
        )
        for group in groups
        if own is None or group.slug in own
    )


def editions(db: Session) -> tuple[EditionChoice, ...]:
    rows = db.scalars(EDITIONS)
    return tuple(EditionChoice(edition.slug, edition.label, edition.theme) for edition in rows)


def editions_to_come(db: Session, *, today: date) -> tuple[str, ...]:
    """Returns slugs of the editions whose congress is not over, the soonest first; those without a
    date last.
    """
    dated_slugs: list[tuple[str, str]] = []
    for edition in db.scalars(EDITIONS):
        last = edition.ends_on or edition.starts_on
        if not last or last >= today.isoformat()[: len(last)]:
            dated_slugs.append((edition.starts_on or "9999", edition.slug))
    return tuple(slug for _starts, slug in sorted(dated_slugs))


def people_choices(
    db: Session, *, actor: Actor, chosen: Collection[int], words: str, now: datetime
) -> PeopleChoices:
    """Returns the people chosen already, then at most twenty who fit the words.

    Whoever leads the region finds people by parts of their name (each word must occur in it, one
    with three letters); a convenor does so in their own country, and finds people of other
    countries by given name and surname or by the whole address. A country's name finds nobody: this
    is a way to name people one knows, no directory.
    """
    if not policy.may_plan(actor):
        return PeopleChoices()
    words = words[: roster.LONGEST_SEARCH]
    stands = [_choice(*row) for row in db.execute(CHOSEN, {"people": list(chosen)})]
    matches: list[PersonChoice] = []
    note = None
    sees_region = directory_policy.may_search_the_region(actor)
    if are_enough(words):
        matching = PEOPLE.where(Person.id.not_in(chosen), Person.withheld == "")
        if not sees_region:
            matching = matching.where(Person.country_code == actor.country)
        for word in words.split()[:MOST_WORDS]:
            matching = matching.where(_names(_searchable(word)))
        matches = [_choice(*row) for row in db.execute(matching.limit(MOST_PEOPLE_OFFERED))]
        if not sees_region:
            elsewhere = people_elsewhere(db, actor=actor, words=words, now=now)
            matches += [_choice(*row) for row in elsewhere.rows if row[0].id not in chosen]
            note = elsewhere.note
    return PeopleChoices((*stands, *matches), tuple(person.id for person in matches), note)


def _choice(person: Person, country: Country | None) -> PersonChoice:
    return PersonChoice(person.id, person.full_name, country.name if country else LocalizedText())


def are_enough(words: str) -> bool:
    return any(sum(map(str.isalpha, _searchable(word))) >= FEWEST_LETTERS for word in words.split())


def _searchable(word: str) -> str:
    """Returns a word without accents, capitals and tilde, so that "munoz" finds Muñoz."""
    return sort_key(word).replace(TILDE, "n")


def _names(word: str) -> ColumnElement[bool]:
    return func.replace(Person.sort_key, TILDE, "n").contains(word, autoescape=True)


def holidays_around(db: Session, *, span: Timespan, days: int = 0) -> tuple[Holiday, ...]:
    """Returns holidays kept on the local days of a span, `days` more on both sides (for free slots
    nearby).
    """
    first = span.starts_at.astimezone(ZoneInfo("Etc/GMT+12")).date() - timedelta(days=days)
    last = span.ends_at.astimezone(ZoneInfo("Etc/GMT-14")).date() + timedelta(days=days)
    return tuple(Holiday(*row) for row in db.execute(OBSERVED, {"first": first, "last": last}))


def cycle_of(
    db: Session, *, actor: Actor, editions: Collection[str], leaving_out: UUID | None = None
) -> tuple[CycleEvent, ...]:
    """Returns the events that are linked to the editions, and the dates of an edition itself when
    it has no congress yet.
    """
    if not editions:
        return ()
    rows = db.execute(
        select(Event, EventLink.role, Edition.slug, Edition.label)
        .join(EventLink, EventLink.event_id == Event.id)
        .join(Edition, Edition.id == EventLink.edition_id)
        .where(Edition.slug.in_(editions), Event.status != EventStatus.CANCELLED)
        .where(or_(Event.starts_at.is_not(None), EventLink.role == LinkRole.CONGRESS))
        .order_by(Event.starts_at)
    )
    events = []
    for event, role, slug, label in rows:
        if event.id != leaving_out:
            hidden = event.is_confidential and not leads_the_region(actor)
            title = Sentence(ANOTHER_MEETING) if hidden else event.title
            span = (
                Timespan(event.starts_at, event.ends_at)
                if event.starts_at and event.ends_at
                else None
            )
            events.append(
                CycleEvent(
                    event_id=event.id,
                    title=title,
                    edition=slug,
                    label=label,
                    role=LinkRole(role),
                    span=span,
                )
            )
    with_congress = {
        other.edition
        for other in events
        if other.role is LinkRole.CONGRESS and other.span is not None
    }
    dated = db.scalars(select(Edition).where(Edition.slug.in_(set(editions) - with_congress)))
    for edition in dated:
        days = days_of_edition(edition.starts_on, edition.ends_on)
        if days is not None:
            events.append(
                CycleEvent(
                    event_id=None,
                    title=edition.theme,
                    edition=edition.slug,
                    label=edition.label,
                    role=LinkRole.CONGRESS,
                    span=days,
                )
            )
    return tuple(events)


@dataclass(frozen=True)
class Delegates:
    """Who sits in which working group for which country, each from–until: (slug, country, person,
    from, until).
    """

    terms: tuple[tuple[str, str, int, date, date | None], ...]

    def on(self, day: date) -> dict[str, dict[str, frozenset[int]]]:
        """Returns those of a day: ids by country code by group."""
        by_group: dict[str, dict[str, frozenset[int]]] = {}
        for slug, code, person_id, valid_from, valid_until in self.terms:
            if dated.in_force(valid_from, valid_until, day):
                countries = by_group.setdefault(slug, {})
                countries[code] = countries.get(code, frozenset()) | {person_id}
        return by_group


NO_DELEGATES = Delegates(())


def delegates_within(db: Session, *, first: date, last: date) -> Delegates:
    """Reads who sits in the working groups on any of the days. Not scoped: it is only counted."""
    rows = db.execute(DELEGATES, {"first": first, "last": last})
    return Delegates(
        tuple((slug, code or "", person, since, until) for slug, code, person, since, until in rows)
    )


@dataclass(frozen=True)
class MainEvent:
    """A congress or governance meeting that may have side events."""

    id: UUID
    title: LocalizedText
    starts_at: datetime


def main_events(db: Session, *, actor: Actor, now: datetime) -> tuple[MainEvent, ...]:
    """Returns those still to come, or going on, that the actor may see."""
    rows = db.scalars(MAIN_EVENTS if leads_the_region(actor) else PUBLIC_MAIN_EVENTS, {"now": now})
    return tuple(MainEvent(row.id, row.title, row.starts_at) for row in rows if row.starts_at)


def licences(db: Session) -> tuple[tuple[str, LocalizedText], ...]:
    """Returns the meeting licences by key, with their names."""
    rows = db.scalars(LICENCES)
    return tuple((row.key, row.label) for row in rows)


# The agenda of an event as its reader may see it; a constant number of statements however long it
# is.

SESSIONS = (
    select(EventSession, WorkTable)
    .outerjoin(WorkTable, WorkTable.id == EventSession.work_table_id)
    .where(EventSession.event_id == bindparam("event_id"))
    .order_by(
        EventSession.starts_at,
        EventSession.ends_at,
        WorkTable.position,
        EventSession.room,
        EventSession.id,
    )
)
PEOPLE_OF_SESSIONS = (
    select(
        SessionPerson.session_id,
        SessionPerson.role,
        Person.id,
        Person.full_name,
        Person.country_code,
    )
    .join(Person, Person.id == SessionPerson.person_id)
    .join(EventSession, EventSession.id == SessionPerson.session_id)
    .where(EventSession.event_id == bindparam("event_id"))
    .order_by(Person.sort_key, Person.id)
)
TABLES = (
    select(WorkTable.id, Edition.label, WorkTable)
    .join(Edition, Edition.id == WorkTable.edition_id)
    .where(
        WorkTable.edition_id.in_(
            select(EventLink.edition_id).where(EventLink.event_id == bindparam("event_id"))
        )
    )
    .order_by(Edition.id, WorkTable.position, WorkTable.id)
)


def session_details(
    db: Session, *, event_id: UUID, with_people: bool = True
) -> tuple[SessionDetail, ...]:
    """Returns the sessions in order of time, then as the tables stand; two statements.

    Whether the actor may see the event was asked before.
    """
    rows: Sequence[tuple[EventSession, WorkTable | None]] = db.execute(
        SESSIONS, {"event_id": event_id}
    ).all()
    people = _people(db, event_id) if with_people else {}
    return tuple(
        SessionDetail(
            id=row.id,
            kind=SessionKind(row.kind),
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room=row.room,
            notes=row.notes,
            work_table_id=row.work_table_id,
            table=table.theme if table else NO_TEXT,
            people=people.get(row.id, ()),
        )
        for row, table in rows
    )


def _people(db: Session, event_id: UUID) -> dict[UUID, tuple[PersonSummary, ...]]:
    rows = db.execute(PEOPLE_OF_SESSIONS, {"event_id": event_id})
    by_session: dict[UUID, tuple[PersonSummary, ...]] = {}
    for session_id, role, person_id, name, country in rows:
        person = PersonSummary(
            id=person_id, name=name, country=country or "", role=PersonRole(role)
        )
        by_session[session_id] = (*by_session.get(session_id, ()), person)
    return by_session


def tables_of(db: Session, *, event_id: UUID) -> tuple[TableChoice, ...]:
    """Returns the work tables of the editions that the event belongs to."""
    rows = db.execute(TABLES, {"event_id": event_id})
    return tuple(TableChoice(number, label, table.theme) for number, label, table in rows)


def binding_holidays(db: Session, *, since: date) -> Sequence[Row[str, str, date]]:
    """Returns the country, its time zone and the day of each binding holiday from that day on."""
    query = (
        select(Country.code, Country.timezone, CountryHoliday.on)
        .join(Country, Country.code == CountryHoliday.country_code)
        .where(CountryHoliday.is_binding, CountryHoliday.is_observed, CountryHoliday.on >= since)
    )
    return db.execute(query).all()
