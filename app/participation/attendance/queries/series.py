"""How long the events of a series held so far were, and how long each person was in them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import clock
from app.planning.events.models import Attendance, Event
from app.planning.events.rules.presence import most_minutes


@dataclass(frozen=True)
class SeriesLength:
    """Of the events that are over: their ids and their minutes in all."""

    event_ids: tuple[UUID, ...]
    minutes: int


def length_of_series(db: Session, event_id: UUID) -> SeriesLength | None:
    """Returns the length of the series that the event belongs to; None when it belongs to none, or
    none of it is over.
    """
    series = select(Event.series_id).where(Event.id == event_id).scalar_subquery()
    rows = db.execute(
        select(Event.id, Event.starts_at, Event.ends_at).where(
            Event.series_id == series, Event.status == "published", Event.ends_at <= clock.now()
        )
    ).all()
    lengths = [
        most_minutes(row.starts_at, row.ends_at) for row in rows if row.starts_at and row.ends_at
    ]
    return SeriesLength(tuple(row.id for row in rows), sum(lengths)) if rows else None


def spent_in_series(db: Session, series: SeriesLength, people: Collection[int]) -> dict[int, int]:
    rows = db.execute(
        select(Attendance.person_id, func.sum(Attendance.minutes))
        .where(Attendance.event_id.in_(series.event_ids), Attendance.person_id.in_(people))
        .group_by(Attendance.person_id)
    )
    return {person: int(minutes) for person, minutes in rows}
