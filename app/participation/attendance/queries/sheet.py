"""The attendance list of an event: its people, sessions, changes, and who is at the door."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.infra import clock
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, LocalizedText
from app.participation.attendance import policy
from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.rules.matching import address
from app.participation.attendance.rules.readers.tables import Around
from app.participation.attendance.rules.recording import (
    AttendanceCounts,
    CountryCounts,
    has_small,
    in_public,
    minutes_in,
    union,
    within,
)
from app.participation.attendance.values import Known, Span
from app.participation.registrations.models import Registration
from app.participation.registrations.rules import NoDateYet
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Country, Person
from app.people.directory.queries import roster
from app.people.directory.queries.people import name_for
from app.people.directory.values import SharedFigures
from app.people.identity.models import Account
from app.planning.events.models import Attendance, Event, EventPerson, EventSession
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import counted, is_partly, is_present, length_of
from app.planning.events.rules.presence import Presence, most_minutes, presence, present
from app.planning.events.values import EventDetail

# How long the events of a series held so far were, and how long each person was in them.


@dataclass(frozen=True)
class SeriesLength:
    """Of the events that are over: their ids and their minutes in all."""

    event_ids: tuple[UUID, ...]
    minutes: int


def length_of_series(db: Session, event_id: UUID) -> SeriesLength | None:
    """Returns the length of the series that the event belongs to; None when it belongs to none, or
    none of it is over.
    """
    series = select(Event.series_id).where(Event.id == event_id).scalar_subquery()
    rows = db.execute(
        select(Event.id, Event.starts_at, Event.ends_at).where(
            Event.series_id == series, Event.status == "published", Event.ends_at <= clock.now()
        )
    ).all()
    lengths = [
        most_minutes(row.starts_at, row.ends_at) for row in rows if row.starts_at and row.ends_at
    ]
    return SeriesLength(tuple(row.id for row in rows), sum(lengths)) if rows else None


def spent_in_series(db: Session, series: SeriesLength, people: Collection[int]) -> dict[int, int]:
    rows = db.execute(
        select(Attendance.person_id, func.sum(Attendance.minutes))
        .where(Attendance.event_id.in_(series.event_ids), Attendance.person_id.in_(people))
        .group_by(Attendance.person_id)
    )
    return {person: int(minutes) for person, minutes in rows}


A_PAGE = 36


@dataclass(frozen=True)
class SheetRow:
    """`minutes` None: nobody wrote any down. `series_minutes`: over the events of its series held
    so far.
    """

    person_id: int
    name: str
    country: LocalizedText
    organisation: str
    is_registered: bool
    minutes: int | None
    source: str
    presence: Presence
    series_minutes: int


@dataclass(frozen=True)
class AttendanceSheet:
    """`counts` are of everybody the actor may see by name; `countries` of all that are not too
    small.
    """

    event: EventDetail
    most: int
    sees_all: bool
    may_keep: bool
    counts: AttendanceCounts
    countries: tuple[CountryCounts, ...]
    rows: tuple[SheetRow, ...]
    paging: Paging
    series: SeriesLength | None


def sheet_of(
    db: Session, *, actor: Actor, event_id: UUID, words: str = "", number: int = 1
) -> AttendanceSheet:
    """Returns one page of the list. With `words`, only people whose name or country has them.
    Refuses an actor who may see no names.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    seen = policy.countries_seen(actor, event.group_slugs)
    most = length_of(event.starts_at, event.ends_at)
    countries = _countries(db, event_id, most)
    own = [one for one in countries if seen is None or one.code in seen]
    not_shared = (
        frozenset[str]()
        if seen is None
        else roster.countries_keeping(
            roster.countries(db), actor=actor, figures=SharedFigures.TRAINED
        )
    )
    query = _people(actor, event_id, seen)
    if words.strip():
        query = query.where(
            or_(
                Person.sort_key.contains(words.strip().lower(), autoescape=True),
                Person.full_name.icontains(words.strip(), autoescape=True),
            )
        )
    paging = Paging(
        db.scalar(select(func.count()).select_from(query.subquery())) or 0, A_PAGE, number
    )
    series = length_of_series(db, event_id)
    rows = _rows(db, query.limit(A_PAGE).offset(paging.offset), most=most, series=series)
    return AttendanceSheet(
        event=event,
        most=most,
        sees_all=seen is None,
        may_keep=policy.may_keep_list(actor, event.group_slugs),
        counts=AttendanceCounts.sum(own),
        countries=in_public(countries, seen, not_shared),
        rows=rows,
        paging=paging,
        series=series,
    )


