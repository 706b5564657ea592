"""Seats and who fills them: whom an event needs as delegates, and the events that a change of
delegates reaches.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.directory.queries import designations
from app.people.directory.values import Office, OfficeHolding
from app.planning.arranging.rules.seats import holder_on, is_delegate, parse, seat_text, written
from app.planning.events.models import Event, EventPerson
from app.planning.events.values import (
    EventDraft,
    EventStatus,
    Participant,
    PersonRole,
    holder_of,
)
from app.planning.scheduling.queries.calendar import findings
from app.planning.scheduling.rules.spec import Question
from app.planning.scheduling.values import Finding, OverrideAsked, Party, Rule


@dataclass(frozen=True)
class SeatChoice:
    """A seat that somebody holds on the day: whoever it is by the time of the event will be
    needed.
    """

    seat: str
    country: LocalizedText
    group: LocalizedText | None
    person_id: int
    name: str


@dataclass(frozen=True)
class Seats:
    """The seats of some groups and the focal points', with whoever held, holds or will hold them.
    `people`: full names by id.
    """

    countries: Mapping[str, LocalizedText]
    groups: Mapping[str, LocalizedText | None]
    holdings: tuple[OfficeHolding, ...]
    people: Mapping[int, str]

    def on(self, day: date) -> tuple[SeatChoice, ...]:
        """Returns the seats that somebody holds on the day."""
        offices = [Office(code, group) for group in self.groups for code in self.countries]
        held = {
            office: person
            for office in offices
            if (person := holder_on(office, day, self.holdings)) is not None
        }
        return tuple(
            SeatChoice(
                seat=seat_text(office),
                country=self.countries[office.country_code],
                group=self.groups[office.group],
                person_id=person_id,
                name=self.people[person_id],
            )
            for office, person_id in held.items()
        )


def seats_of(db: Session, *, groups: Collection[str]) -> Seats:
    """Reads the delegates to the chosen groups and the focal points of all countries. For whoever
    plans: names of the whole region, as in the search for people.
    """
    countries = {
        country.code: country.name for country in db.scalars(select(Country).order_by(Country.code))
    }
    named = db.scalars(
        select(WorkingGroup)
        .where(WorkingGroup.slug.in_(groups))
        .order_by(WorkingGroup.position, WorkingGroup.id)
    )
    names: dict[str, LocalizedText | None] = {"": None} | {
        group.slug: group.name for group in named
    }
    offices = [Office(code, group) for group in names for code in countries]
    holdings = designations.holdings_of(db, offices=offices)
    holders = {holding.person_id for holding in holdings}
    people = {p.id: p.full_name for p in db.scalars(select(Person).where(Person.id.in_(holders)))}
    return Seats(countries=countries, groups=names, holdings=holdings, people=people)


def seats_needed(db: Session, draft: EventDraft) -> Seats | None:
    """Reads the seats whose holders the draft needs by name; None when it needs none."""
    return (
        seats_of(db, groups=draft.groups)
        if draft.needs_delegates and draft.groups and draft.span
        else None
    )


def with_delegates(db: Session, draft: EventDraft) -> EventDraft:
    """Reads the seats and returns the draft `with_delegates_of` them."""
    return with_delegates_of(draft, seats_needed(db, draft))


def with_delegates_of(draft: EventDraft, seats: Seats | None) -> EventDraft:
    """Returns the draft with the delegates that it needs by name, of the countries it invites and
    on its day; or without them.

    Whoever is named in person already stays so. A draft that leaves it as it is comes back as it
    was.
    """
    if draft.needs_delegates is None or draft.span is None:
        return replace(draft, needs_delegates=None)
    others = tuple(person for person in draft.people if not is_delegate(person.seat))
    if seats is None:
        return replace(draft, people=others, needs_delegates=None)
    day = draft.span.starts_at.astimezone(ZoneInfo(draft.timezone)).date()
    held: dict[int, list[Office]] = {}
    for choice in seats.on(day):
        offices = [
            o
            for o in parse(choice.seat)
            if o.group and (not draft.countries or o.country_code in draft.countries)
        ]
        if offices:
            held.setdefault(choice.person_id, []).extend(offices)
    delegates = tuple(
        Participant(person, PersonRole.DELEGATE, written(its)) for person, its in held.items()
    )
    return replace(draft, people=(*others, *delegates), needs_delegates=None)


def coming_with(
    db: Session,
    *,
    now: datetime,
    seats: Collection[Office] = (),
    person_id: int | None = None,
    event_id: UUID | None = None,
) -> tuple[Event, ...]:
    """Returns events that are not over or cancelled and ask for one of the seats, or name the
    person; with all their people.

    With neither, whatever asks for any seat.
    """
    asks = [EventPerson.seat.contains(seat_text(seat), autoescape=True) for seat in seats]
    if person_id is not None:
        asks.append(EventPerson.person_id == person_id)
    named = select(EventPerson.event_id).where(or_(*asks) if asks else EventPerson.seat != "")
    wanted = (
        select(Event)
        .where(
            Event.id.in_(named),
            Event.ends_at > now,
            Event.status != EventStatus.CANCELLED,
        )
        .options(selectinload(Event.people))
    )
    if event_id is not None:
        wanted = wanted.where(Event.id == event_id)
    return tuple(db.scalars(wanted.order_by(Event.starts_at, Event.id)))


def findings_about(
    db: Session,
    *,
    event_id: UUID,
    arriving: int,
    now: datetime,
    overrides: Sequence[OverrideAsked] = (),
) -> tuple[Finding, ...]:
    """Returns what the rule book says of somebody who joins an event in another person's place.

    What is counted is asked once the event is published, as of any event; an override that was
    given for somebody else does not cover it. Not scoped by actor: whoever calls may plan the
    event.
    """
    event, newcomer = db.get(Event, event_id), db.get(Person, arriving)
    if event is None or newcomer is None or not event.starts_at or not event.ends_at:
        return ()
    permitted = frozenset((str(override.rule), override.against) for override in overrides)
    question = Question(
        span=Timespan(event.starts_at, event.ends_at),
        parties=(Party.person(newcomer.id, newcomer.full_name),),
        now=now,
        holder=holder_of(event.id),
        is_timely=False,
        permitted=permitted,
    )
    marked = []
    for finding in findings(db, question):
        if finding.rule != Rule.PERSON_LOAD:
            marked.append(finding)
        elif event.status == EventStatus.PUBLISHED:
            marked.append(
                replace(finding, is_overridden=(finding.rule, finding.against) in permitted)
            )
    return tuple(marked)
