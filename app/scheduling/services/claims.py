"""The only writers of the calendar of record: claim, move, release.

Order in each: lock, drop holds that have lapsed, load what stands, let the rules decide, write. The lock is for
liveness (an exclusion constraint alone makes PostgreSQL's writers deadlock); the guarantee is the rule in the database.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import is_sqlite
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling import rules
from app.scheduling.models import Claim, Engagement, Resource
from app.scheduling.queries.calendar import ALL_LANES, Key, engagement_of, findings_for, resources_of
from app.scheduling.schema import is_overlap
from app.scheduling.values import EngagementDraft, Party

NO_LABEL = LocalizedText("")
CALENDAR_LOCK = 0x52434D  # any number, as long as nobody else takes the same


def lock(db: Session) -> None:
    """One writer of the calendar at a time, until the transaction ends. Call it before you flush anything of your own:
    then all writers take their locks in one order and cannot deadlock. On SQLite a transaction is alone from its start.
    """
    if not is_sqlite(db):
        db.execute(select(func.pg_advisory_xact_lock(CALENDAR_LOCK)))


def claim(db: Session, *, engagement: EngagementDraft, parties: Sequence[Party], now: datetime) -> None:
    """Afterwards the holder occupies exactly this: whatever it held before is replaced.

    Refuses with Clash, leaving what was held before and the session as they were, and with TooLong.
    """
    rules.require_bounded(engagement.span)
    lock(db)
    _drop_lapsed(db, now=now)
    _require_free(db, engagement, parties, now=now)
    try:
        with db.begin_nested():
            _write(db, engagement, parties)
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        _require_free(db, engagement, parties, now=now)
        raise rules.Clash from error


def move(db: Session, *, holder: str, span: Timespan, now: datetime, timezone: str | None = None) -> None:
    """The same parties at another time. Refuses with Clash, with TooLong, and with NotFound for an unknown holder."""
    lock(db)
    held = db.scalar(select(Engagement).where(Engagement.holder == holder))
    if held is None:
        raise NotFound
    standing = engagement_of(db, holder=holder)
    draft = EngagementDraft(holder, held.title, span, timezone or held.timezone, held.is_confidential, held.expires_at)
    claim(db, engagement=draft, parties=standing.parties if standing else (), now=now)


def release(db: Session, *, holder: str) -> None:
    """The holder occupies nothing any more; nothing happens when it did not."""
    lock(db)
    db.execute(delete(Engagement).where(Engagement.holder == holder))


def _drop_lapsed(db: Session, *, now: datetime) -> None:
    db.execute(delete(Engagement).where(Engagement.expires_at <= now))


def _require_free(db: Session, engagement: EngagementDraft, parties: Sequence[Party], *, now: datetime) -> None:
    found = findings_for(db, span=engagement.span, parties=parties, now=now, ignoring_holder=engagement.holder)
    rules.require_free(found)


def _write(db: Session, draft: EngagementDraft, parties: Sequence[Party]) -> None:
    needed = resources_of(parties)
    ids = _resource_ids(db, needed)
    row = db.scalar(select(Engagement).where(Engagement.holder == draft.holder))
    if row is None:
        row = Engagement(holder=draft.holder)
        db.add(row)
    row.title, row.timezone, row.is_confidential = draft.title, draft.timezone, draft.is_confidential
    row.starts_at, row.ends_at, row.expires_at = draft.span.starts_at, draft.span.ends_at, draft.tentative_until
    db.flush()
    db.execute(delete(Claim).where(Claim.engagement_id == row.id))
    claims = []
    for key, party in needed.items():
        lane_lo, lane_hi = ALL_LANES if party is None or party.exclusive else (row.id, row.id + 1)
        claims.append({"engagement_id": row.id, "resource_id": ids[key], "lane_lo": lane_lo, "lane_hi": lane_hi,
                       "starts_at": row.starts_at, "ends_at": row.ends_at, "enforced": True})  # fmt: skip
    if claims:
        db.execute(insert(Claim), claims)


def _resource_ids(db: Session, needed: dict[Key, Party | None]) -> dict[Key, int]:
    """The resources' ids; those that are new are written, and labels follow the names of today."""
    kinds, keys = {kind for kind, _ in needed}, {key for _, key in needed}
    rows = db.scalars(select(Resource).where(Resource.kind.in_(kinds), Resource.key.in_(keys)))
    known = {(row.kind, row.key): row for row in rows}
    for (kind, key), party in needed.items():
        row = known.get((kind, key))
        label = party.label if party else NO_LABEL
        if row is None:
            row = known[kind, key] = Resource(kind=kind, key=key, label=label)
            db.add(row)
        elif row.label != label:
            row.label = label
    db.flush()
    return {key: row.id for key, row in known.items()}
