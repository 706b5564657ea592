"""How many were in each session of an agenda, from the times that reports and the door know."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.participation.attendance.models import AttendanceInterval
from app.participation.attendance.rules.counting import has_small
from app.participation.attendance.rules.merging import minutes_in, union, within
from app.participation.attendance.values import Span
from app.planning.events.models import EventSession
from app.planning.events.rules.presence import present


@dataclass(frozen=True)
class SessionRow:
    """`present` were there for 80 % of it, `some` for any of it."""

    title: LocalizedText
    starts_at: datetime
    ends_at: datetime
    present: int
    some: int


def minutes_by_session(db: Session, *, event_id: UUID) -> dict[UUID, dict[int, int]]:
    """Returns the minutes of each person in each session, for those who have any."""
    sessions = _sessions(db, event_id)
    people: dict[int, list[Span]] = defaultdict(list)
    for row in db.scalars(
        select(AttendanceInterval).where(AttendanceInterval.event_id == event_id)
    ):
        people[row.person_id].append(Span(row.starts_at, row.ends_at))
    merged = {person: union(spans) for person, spans in people.items()}
    by_session: dict[UUID, dict[int, int]] = {}
    for session in sessions:
        span = Span(session.starts_at, session.ends_at)
        minutes = {person: minutes_in(within(spans, span)) for person, spans in merged.items()}
        by_session[session.id] = {person: spent for person, spent in minutes.items() if spent}
    return by_session


def session_rows(db: Session, *, event_id: UUID, sees_all: bool) -> tuple[SessionRow, ...]:
    """Returns how many were in each session, in order; nothing when there is no agenda or no times
    are known. Who does not see all names gets no number so small that people might be recognised.
    """
    spent = minutes_by_session(db, event_id=event_id)
    if not any(spent.values()):
        return ()
    rows = (
        SessionRow(
            title=one.title,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            present=sum(present(minutes, _length(one)) for minutes in spent[one.id].values()),
            some=len(spent[one.id]),
        )
        for one in _sessions(db, event_id)
    )
    return tuple(
        row for row in rows if sees_all or not has_small(row.present, row.some - row.present)
    )


def _sessions(db: Session, event_id: UUID) -> list[EventSession]:
    query = select(EventSession).where(EventSession.event_id == event_id)
    return list(db.scalars(query.order_by(EventSession.starts_at, EventSession.id)))


def _length(session: EventSession) -> int:
    return minutes_in([Span(session.starts_at, session.ends_at)])
