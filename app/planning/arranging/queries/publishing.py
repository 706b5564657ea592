"""What publishing an event is checked against: the cycles of its editions, its agenda, the annual
plan of its year.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.people.directory.models import WorkingGroup
from app.planning.arranging.rules.congress import Cycle
from app.planning.arranging.rules.plans import PlannedEntry
from app.planning.events.models import (
    AnnualPlan,
    Edition,
    Event,
    EventLink,
    EventSession,
    PlanEntry,
)
from app.planning.events.values import EventStatus, LinkRole, SessionKind

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
    asked = select(func.count()).select_from(EventSession).where(EventSession.event_id == event_id)
    return bool(db.scalar(asked.where(EventSession.kind == SessionKind.GUIDELINES_REVIEW)))


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