def whole_sheet(
    db: Session, *, actor: Actor, event_id: UUID
) -> tuple[EventDetail, int, tuple[SheetRow, ...]]:
    """Returns everybody whom the actor may see, by country and name, for export."""
    event = event_of(db, actor=actor, event_id=event_id)
    seen = policy.countries_seen(actor, event.group_slugs)
    most = length_of(event.starts_at, event.ends_at)
    query = (
        _people(actor, event_id, seen)
        .order_by(None)
        .order_by(Country.code, Person.sort_key, Person.id)
    )
    return event, most, _rows(db, query, most=most, series=None)


def _people(actor: Actor, event_id: UUID, seen: Collection[str] | None) -> Select:  # type: ignore[type-arg]  # many columns
    query = (
        select(
            Person.id,
            name_for(actor).label("full_name"),
            Country.name,
            Person.organisation,
            Registration.status,
            Attendance.minutes,
            Attendance.source,
        )
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(
            Registration,
            and_(Registration.person_id == Person.id, Registration.event_id == event_id),
        )
        .outerjoin(
            Attendance, and_(Attendance.person_id == Person.id, Attendance.event_id == event_id)
        )
        .where(_listed())
        .order_by(Person.sort_key, Person.id)
    )
    return query if seen is None else query.where(Person.country_code.in_(seen))


def _listed() -> ColumnElement[bool]:
    """Returns a condition that holds for people who are registered or were there."""
    return or_(Registration.status == "registered", Attendance.id.is_not(None))


def _rows(
    db: Session,
    query: Select,  # type: ignore[type-arg]
    most: int,
    series: SeriesLength | None,
) -> tuple[SheetRow, ...]:
    people = db.execute(query).all()
    spent = spent_in_series(db, series, [row.id for row in people]) if series else {}
    return tuple(
        SheetRow(
            person_id=row.id,
            name=row.full_name,
            country=_named(row.name),
            organisation=row.organisation,
            is_registered=row.status == "registered",
            minutes=row.minutes,
            source=row.source or "",
            presence=presence(row.minutes, most),
            series_minutes=spent.get(row.id, 0),
        )
        for row in people
    )


def _named(name: LocalizedText | None) -> LocalizedText:
    """Returns an empty text for a person without a country."""
    return name or LocalizedText()


def _countries(db: Session, event_id: UUID, most: int) -> list[CountryCounts]:
    rows = db.execute(
        select(
            Person.country_code,
            Country.name,
            func.count(Person.id),
            counted(Registration.status == "registered"),
            counted(is_present(most)),
            counted(is_partly(most)),
        )
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(
            Registration,
            and_(Registration.person_id == Person.id, Registration.event_id == event_id),
        )
        .outerjoin(
            Attendance, and_(Attendance.person_id == Person.id, Attendance.event_id == event_id)
        )
        .where(_listed())
        .group_by(Person.country_code, Country.name)
        .order_by(Person.country_code)
    )
    return [
        CountryCounts(
            code=code or "",
            name=_named(name),
            listed=listed,
            registered=registered,
            present=all_of_it,
            partly=partly,
        )
        for code, name, listed, registered, all_of_it, partly in rows
    ]


# The event that a report should be of, and the people who may have been there.

A_QUERY = 500
MAY_HAVE_COME = (
    RegistrationStatus.REGISTERED,
    RegistrationStatus.WAITING,
    RegistrationStatus.PENDING,
)


