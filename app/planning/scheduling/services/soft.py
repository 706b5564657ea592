"""Soft engagements in bulk: another process's dates, somebody's busy hours. They warn, hold nothing
and refuse nothing, so they are written without asking the rule book, some statements for a whole
calendar.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from app.infra.orm import table_of
from app.kernel.text import LocalizedText
from app.planning.scheduling.models import Engagement, Resource
from app.planning.scheduling.queries.calendar import ALL_LANES
from app.planning.scheduling.services.claims import lock
from app.planning.scheduling.services.tiling import CLAIMS
from app.planning.scheduling.values import EngagementDraft, Party

BATCH = 500
Kept = tuple[LocalizedText, object, object, str]


def keep_soft(db: Session, *, prefix: str, party: Party, wanted: Sequence[EngagementDraft]) -> int:
    """Makes exactly the wanted soft engagements exist under the prefix ("calendar:12:"), each a
    claim on the party.

    Returns how many had to be written or removed: what is there already as it is wanted is left
    alone. The holders must begin with the prefix, and the natures be soft.
    """
    lock(db)
    asked = {draft.holder: draft for draft in wanted}
    standing = {row.holder: row for row in db.scalars(select(Engagement).where(_begins(prefix)))}
    stale = [
        row.id
        for holder, row in standing.items()
        if holder not in asked or _kept(row) != _asked(asked[holder])
    ]
    fresh = [
        d
        for d in asked.values()
        if d.holder not in standing or _kept(standing[d.holder]) != _asked(d)
    ]
    for start in range(0, len(stale), BATCH):
        db.execute(delete(Engagement).where(Engagement.id.in_(stale[start : start + BATCH])))
    for row in standing.values():
        db.expunge(row)
    if fresh:
        _write(db, fresh, party)
    return len(set(stale)) + sum(draft.holder not in standing for draft in fresh)


def _begins(prefix: str) -> ColumnElement[bool]:
    return Engagement.holder.startswith(prefix, autoescape=True)


def _kept(row: Engagement) -> Kept:
    return row.title, row.starts_at, row.ends_at, row.timezone


def _asked(draft: EngagementDraft) -> Kept:
    return draft.title, draft.span.starts_at, draft.span.ends_at, draft.timezone


def _write(db: Session, drafts: Sequence[EngagementDraft], party: Party) -> None:
    resource_id = _resource_of(db, party)
    table = table_of(Engagement)
    rows = [
        {
            "holder": d.holder,
            "title": d.title,
            "starts_at": d.span.starts_at,
            "ends_at": d.span.ends_at,
            "timezone": d.timezone,
            "is_confidential": d.is_confidential,
            "nature": d.nature.value,
        }
        for d in drafts
    ]
    written = db.execute(insert(table).returning(table.c.holder, table.c.id), rows)
    ids: dict[str, int] = {row.holder: row.id for row in written}
    claims = []
    for draft in drafts:
        own = ids[draft.holder]
        lane_lo, lane_hi = ALL_LANES if party.exclusive else (own, own + 1)
        claims.append(
            {
                "engagement_id": own,
                "resource_id": resource_id,
                "lane_lo": lane_lo,
                "lane_hi": lane_hi,
                "starts_at": draft.span.starts_at,
                "ends_at": draft.span.ends_at,
                "enforced": False,
                "part": "soft",
            }
        )
    db.execute(CLAIMS, claims)


def _resource_of(db: Session, party: Party) -> int:
    kind, key = party.kind.value, party.key
    row = db.scalar(select(Resource).where(Resource.kind == kind, Resource.key == key))
    if row is None:
        row = Resource(kind=kind, key=key, label=party.label)
        db.add(row)
        db.flush()
    return row.id
