"""The programme as its reader may see it: one statement for the groups, one for the events, however
many.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.infra.orm import UtcDateTime
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Country, WorkingGroup
from app.planning.events import policy
from app.planning.events.models import REGISTRATION, Event, EventGroup, EventLink, EventPerson
from app.planning.events.queries.events import Sight, sight_of, visible_to
from app.planning.events.queries.references import WORKING_GROUP
from app.planning.events.values import (
    EXCLUSIVE_KINDS,
    REGISTERED,
    DatePrecision,
    EventDetail,
    EventKind,
    EventStatus,
    GroupSummary,
)
from app.planning.holidays.models import CountryHoliday
from app.planning.scheduling.models import Engagement
from app.planning.scheduling.values import Nature

PARTIAL = (DatePrecision.MONTH, DatePrecision.YEAR, DatePrecision.UNKNOWN)
KINDS = {kind.value: kind for kind in EventKind}
STATUSES = {status.value: status for status in EventStatus}
PRECISIONS = {precision.value: precision for precision in DatePrecision}
NOTHING = LocalizedText()
Where = ColumnElement[bool]
e = Event.__table__.c
COLUMNS = (
    e.id,
    e.kind,
    e.status,
    e.title,
    e.starts_at,
    e.ends_at,
    e.timezone,
    e.is_all_day,
    e.date_precision,
    e.found_start,
    e.found_end,
    e.place,
    and_(
        e.side_event_of.is_(None),
        e.kind.not_in([kind.value for kind in EXCLUSIVE_KINDS]),
        exists().where(EventLink.event_id == e.id),
    ).label("has_edition"),
)

ALL_GROUPS = select(
    WorkingGroup.slug, WorkingGroup.code, WorkingGroup.name, WorkingGroup.kind
).order_by(WorkingGroup.position, WorkingGroup.id)
SLUGS = bindparam("groups", type_=WorkingGroup.slug.type, expanding=True)
MONTH, YEAR = bindparam("month", type_=String()), bindparam("year", type_=String())
SINCE, UNTIL = bindparam("since", type_=UtcDateTime()), bindparam("until", type_=UtcDateTime())
GROUPS_OF = (
    select(EventGroup.event_id, WorkingGroup.slug)
    .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
    .where(EventGroup.event_id.in_(bindparam("ids", type_=Uuid(), expanding=True)))
    .order_by(WorkingGroup.position)
)

TAKEN = (
    select(func.count())
    .select_from(REGISTRATION)
    .where(
        REGISTRATION.c.event_id == e.id,
        REGISTRATION.c.status == REGISTERED,
        e.capacity.is_not(None),
    )
    .scalar_subquery()
)
OWN = (
    select(REGISTRATION.c.status)
    .where(
        REGISTRATION.c.event_id == e.id,
        REGISTRATION.c.person_id == bindparam("reader", type_=REGISTRATION.c.person_id.type),
    )
    .scalar_subquery()
)
NEEDED = aliased(EventPerson)
SHARED = (
    select(func.count())
    .select_from(EventPerson)
    .join(NEEDED, NEEDED.person_id == EventPerson.person_id)
    .where(
        EventPerson.event_id == bindparam("first", type_=Uuid()),
        NEEDED.event_id == bindparam("second", type_=Uuid()),
    )
)


class ProgrammeEntry(NamedTuple):
    """An event in a list. `is_reserved`: the reader learns when it is and nothing else. `groups`
    are slugs. `has_edition`: it prepares or follows up a congress.

    Instants are None where only a month or a year is known; `found_start` then says which
    ("2021-09", "2024", ""). Of an agenda only: `capacity` (None without a limit), how many have a
    place, and the status of the reader's own registration, "" for none.
    """

    id: UUID
    kind: EventKind
    status: EventStatus
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    is_all_day: bool
    date_precision: DatePrecision
    found_start: str
    found_end: str
    place: str
    is_reserved: bool
    groups: tuple[str, ...] = ()
    has_edition: bool = False
    capacity: int | None = None
    taken: int = 0
    own: str = ""


def all_groups(db: Session) -> tuple[GroupSummary, ...]:
    return tuple(
        GroupSummary(slug, code, name, kind) for slug, code, name, kind in db.execute(ALL_GROUPS)
    )


def programme(
    db: Session,
    *,
    actor: Actor,
    month: date,
    starts_at: datetime,
    ends_at: datetime,
) -> tuple[ProgrammeEntry, ...]:
    """Returns events that touch [starts_at, ends_at), and those of which only this month or its
    year is known.
    """
    sight, params = sight_of(actor)
    rows = db.execute(
        _of_month(sight),
        {
            **params,
            "since": starts_at,
            "until": ends_at,
            "month": f"{month:%Y-%m}",
            "year": f"{month:%Y}",
        },
    )
    return _merged(rows)


@cache
def _of_month(sight: Sight) -> Select[Any]:
    dated = and_(Event.starts_at < UNTIL, Event.ends_at > SINCE)
    statement = _chosen(sight, is_of_groups=False).where(or_(dated, _known_by_month()))
    return _with_groups(statement.order_by(Event.starts_at, Event.id))


def entries_between(
    db: Session, *, actor: Actor, starts_at: datetime, ends_at: datetime
) -> tuple[ProgrammeEntry, ...]:
    """Returns every event with instants that touches [starts_at, ends_at), of whatever group."""
    sight, params = sight_of(actor)
    return _merged(db.execute(_between(sight), {**params, "since": starts_at, "until": ends_at}))


@cache
def _between(sight: Sight) -> Select[Any]:
    statement = _chosen(sight, is_of_groups=False).where(
        Event.starts_at < UNTIL, Event.ends_at > SINCE
    )
    return _with_groups(statement.order_by(Event.starts_at, Event.id))


def _known_by_month() -> Where:
    """Partial dates are text that sorts as the dates do; without an end they are one month or one
    year long.
    """
    ends = func.coalesce(func.nullif(Event.found_end, ""), Event.found_start)
    spans = (
        and_(Event.date_precision == precision, Event.found_start <= day, ends >= day)
        for precision, day in ((DatePrecision.MONTH, MONTH), (DatePrecision.YEAR, YEAR))
    )
    return or_(*spans)


def agenda(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    past: bool,
    groups: Collection[str] = (),
    limit: int,
    offset: int = 0,
) -> tuple[ProgrammeEntry, ...]:
    """Returns a page of what is still to end, the next first, or of what is over, the latest first."""
    sight, params = sight_of(actor)
    rows = db.execute(
        _page_of_agenda(sight, bool(groups), past),
        {
            **params,
            "groups": groups,
            "until": now,
            "most": limit,
            "skipped": offset,
            "reader": actor.person_id,
        },
    )
    return _merged(rows, _entry_with_places)


def number_of_events(
    db: Session, *, actor: Actor, now: datetime, past: bool, groups: Collection[str] = ()
) -> int:
    """Returns how many events the agenda has on all its pages."""
    sight, params = sight_of(actor)
    number = _number_of_agenda(sight, bool(groups), past)
    return db.scalar(number, {**params, "groups": groups, "until": now}) or 0


def _entry_with_places(row: Row[Any]) -> ProgrammeEntry:
    entry = _entry(row)
    if entry.is_reserved:
        return entry
    return entry._replace(capacity=row.capacity, taken=row.taken, own=row.own or "")


@cache
def _page_of_agenda(sight: Sight, is_of_groups: bool, is_past: bool) -> Select[Any]:
    page = (
        _of_agenda(sight, is_of_groups, is_past)
        .add_columns(e.capacity, TAKEN.label("taken"), OWN.label("own"))
        .order_by(Event.starts_at.desc() if is_past else Event.starts_at, Event.id)
        .limit(bindparam("most", type_=Integer()))
        .offset(bindparam("skipped", type_=Integer()))
        .subquery()
    )
    # The page is cut first: joined before, a group more would be an event less.
    return (
        select(page, WorkingGroup.slug)
        .outerjoin(EventGroup, EventGroup.event_id == page.c.id)
        .outerjoin(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .order_by(
            page.c.starts_at.desc() if is_past else page.c.starts_at,
            page.c.id,
            WorkingGroup.position,
        )
    )


@cache
def _number_of_agenda(sight: Sight, is_of_groups: bool, is_past: bool) -> Select[int]:
    listed = _of_agenda(sight, is_of_groups, is_past).with_only_columns(Event.id).subquery()
    return select(func.count()).select_from(listed)


def _of_agenda(sight: Sight, is_of_groups: bool, is_past: bool) -> Select[Any]:
    return _chosen(sight, is_of_groups).where(
        Event.ends_at <= UNTIL if is_past else Event.ends_at > UNTIL
    )


ORGANS = "organs"
"""The organs of governance together: they share one chip."""


def group_counts(db: Session, *, actor: Actor, now: datetime, past: bool) -> dict[str, int]:
    """Returns how many events of the agenda each group has, by slug; the organs together, each
    event once, by ORGANS.
    """
    sight, params = sight_of(actor)
    rows = db.execute(_counts(sight, past), {**params, "until": now})
    return {row.key: row.number for row in rows}


@cache
def _counts(sight: Sight, is_past: bool) -> Select[str, int]:
    listed = (
        _of_agenda(sight, is_of_groups=False, is_past=is_past)
        .with_only_columns(Event.id)
        .subquery()
    )
    key = case((WorkingGroup.kind == WORKING_GROUP, WorkingGroup.slug), else_=ORGANS)
    return (
        select(key.label("key"), func.count(EventGroup.event_id.distinct()).label("number"))
        .join(EventGroup, EventGroup.working_group_id == WorkingGroup.id)
        .join(listed, listed.c.id == EventGroup.event_id)
        .group_by(key)
    )


def shared_people(db: Session, *, first: UUID, second: UUID) -> int:
    """Returns how many people both events need. Not scoped by actor: nobody is named."""
    return db.scalar(SHARED, {"first": first, "second": second}) or 0


def of_partial_dates(
    db: Session, *, actor: Actor, groups: Collection[str] = ()
) -> tuple[ProgrammeEntry, ...]:
    """Returns the events that have no instants, the latest first; the unknown at the end."""
    sight, params = sight_of(actor)
    return _merged(db.execute(_partial(sight, bool(groups)), {**params, "groups": groups}))


@cache
def _partial(sight: Sight, is_of_groups: bool) -> Select[Any]:
    statement = _chosen(sight, is_of_groups).where(Event.date_precision.in_(PARTIAL))
    return _with_groups(statement.order_by(Event.found_start.desc(), Event.id))


def _chosen(sight: Sight, is_of_groups: bool) -> Select[Any]:
    """Returns the statement of the events that an actor may see. Who may not see a confidential
    meeting sees that there is one, so that the time is not planned twice.
    """
    seen = sight.condition()
    reserved = and_(Event.published_at.is_not(None), Event.is_confidential)
    was_public = or_(Event.status != EventStatus.CANCELLED, Event.published_at.is_not(None))
    statement = select(*COLUMNS, seen.label("is_seen")).where(or_(seen, reserved), was_public)
    return statement.where(_of_groups()) if is_of_groups else statement


def _of_groups() -> Where:
    chosen = select(EventGroup.event_id).join(
        WorkingGroup, WorkingGroup.id == EventGroup.working_group_id
    )
    return Event.id.in_(chosen.where(WorkingGroup.slug.in_(SLUGS)))


def _with_groups(statement: Select[Any]) -> Select[Any]:
    """Returns one row for each group of each event, in the order asked for."""
    return (
        statement.add_columns(WorkingGroup.slug)
        .outerjoin(EventGroup, EventGroup.event_id == Event.id)
        .outerjoin(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .order_by(WorkingGroup.position)
    )


def _merged(
    rows: Iterable[Row[Any]], entry_of: Callable[[Row[Any]], ProgrammeEntry] | None = None
) -> tuple[ProgrammeEntry, ...]:
    """Returns the entries of rows of which each names one group; an entry is made once."""
    entry_of = entry_of or _entry
    entries: dict[UUID, ProgrammeEntry] = {}
    groups: dict[UUID, list[str]] = {}
    for row in rows:
        if row.id not in entries:
            entries[row.id], groups[row.id] = entry_of(row), []
        if row.slug:
            groups[row.id].append(row.slug)
    return tuple(entry._replace(groups=tuple(groups[entry.id])) for entry in entries.values())


def _entry(row: Row[Any]) -> ProgrammeEntry:
    return ProgrammeEntry(
        id=row.id,
        kind=KINDS[row.kind],
        status=STATUSES[row.status],
        title=row.title if row.is_seen else NOTHING,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        is_all_day=row.is_all_day,
        date_precision=PRECISIONS[row.date_precision],
        found_start=row.found_start,
        found_end=row.found_end,
        place=row.place if row.is_seen else "",
        is_reserved=not row.is_seen,
        has_edition=row.has_edition,
    )


# What closes calendars besides events, and what other processes do meanwhile: one statement each.

OF_EVENTS = "event:"


@dataclass(frozen=True)
class BindingHoliday:
    """A day on which a country's calendar is closed."""

    on: date
    name: LocalizedText
    country: LocalizedText


