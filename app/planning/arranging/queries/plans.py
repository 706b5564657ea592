"""Annual plans with what is held under them, and what publishing an event is checked against."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import WorkingGroup
from app.people.identity.policy import leads_the_region
from app.planning.arranging.rules.cycle import Cycle, lacks_of_congress
from app.planning.arranging.rules.plans import (
    YEAR_DIGITS,
    Lack,
    PlannedEntry,
    is_year,
    lack_of_date,
    lack_of_entry,
    lack_of_plan,
    year_of,
)
from app.planning.events import policy
from app.planning.events.models import (
    AnnualPlan,
    Edition,
    Event,
    EventLink,
    EventSession,
    PlanEntry,
)
from app.planning.events.queries.events import visible_to
from app.planning.events.values import (
    EntryDraft,
    EventDraft,
    EventKind,
    EventStatus,
    LinkRole,
    SessionKind,
)


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
    named_entries = [
        (entry, group.name if entry.working_group_id else None) for entry, group in rows
    ]
    held = _held_under(db, actor, [entry.id for entry, _group in named_entries])
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
        for entry, group in named_entries
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
    may_use: ColumnElement[bool] = true()
    if not leads_the_region(actor):
        groups = select(WorkingGroup.id).where(WorkingGroup.slug.in_(actor.scopes(Role.CONVENOR)))
        may_use = or_(PlanEntry.working_group_id.is_(None), PlanEntry.working_group_id.in_(groups))
    rows = db.scalars(
        select(PlanEntry)
        .where(or_(PlanEntry.year.in_(years) & may_use, PlanEntry.id == also))
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
    by_entry: dict[int, tuple[Under, ...]] = {}
    for row in rows:
        by_entry[row.plan_entry_id or 0] = (*by_entry.get(row.plan_entry_id or 0, ()), _under(row))
    return by_entry


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


# What publishing an event is checked against: the cycles of its editions, its agenda, the annual
# plan of its year.

APPROVED = select(AnnualPlan.approved_at).where(AnnualPlan.year == bindparam("plan_year"))


def cycles_called(db: Session, slugs: Collection[str]) -> tuple[Cycle, ...]:
    """Returns the editions with the ends of their published preparatory events.

    Not scoped: only instants come of it.
    """
    editions = db.execute(
        select(Edition.slug, Edition.label).where(Edition.slug.in_(slugs)).order_by(Edition.id)
    ).all()
    rows = db.execute(
        select(Edition.slug, Event.ends_at)
        .join(EventLink, EventLink.edition_id == Edition.id)
        .join(Event, Event.id == EventLink.event_id)
        .where(
            Edition.slug.in_(slugs),
            EventLink.role == LinkRole.PREPARATORY,
            Event.ends_at.is_not(None),
        )
        .where(Event.status == EventStatus.PUBLISHED)
    ).all()
    return tuple(
        Cycle(slug, label, tuple(end for of, end in rows if of == slug and end))
        for slug, label in editions
    )


def has_guidelines_review(db: Session, event_id: UUID) -> bool:
    statement = (
        select(func.count()).select_from(EventSession).where(EventSession.event_id == event_id)
    )
    return bool(db.scalar(statement.where(EventSession.kind == SessionKind.GUIDELINES_REVIEW)))


def has_sessions(db: Session, event_id: UUID) -> bool:
    return (
        db.scalar(select(EventSession.id).where(EventSession.event_id == event_id).limit(1))
        is not None
    )


def is_plan_approved(db: Session, year: int) -> bool:
    return db.scalar(APPROVED, {"plan_year": year}) is not None


def entry_called(db: Session, entry_id: int) -> PlannedEntry | None:
    row = db.execute(
        select(PlanEntry.year, WorkingGroup.slug)
        .outerjoin(WorkingGroup, WorkingGroup.id == PlanEntry.working_group_id)
        .where(PlanEntry.id == entry_id)
    ).one_or_none()
    return PlannedEntry(row[0], row[1] or "") if row else None


# Whether an event may be published: any event with a date and with its annual plan (R3), a
# congress with its cycle too (R22, R29).


def lacks_of(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    event_id: UUID | None = None,
    before: EventDraft | None = None,
) -> tuple[Lack, ...]:
    """Returns all that is missing.

    `before`: what stands published already; then only what changed is asked for again. What the
    system records was agreed elsewhere and needs nothing.
    """
    if actor.is_system:
        return ()
    undated = lack_of_date(draft) if before is None else None
    lacks: tuple[Lack, ...] = (undated,) if undated else ()
    if draft.kind is EventKind.CONGRESS and (
        before is None or _as_congress(before) != _as_congress(draft)
    ):
        lacks += _of_congress(db, draft, event_id)
    if draft.kind is not EventKind.EXTERNAL and (
        before is None or _as_planned(before) != _as_planned(draft)
    ):
        is_presidencys = _is_presidencys(db, actor, draft, event_id)
        lacks += _of_plan(db, draft, is_presidencys=is_presidencys, is_new=before is None)
    return lacks


def _as_congress(draft: EventDraft) -> object:
    return draft.kind, {link.edition for link in draft.links if link.role is LinkRole.CONGRESS}


def _as_planned(draft: EventDraft) -> object:
    return (
        draft.kind is EventKind.EXTERNAL,
        year_of(draft),
        draft.groups,
        draft.plan_entry_id,
        draft.decision_ref,
    )


def _is_presidencys(db: Session, actor: Actor, draft: EventDraft, event_id: UUID | None) -> bool:
    """Returns True when the presidency publishes it, or approved it when it rested on this
    Decision.
    """
    if policy.may_approve_plans(actor):
        return True
    event = db.get(Event, event_id) if event_id else None
    return (
        event is not None
        and event.approved_at is not None
        and event.decision_ref == draft.decision_ref
    )


def _of_congress(db: Session, draft: EventDraft, event_id: UUID | None) -> tuple[Lack, ...]:
    slugs = {link.edition for link in draft.links if link.role is LinkRole.CONGRESS}
    starts_at = draft.span.starts_at if draft.span else None
    reviews = event_id is not None and has_guidelines_review(db, event_id)
    return lacks_of_congress(starts_at, cycles_called(db, slugs), has_guidelines_review=reviews)


def _of_plan(
    db: Session, draft: EventDraft, *, is_presidencys: bool, is_new: bool
) -> tuple[Lack, ...]:
    """Returns what the annual plan of its year lacks of it.

    `is_new`: it is not published yet. What is published may slip into the next year under its entry
    as long as no plan of that year is approved.
    """
    year = year_of(draft)
    if year is None:
        return ()
    entry = entry_called(db, draft.plan_entry_id) if draft.plan_entry_id else None
    if not is_plan_approved(db, year):
        lack = lack_of_entry(year, entry) if is_new else None
        return (lack,) if lack else ()
    lack = lack_of_plan(
        year,
        groups=draft.groups,
        entry=entry,
        decision_ref=draft.decision_ref,
        is_presidencys=is_presidencys,
    )
    return (lack,) if lack else ()
