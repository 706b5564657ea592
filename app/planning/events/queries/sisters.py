"""Where an event stands among the dates of its series."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.planning.events.models import Event
from app.planning.events.queries.events import Sight, sight_of
from app.planning.events.values import EventDetail


@dataclass(frozen=True)
class SeriesPosition:
    """Where an event stands among the dates of its series that its reader may see."""

    number: int
    total: int
    previous: UUID | None
    following: UUID | None


def place_in_series(db: Session, *, actor: Actor, event: EventDetail) -> SeriesPosition | None:
    """None for an event that was planned by itself, which costs no statement."""
    if event.series_id is None:
        return None
    sight, params = sight_of(actor)
    ids = tuple(db.scalars(_sisters_seen_with(sight), {**params, "series_id": event.series_id}))
    if event.id not in ids:
        return None
    index = ids.index(event.id)
    return SeriesPosition(
        index + 1,
        len(ids),
        ids[index - 1] if index else None,
        ids[index + 1] if index + 1 < len(ids) else None,
    )


@cache
def _sisters_seen_with(sight: Sight) -> Select[UUID]:
    sisters = select(Event.id).where(Event.series_id == bindparam("series_id"), sight.condition())
    return sisters.order_by(Event.series_position, Event.id)
