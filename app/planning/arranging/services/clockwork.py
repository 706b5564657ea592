"""What the clock tells of events: that one has started, that one has ended, each once and late
rather than never.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.infra.database import is_sqlite
from app.kernel.actor import SYSTEM
from app.planning.arranging.services.steps import take_step
from app.planning.events.facts import EventEnded, EventStarted
from app.planning.events.models import Event
from app.planning.events.rules.life import Step
from app.planning.events.values import EventKind, EventStatus

TOLD_FOR = timedelta(days=2)
"""What ended longer ago is history, imported or from before this was told, and no news."""
BATCH = 100


@dataclass(frozen=True)
class ToldCount:
    started: int
    ended: int


def tell_time(db: Session, *, now: datetime) -> ToldCount:
    """Tells EventStarted and EventEnded of published events whose time has come. Rows are locked
    while they are told, and what another worker holds is left to it: each is told once whoever
    asks, and again finds nothing.
    """
    started = list(
        db.scalars(_due(db, Event.starts_at <= now, Event.start_told_at.is_(None), now=now))
    )
    for event in started:
        event.start_told_at = now
        take_step(db, event, Step.START, actor=SYSTEM, now=now, fact=EventStarted(event.id))
    ended = list(db.scalars(_due(db, Event.ends_at <= now, Event.end_told_at.is_(None), now=now)))
    for event in ended:
        event.end_told_at = now
        take_step(db, event, Step.END, actor=SYSTEM, now=now, fact=EventEnded(event.id))
    return ToldCount(len(started), len(ended))


def untell(event: Event, *, now: datetime) -> None:
    """An event that was moved to a time to come will start, and end, once more."""
    if event.starts_at is None or event.starts_at > now:
        event.start_told_at = None
    if event.ends_at is None or event.ends_at > now:
        event.end_told_at = None


def _due(db: Session, *conditions: ColumnElement[bool], now: datetime) -> Select[Event]:
    ours = (
        Event.status == EventStatus.PUBLISHED,
        Event.kind != EventKind.EXTERNAL,
        Event.ends_at > now - TOLD_FOR,
    )
    due = select(Event).where(*ours, *conditions).order_by(Event.starts_at, Event.id).limit(BATCH)
    return due if is_sqlite(db) else due.with_for_update(skip_locked=True)
