"""Overrides of a time that an engagement has left, kept for who takes the act back."""

from datetime import datetime

from sqlalchemy import bindparam, insert, literal, select
from sqlalchemy.orm import Session

from app.kernel.timespan import Timespan
from app.planning.scheduling.models import Engagement, Override, PastOverride
from app.planning.scheduling.values import Permission

COLUMNS = (
    "holder",
    "rule",
    "against",
    "reason",
    "decided_by",
    "decided_at",
    "starts_at",
    "ends_at",
    "ended_at",
)
PAST = (
    select(PastOverride)
    .where(
        PastOverride.holder == bindparam("holder"),
        PastOverride.starts_at == bindparam("starts_at"),
        PastOverride.ends_at == bindparam("ends_at"),
    )
    .order_by(PastOverride.ended_at, PastOverride.id)
)


def keep_past(db: Session, engagement_id: int, *, now: datetime) -> None:
    """Keeps the overrides of an engagement, before it leaves its time.

    What the book itself permits is not kept.
    """
    leaving = (
        select(
            Engagement.holder,
            Override.rule,
            Override.against,
            Override.reason,
            Override.decided_by,
            Override.decided_at,
            Engagement.starts_at,
            Engagement.ends_at,
            literal(now, PastOverride.ended_at.type),
        )
        .join(Override, Override.engagement_id == Engagement.id)
        .where(Engagement.id == engagement_id, Override.decided_by.is_not(None))
    )
    db.execute(insert(PastOverride).from_select(COLUMNS, leaving))


def past_permissions(db: Session, *, holder: str, span: Timespan) -> tuple[Permission, ...]:
    """Returns what somebody decided for the holder at exactly that time; the latest decision
    counts.
    """
    asked = {"holder": holder, "starts_at": span.starts_at, "ends_at": span.ends_at}
    found = {
        (row.rule, row.against): Permission(
            rule=row.rule,
            against=row.against,
            reason=row.reason,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in db.scalars(PAST, asked)
    }
    return tuple(found.values())
