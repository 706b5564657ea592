"""The programme as its reader may see it: one statement for the groups, one for the events, however many."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from app.directory.models import WorkingGroup
from app.events.models import Event, EventGroup
from app.events.queries.events import visible_to
from app.events.values import DatePrecision, EventKind, EventStatus, GroupSummary
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText

PARTIAL = (DatePrecision.MONTH, DatePrecision.YEAR, DatePrecision.UNKNOWN)
Where = ColumnElement[bool]
e = Event.__table__.c
COLUMNS = (
    e.id, e.kind, e.status, e.title_es, e.title_en, e.starts_at, e.ends_at, e.timezone, e.is_all_day, e.date_precision,
    e.found_start, e.found_end, e.place,
)  # fmt: skip


@dataclass(frozen=True)
class ProgrammeEntry:
    """An event in a list. `is_reserved`: the reader learns when it is and nothing else. `groups` are slugs.

    Instants are None where only a month or a year is known; `found_start` then says which ("2021-09", "2024", "").
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


def all_groups(db: Session) -> tuple[GroupSummary, ...]:
    rows = db.scalars(select(WorkingGroup).order_by(WorkingGroup.position, WorkingGroup.id))
    return tuple(GroupSummary(group.slug, group.code, group.name, group.kind) for group in rows)


def programme(
    db: Session, *, actor: Actor, month: date, starts_at: datetime, ends_at: datetime, groups: Collection[str] = ()
) -> tuple[ProgrammeEntry, ...]:
    """Events that touch [starts_at, ends_at), and those of which only this month or its year is known."""
    dated = and_(Event.starts_at < ends_at, Event.ends_at > starts_at)
    asked = _chosen(actor, groups).where(or_(dated, _known_by_month(month)))
    return _with_groups(db, asked.order_by(Event.starts_at, Event.id))


def entries_between(db: Session, *, actor: Actor, starts_at: datetime, ends_at: datetime) -> tuple[ProgrammeEntry, ...]:
    """Every event with instants that touches [starts_at, ends_at), of whatever group."""
    asked = _chosen(actor, ()).where(Event.starts_at < ends_at, Event.ends_at > starts_at)
    return _with_groups(db, asked.order_by(Event.starts_at, Event.id))


def _known_by_month(month: date) -> Where:
    """Partial dates are text that sorts as the dates do; without an end they are one month or one year long."""
    ends = func.coalesce(func.nullif(Event.found_end, ""), Event.found_start)
    spans = (
        and_(Event.date_precision == precision, Event.found_start <= day, ends >= day)
        for precision, day in ((DatePrecision.MONTH, f"{month:%Y-%m}"), (DatePrecision.YEAR, f"{month:%Y}"))
    )
    return or_(*spans)


def agenda(
    db: Session, *, actor: Actor, now: datetime, past: bool, groups: Collection[str] = (), limit: int, offset: int
) -> tuple[tuple[ProgrammeEntry, ...], int]:
    """A page of what is still to end, the next first, or of what is over, the latest first; and how many in all."""
    asked = _chosen(actor, groups).where(Event.ends_at <= now if past else Event.ends_at > now)
    order = (Event.starts_at.desc(), Event.id) if past else (Event.starts_at, Event.id)
    page = asked.add_columns(func.count().over().label("total")).order_by(*order).limit(limit).offset(offset)
    rows = db.execute(page).all()
    found = _merge((_entry(row), None) for row in rows)
    return _add_groups(db, found), rows[0].total if rows else 0


def of_partial_dates(db: Session, *, actor: Actor, groups: Collection[str] = ()) -> tuple[ProgrammeEntry, ...]:
    """The latest first; the unknown at the end."""
    asked = _chosen(actor, groups).where(Event.date_precision.in_(PARTIAL))
    return _with_groups(db, asked.order_by(Event.found_start.desc(), Event.id))


def _chosen(actor: Actor, groups: Collection[str]) -> Select[Any]:
    """Who may not see a confidential meeting sees that there is one, so that the time is not planned twice."""
    seen = visible_to(actor)
    reserved = and_(Event.published_at.is_not(None), Event.is_confidential)
    was_public = or_(Event.status != EventStatus.CANCELLED, Event.published_at.is_not(None))
    return select(*COLUMNS, seen.label("is_seen")).where(or_(seen, reserved), was_public, _of_groups(groups))


def _of_groups(groups: Collection[str]) -> Where:
    if not groups:
        return true()
    chosen = select(EventGroup.event_id).join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
    return Event.id.in_(chosen.where(WorkingGroup.slug.in_(groups)))


def _with_groups(db: Session, asked: Select[Any]) -> tuple[ProgrammeEntry, ...]:
    """One row for each group of each event, in the order asked for."""
    joined = (
        asked.add_columns(WorkingGroup.slug)
        .outerjoin(EventGroup, EventGroup.event_id == Event.id)
        .outerjoin(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .order_by(WorkingGroup.position)
    )
    return tuple(_merge((_entry(row), row.slug) for row in db.execute(joined)).values())


def _add_groups(db: Session, entries: dict[UUID, ProgrammeEntry]) -> tuple[ProgrammeEntry, ...]:
    rows = db.execute(
        select(EventGroup.event_id, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(EventGroup.event_id.in_(entries))
        .order_by(WorkingGroup.position)
    )
    return tuple(_merge(((entries[row.event_id], row.slug) for row in rows), entries).values())


def _merge(
    rows: Iterable[tuple[ProgrammeEntry, str | None]], start: dict[UUID, ProgrammeEntry] | None = None
) -> dict[UUID, ProgrammeEntry]:
    found = dict(start or {})
    for entry, slug in rows:
        known = found.get(entry.id, entry)
        found[entry.id] = replace(known, groups=(*known.groups, slug)) if slug else known
    return found


def _entry(row: Row[Any]) -> ProgrammeEntry:
    return ProgrammeEntry(
        id=row.id,
        kind=EventKind(row.kind),
        status=EventStatus(row.status),
        title=LocalizedText(row.title_es, row.title_en) if row.is_seen else LocalizedText(""),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        is_all_day=row.is_all_day,
        date_precision=DatePrecision(row.date_precision),
        found_start=row.found_start,
        found_end=row.found_end,
        place=row.place if row.is_seen else "",
        is_reserved=not row.is_seen,
    )