def kept_event(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Returns the event for those who keep its attendance list; refuses others."""
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_keep_list(actor, event.group_slugs)
    return event


def around_of(event: EventDetail, zone: str = "") -> Around:
    """Returns the hours around which times of a report are read. `zone`: whose hours the report
    writes, "" for the event's. Raises NoDateYet for an event that has no hours itself.
    """
    if event.starts_at is None or event.ends_at is None:
        raise NoDateYet
    return Around(event.starts_at, event.ends_at, ZoneInfo(zone or event.timezone))


def people_at(db: Session, emails: Collection[str]) -> tuple[Known, ...]:
    """Returns everybody in the directory who has one of these folded addresses, registered or not."""
    addresses: dict[int, set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    wanted = sorted(emails)
    for first in range(0, len(wanted), A_QUERY):
        part = wanted[first : first + A_QUERY]
        query = (
            select(Person.id, Person.full_name, Person.email, Account.email.label("account"))
            .outerjoin(Account, Account.person_id == Person.id)
            .where(or_(func.lower(Person.email).in_(part), func.lower(Account.email).in_(part)))
        )
        for row in db.execute(query):
            names[row.id] = row.full_name
            addresses[row.id] |= {
                address(email) for email in (row.email, row.account) if email
            } & set(part)
    return tuple(Known(who, names[who], frozenset(addresses[who])) for who in sorted(addresses))


def known_people(db: Session, *, event_id: UUID) -> tuple[Known, ...]:
    """Returns the people who are registered, waiting, on the event's own list or have minutes, each
    with all their addresses.
    """
    registered = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.status.in_(MAY_HAVE_COME)
    )
    ids = registered.union(
        select(EventPerson.person_id).where(EventPerson.event_id == event_id),
        select(Attendance.person_id).where(Attendance.event_id == event_id),
    ).subquery()
    rows = db.execute(
        select(Person.id, Person.full_name, Person.email, Account.email.label("account"))
        .join(ids, ids.c.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .order_by(Person.sort_key, Person.id)
    )
    return tuple(
        Known(
            row.id,
            row.full_name,
            frozenset(address(email) for email in (row.email, row.account) if email),
        )
        for row in rows
    )


# How many were in each session of an agenda, from the times that reports and the door know.


@dataclass(frozen=True)
class SessionRow:
    """`present` were there for 80 % of it, `some` for any of it."""

    title: LocalizedText
    starts_at: datetime
    ends_at: datetime
    present: int
    some: int


def minutes_by_session(db: Session, *, event_id: UUID) -> dict[UUID, dict[int, int]]:
    """Returns the minutes of each person in each session, for those who have any."""
    sessions = _sessions(db, event_id)
    people: dict[int, list[Span]] = defaultdict(list)
    for row in db.scalars(
        select(AttendanceInterval).where(AttendanceInterval.event_id == event_id)
    ):
        people[row.person_id].append(Span(row.starts_at, row.ends_at))
    merged = {person: union(spans) for person, spans in people.items()}
    by_session: dict[UUID, dict[int, int]] = {}
    for session in sessions:
        span = Span(session.starts_at, session.ends_at)
        minutes = {person: minutes_in(within(spans, span)) for person, spans in merged.items()}
        by_session[session.id] = {person: spent for person, spent in minutes.items() if spent}
    return by_session


def session_rows(db: Session, *, event_id: UUID, sees_all: bool) -> tuple[SessionRow, ...]:
    """Returns how many were in each session, in order; nothing when there is no agenda or no times
    are known. Who does not see all names gets no number so small that people might be recognised.
    """
    spent = minutes_by_session(db, event_id=event_id)
    if not any(spent.values()):
        return ()
    rows = (
        SessionRow(
            title=one.title,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            present=sum(present(minutes, _length(one)) for minutes in spent[one.id].values()),
            some=len(spent[one.id]),
        )
        for one in _sessions(db, event_id)
    )
    return tuple(
        row for row in rows if sees_all or not has_small(row.present, row.some - row.present)
    )


def _sessions(db: Session, event_id: UUID) -> list[EventSession]:
    query = select(EventSession).where(EventSession.event_id == event_id)
    return list(db.scalars(query.order_by(EventSession.starts_at, EventSession.id)))


def _length(session: EventSession) -> int:
    return minutes_in([Span(session.starts_at, session.ends_at)])


# The history of an event's minutes: what stood there, what stands there now, who changed it and
# why.

CHANGES_A_PAGE = 50


@dataclass(frozen=True)
class ChangeRow:
    name: str
    before: int | None
    after: int
    reason: str
    source: str
    at: datetime
    by: str


@dataclass(frozen=True)
class AttendanceHistory:
    event: EventDetail
    rows: tuple[ChangeRow, ...]
    paging: Paging


def history_of(db: Session, *, actor: Actor, event_id: UUID, number: int = 1) -> AttendanceHistory:
    """Returns the changes, the newest first; only for who keeps the list, because reasons may say
    more of somebody than a country should read.
    """
    event = kept_event(db, actor=actor, event_id=event_id)
    paging = Paging(number_of_changes(db, event_id=event_id), CHANGES_A_PAGE, number)
    changer = aliased(Person)
    rows = db.execute(
        select(AttendanceChange, Person.full_name, changer.full_name)
        .join(Person, Person.id == AttendanceChange.person_id)
        .outerjoin(Account, Account.id == AttendanceChange.by)
        .outerjoin(changer, changer.id == Account.person_id)
        .where(AttendanceChange.event_id == event_id)
        .order_by(AttendanceChange.at.desc(), AttendanceChange.id.desc())
        .limit(CHANGES_A_PAGE)
        .offset(paging.offset)
    )
    changes = tuple(
        ChangeRow(
            name=name,
            before=row.before,
            after=row.after,
            reason=row.reason,
            source=row.source,
            at=row.at,
            by=by or "",
        )
        for row, name, by in rows
    )
    return AttendanceHistory(event, changes, paging)


def number_of_changes(db: Session, *, event_id: UUID) -> int:
    return db.scalar(select(func.count()).where(AttendanceChange.event_id == event_id)) or 0


# The person behind a check-in code.

LONGEST_CODE = 64


class UnknownCode(Refusal):
    kind = Kind.MISSING
    rule = "check-in-code-unknown"
    msgid = N_("Nobody registered for this event has this code. Check the event and the code.")


@dataclass(frozen=True)
class Caller:
    """`came_at`: since when this person counts as here, or None."""

    person_id: int
    name: str
    country: LocalizedText
    organisation: str
    has_place: bool
    came_at: datetime | None


def code_of(typed: str) -> str:
    """Returns a code as it was given out: in capitals, without spaces and dashes; letters that look
    like digits become digits.
    """
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())[:LONGEST_CODE]
    return plain.translate(str.maketrans("OIL", "011"))


def caller_of(db: Session, *, actor: Actor, event_id: UUID, code: str) -> Caller:
    kept_event(db, actor=actor, event_id=event_id)
    inside = and_(
        AttendanceInterval.event_id == event_id,
        AttendanceInterval.person_id == Registration.person_id,
        AttendanceInterval.source == "check-in",
    )
    row = db.execute(
        select(
            Person.id,
            name_for(actor).label("full_name"),
            Country.name,
            Person.organisation,
            Registration.status,
            AttendanceInterval.starts_at,
        )
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(AttendanceInterval, inside)
        .where(Registration.event_id == event_id, Registration.check_in_code == code_of(code))
        .limit(1)
    ).one_or_none()
    if row is None:
        raise UnknownCode
    has_place = row.status == RegistrationStatus.REGISTERED
    return Caller(
        person_id=row.id,
        name=row.full_name,
        country=row.name or LocalizedText(),
        organisation=row.organisation,
        has_place=has_place,
        came_at=row.starts_at,
    )


def number_inside(db: Session, *, event_id: UUID) -> int:
    query = select(func.count()).where(
        AttendanceInterval.event_id == event_id, AttendanceInterval.source == "check-in"
    )
    return db.scalar(query) or 0


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns everything that attendance keeps of a person, for their own copy."""
    intervals = select(AttendanceInterval).where(AttendanceInterval.person_id == person_id)
    changes = select(AttendanceChange).where(AttendanceChange.person_id == person_id)
    named = select(AttendanceParticipant).where(AttendanceParticipant.person_id == person_id)
    return {
        "intervals": [
            {
                "event": str(row.event_id),
                "from": row.starts_at.isoformat(),
                "until": row.ends_at.isoformat(),
                "source": row.source,
            }
            for row in db.scalars(intervals.order_by(AttendanceInterval.starts_at))
        ],
        "corrections": [
            {
                "event": str(row.event_id),
                "before": row.before,
                "after": row.after,
                "reason": row.reason,
                "at": row.at.isoformat(),
            }
            for row in db.scalars(changes.order_by(AttendanceChange.at))
        ],
        "reports": [
            {
                "report": str(row.import_id),
                "name": row.name,
                "email": row.email,
                "minutes": row.minutes,
            }
            for row in db.scalars(named.order_by(AttendanceParticipant.id))
        ],
    }
