"""The events that a site elsewhere may show: published, for everybody, still to come."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, exists, func, not_, select
from sqlalchemy.orm import Session

from app.infra.orm import UtcDateTime
from app.kernel.text import LocalizedText
from app.people.directory.models import WorkingGroup
from app.planning.events.models import Event, EventGroup
from app.planning.events.values import EventStatus

e = Event.__table__.c
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
    """A page of them, the next first, and how many in all; two statements. Not scoped by actor:
    nothing is here that an anonymous reader could not open.
    """
    asked = PUBLIC_OF_GROUPS if groups else PUBLIC
    params = {"now": now, "most": limit, "skipped": offset}
    rows = db.execute(asked, {**params, "groups": list(groups)} if groups else params).all()
    of: dict[UUID, list[tuple[str, LocalizedText]]] = {row.id: [] for row in rows}
    for event_id, code, name in db.execute(PUBLIC_GROUPS_OF, {"ids": list(of)}) if of else ():
        of[event_id].append((code, name))
    found = [
        PublicEvent(
            row.id,
            row.title,
            row.starts_at,
            row.ends_at,
            row.timezone,
            row.is_all_day,
            row.place,
            tuple(of[row.id]),
        )
        for row in rows
    ]
    return found, rows[0].total if rows else 0