@dataclass(frozen=True)
class Process:
    """A meeting of another process, read from its calendar. A confidential one has no title here."""

    title: LocalizedText
    span: Timespan
    timezone: str


def binding_holidays(db: Session, *, first: date, last: date) -> tuple[BindingHoliday, ...]:
    """Returns the binding holidays from `first` to `last`, both included."""
    holidays = (
        select(CountryHoliday, Country.name)
        .join(Country, Country.code == CountryHoliday.country_code)
        .where(
            CountryHoliday.on.between(first, last),
            CountryHoliday.is_binding,
            CountryHoliday.is_observed,
        )
        .order_by(CountryHoliday.on, Country.code)
    )
    return tuple(BindingHoliday(row.on, row.name, country) for row, country in db.execute(holidays))


def processes_between(
    db: Session, *, starts_at: datetime, ends_at: datetime
) -> tuple[Process, ...]:
    """Returns the soft engagements of other processes. Busy hours of people are private and left
    out; events of the kind "external" are in the programme already.
    """
    engagements = (
        select(Engagement)
        .where(Engagement.nature == Nature.EXTERNAL, Engagement.holder.not_like(f"{OF_EVENTS}%"))
        .where(Engagement.starts_at < ends_at, Engagement.ends_at > starts_at)
        .order_by(Engagement.starts_at, Engagement.id)
    )
    return tuple(
        Process(
            LocalizedText() if row.is_confidential else row.title,
            Timespan(row.starts_at, row.ends_at),
            row.timezone,
        )
        for row in db.scalars(engagements)
    )


