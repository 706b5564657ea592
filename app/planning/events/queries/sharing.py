"""From a short address to the event."""

from uuid import UUID

from sqlalchemy import bindparam, not_, select
from sqlalchemy.orm import Session

from app.planning.events.models import Event
from app.planning.events.rules.sharing import ids_of

BETWEEN = (
    select(Event.id)
    .where(
        Event.id.between(bindparam("first"), bindparam("last")),
        Event.published_at.is_not(None),
        not_(Event.is_confidential),
    )
    .order_by(Event.id)
    .limit(2)
)


def event_called(db: Session, short: str) -> UUID | None:
    """The only event with that short address. Drafts and confidential events have none; one that
    was published and is cancelled now keeps it, so that whoever got it reads so.
    """
    ids = ids_of(short)
    if ids is None:
        return None
    found = db.scalars(BETWEEN, {"first": ids[0], "last": ids[1]}).all()
    return found[0] if len(found) == 1 else None
