"""After a change of the rule book: what stands is read again under the new terms."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.planning.scheduling.models import Engagement
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.services.claims import drop_lapsed, held, let_pass, lock, reclaim
from app.planning.scheduling.values import Nature


def retile_all(db: Session, *, now: datetime) -> int:
    """Claims anew whatever has not ended yet, first come first, under the terms in force; a clash
    that a harder rule makes of what stood before opens a conflict case and refuses nothing. Returns
    how many engagements were read.
    """
    lock(db)
    drop_lapsed(db, now=now)
    firm = (Nature.EVENT.value, Nature.SITTING.value, Nature.HOLIDAY.value)
    standing = select(Engagement.holder).where(
        Engagement.ends_at > now, Engagement.nature.in_(firm)
    )
    holders = db.scalars(standing.order_by(Engagement.id)).all()
    drafts = [held(db, holder) for holder in holders]
    let_pass(db, holders=holders)
    for draft, parties in drafts:
        reclaim(db, engagement=draft, parties=parties, cause=Cause.RULE, now=now)
    return len(drafts)