NEAR = timedelta(days=45)
MOST_OFFERED = 40


@dataclass(frozen=True)
class Swappable:
    id: UUID
    title: LocalizedText
    starts_at: datetime


def swappable_events(
    db: Session, *, actor: Actor, event: EventDetail, now: datetime
) -> tuple[Swappable, ...]:
    """Returns coming events within 45 days of this one that the actor may move. Both
    are of whole days, or neither is.
    """
    if event.starts_at is None:
        return ()
    events = (
        select(Event.id, Event.title, Event.starts_at, Event.kind, WorkingGroup.slug)
        .outerjoin(EventGroup, EventGroup.event_id == Event.id)
        .outerjoin(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(
            visible_to(actor),
            Event.status != EventStatus.CANCELLED,
            Event.is_all_day == event.is_all_day,
        )
        .where(
            Event.starts_at > max(now, event.starts_at - NEAR),
            Event.starts_at < event.starts_at + NEAR,
        )
        .where(Event.id != event.id)
        .order_by(Event.starts_at, Event.id)
    )
    groups: dict[UUID, set[str]] = {}
    swappable: dict[UUID, tuple[Swappable, EventKind]] = {}
    for event_id, title, starts_at, kind, slug in db.execute(events):
        assert starts_at is not None  # noqa: S101 - asked for
        groups.setdefault(event_id, set()).update({slug} if slug else ())
        swappable[event_id] = (Swappable(event_id, title, starts_at), EventKind(kind))
    own = [
        one for one, kind in swappable.values() if policy.may_plan_for(actor, groups[one.id], kind)
    ]
    return tuple(own[:MOST_OFFERED])


PUBLIC = (
    select(
        e.id,
        e.title,
        e.starts_at,
        e.ends_at,
        e.timezone,
        e.is_all_day,
        e.place,
        func.count().over().label("total"),
    )
    .where(
        e.status == EventStatus.PUBLISHED,
        e.published_at.is_not(None),
        not_(e.is_confidential),
        e.starts_at.is_not(None),
        e.ends_at > bindparam("now", type_=UtcDateTime()),
    )
    .order_by(e.starts_at, e.id)
    .limit(bindparam("most", type_=Integer()))
    .offset(bindparam("skipped", type_=Integer()))
)
OF_GROUPS = exists().where(
    EventGroup.event_id == e.id,
    EventGroup.working_group_id == WorkingGroup.id,
    WorkingGroup.slug.in_(bindparam("groups", expanding=True)),
)
PUBLIC_OF_GROUPS = PUBLIC.where(OF_GROUPS)
PUBLIC_GROUPS_OF = (
    select(EventGroup.event_id, WorkingGroup.code, WorkingGroup.name)
    .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
    .where(EventGroup.event_id.in_(bindparam("ids", type_=Uuid(), expanding=True)))
    .order_by(WorkingGroup.position)
)


class PublicEvent(NamedTuple):
    """`groups` are the letters and the name of each."""

    id: UUID
    title: LocalizedText
    starts_at: datetime
    ends_at: datetime
    timezone: str
    is_all_day: bool
    place: str
    groups: tuple[tuple[str, LocalizedText], ...]


def public_events(
    db: Session, *, now: datetime, groups: Collection[str], limit: int, offset: int
) -> tuple[list[PublicEvent], int]:
    """Returns a page of what is public and still to come, the next first, and how many there are in
    all; two statements. Not scoped by actor: nothing is here that an anonymous reader could not
    open.
    """
    statement = PUBLIC_OF_GROUPS if groups else PUBLIC
    params = {"now": now, "most": limit, "skipped": offset}
    rows = db.execute(statement, {**params, "groups": list(groups)} if groups else params).all()
    of: dict[UUID, list[tuple[str, LocalizedText]]] = {row.id: [] for row in rows}
    for event_id, code, name in db.execute(PUBLIC_GROUPS_OF, {"ids": list(of)}) if of else ():
        of[event_id].append((code, name))
    events = [
        PublicEvent(
            id=row.id,
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            timezone=row.timezone,
            is_all_day=row.is_all_day,
            place=row.place,
            groups=tuple(of[row.id]),
        )
        for row in rows
    ]
    return events, rows[0].total if rows else 0
