"""Annual plans with what is held under them, and the entries that a planning form offers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import WorkingGroup
from app.people.identity.policy import leads_the_region
from app.planning.arranging.rules.plans import YEAR_DIGITS, is_year
from app.planning.events.models import AnnualPlan, Event, PlanEntry
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EntryDraft, EventStatus


@dataclass(frozen=True)
class Under:
    """An event held under an entry, or by a Decision of its own, that the reader may see. `year`:
    when it takes place on its own clock; None while that is not known.
    """

    id: UUID
    title: LocalizedText
    status: EventStatus
    year: int | None


@dataclass(frozen=True)
class EntryLine:
    """`group` is None for the whole region; `events` those under it in the plan's year that are not
    cancelled and that the reader may see. `elsewhere`: the same without a date or in another year.
    """

    id: int
    title: LocalizedText
    group: LocalizedText | None
    quarter: int | None
    events_planned: int
    decision_ref: str
    events: tuple[Under, ...]
    elsewhere: tuple[Under, ...] = ()


@dataclass(frozen=True)
class PlanPage:
    """The plan of a year; `exists` is false until it has its first entry."""

    year: int
    exists: bool
    decision_ref: str
    approved_at: datetime | None
    entries: tuple[EntryLine, ...]
    extraordinary: tuple[Under, ...]

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None


@dataclass(frozen=True)
class EntryChoice:
    id: int
    year: int
    title: LocalizedText


def plan_of(db: Session, *, actor: Actor, year: int) -> PlanPage:
    """Refuses with NotFound a year that no plan can have."""
    if not is_year(year):
        raise NotFound
    plan = db.get(AnnualPlan, year)
    rows = db.execute(
        select(PlanEntry, WorkingGroup)
        .outerjoin(WorkingGroup, WorkingGroup.id == PlanEntry.working_group_id)
        .where(PlanEntry.year == year)
        .order_by(PlanEntry.quarter.is_(None), PlanEntry.quarter, PlanEntry.position, PlanEntry.id)
    )
    found = [(entry, group.name if entry.working_group_id else None) for entry, group in rows]
    held = _held_under(db, actor, [entry.id for entry, _group in found])
    entries = tuple(
        EntryLine(
            id=entry.id,
            title=entry.title,
            group=group,
            quarter=entry.quarter,
            events_planned=entry.events_planned,
            decision_ref=entry.decision_ref,
            events=tuple(one for one in held.get(entry.id, ()) if one.year == year),
            elsewhere=tuple(one for one in held.get(entry.id, ()) if one.year != year),
        )
        for entry, group in found
    )
    if plan is None:
        return PlanPage(
            year=year,
            exists=False,
            decision_ref="",
            approved_at=None,
            entries=entries,
            extraordinary=(),
        )
    return PlanPage(
        year=year,
        exists=True,
        decision_ref=plan.decision_ref,
        approved_at=plan.approved_at,
        entries=entries,
        extraordinary=_extraordinary(db, actor, year),
    )


def years_planned(db: Session) -> tuple[int, ...]:
    return tuple(db.scalars(select(AnnualPlan.year).order_by(AnnualPlan.year)))


def entry_draft(db: Session, *, year: int, entry_id: int) -> EntryDraft:
    """Returns what would be proposed to leave it as it is.

    Refuses with NotFound an entry of another year.
    """
    row = db.get(PlanEntry, entry_id)
    if row is None or row.year != year:
        raise NotFound
    return draft_of_entry(db, row)


def entries_of(db: Session, *, year: int) -> tuple[tuple[int, EntryDraft], ...]:
    """Returns what a year's plan lays down, entry by entry, as whoever approves it must have read
    it.
    """
    rows = db.execute(
        select(PlanEntry, WorkingGroup.slug)
        .outerjoin(WorkingGroup, WorkingGroup.id == PlanEntry.working_group_id)
        .where(PlanEntry.year == year)
        .order_by(PlanEntry.id)
    )
    return tuple((row.id, _draft(row, slug)) for row, slug in rows)


def draft_of_entry(db: Session, row: PlanEntry) -> EntryDraft:
    return _draft(
        row, db.scalar(select(WorkingGroup.slug).where(WorkingGroup.id == row.working_group_id))
    )


def _draft(row: PlanEntry, slug: str | None) -> EntryDraft:
    return EntryDraft(
        title=row.title,
        group=slug or "",
        quarter=row.quarter,
        events_planned=row.events_planned,
        decision_ref=row.decision_ref,
    )


def entries_offered(
    db: Session, *, actor: Actor, years: Collection[int], also: int | None
) -> tuple[EntryChoice, ...]:
    """Returns what an event of these years may be held under by the actor, and the entry `also`
    that stands already.
    """
    mine: ColumnElement[bool] = true()
    if not leads_the_region(actor):
        groups = select(WorkingGroup.id).where(WorkingGroup.slug.in_(actor.scopes(Role.CONVENOR)))
        mine = or_(PlanEntry.working_group_id.is_(None), PlanEntry.working_group_id.in_(groups))
    rows = db.scalars(
        select(PlanEntry)
        .where(or_(PlanEntry.year.in_(years) & mine, PlanEntry.id == also))
        .order_by(PlanEntry.year, PlanEntry.position, PlanEntry.id)
    )
    return tuple(EntryChoice(row.id, row.year, row.title) for row in rows)


def entry_shown(db: Session, *, entry_id: int | None) -> EntryChoice | None:
    row = db.get(PlanEntry, entry_id) if entry_id is not None else None
    return EntryChoice(row.id, row.year, row.title) if row else None


def _held_under(db: Session, actor: Actor, ids: Collection[int]) -> dict[int, tuple[Under, ...]]:
    rows = db.scalars(
        select(Event)
        .where(
            Event.plan_entry_id.in_(ids), Event.status != EventStatus.CANCELLED, visible_to(actor)
        )
        .order_by(Event.starts_at, Event.id)
    )
    found: dict[int, tuple[Under, ...]] = {}
    for row in rows:
        found[row.plan_entry_id or 0] = (*found.get(row.plan_entry_id or 0, ()), _under(row))
    return found


def _extraordinary(db: Session, actor: Actor, year: int) -> tuple[Under, ...]:
    """Returns what takes place that year by a Decision of its own; the wall time says the year."""
    rows = db.scalars(
        select(Event)
        .where(
            Event.plan_entry_id.is_(None),
            Event.decision_ref != "",
            Event.wall_starts.startswith(f"{year}-"),
        )
        .where(Event.status != EventStatus.CANCELLED, visible_to(actor))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(_under(row) for row in rows)


def _under(row: Event) -> Under:
    typed = (row.wall_starts or row.found_start)[:YEAR_DIGITS]
    year = int(typed) if typed.isascii() and typed.isdigit() else None
    return Under(id=row.id, title=row.title, status=EventStatus(row.status), year=year)
