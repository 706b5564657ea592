"""Where an event was to be at each of its sequences, from the journal. Not scoped by actor: for
letters and answers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.timespan import Timespan
from app.planning.events.facts import EventMoved
from app.planning.events.models import Event
from app.planning.events.rules.history import Move, MoveHistory, Whereabouts
from app.planning.events.values import MoveCause

j = JournalEntry


def history_of(db: Session, event: Event) -> MoveHistory:
    moved = (
        j.subject_kind == "event",
        j.subject_id == str(event.id),
        j.fact == EventMoved.__name__,
    )
    rows = db.execute(select(j.id, j.payload).where(*moved).order_by(j.id))
    moves = tuple(_move(row.id, row.payload) for row in rows)
    span = Timespan(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    return MoveHistory(
        Whereabouts(span, event.timezone, event.mode, event.place), event.sequence, moves
    )


def last_span(db: Session, event_id: UUID) -> Timespan | None:
    """When an event was to be before it lost its date."""
    moved = (
        j.subject_kind == "event",
        j.subject_id == str(event_id),
        j.fact == EventMoved.__name__,
    )
    told = db.scalars(select(j.payload).where(*moved).order_by(j.id.desc()))
    return next((span for one in told if (span := before_move(one).span) is not None), None)


def before_move(told: Mapping[str, Any]) -> Whereabouts:
    """Where the event was, as its EventMoved tells."""
    starts, ends = told.get("previous_starts_at"), told.get("previous_ends_at")
    span = (
        Timespan(datetime.fromisoformat(starts), datetime.fromisoformat(ends))
        if starts and ends
        else None
    )
    timezone, mode = told.get("previous_timezone", ""), told.get("previous_mode", "")
    return Whereabouts(span, timezone, mode, told.get("previous_place", ""))


def _move(entry_id: int, told: Mapping[str, Any]) -> Move:
    return Move(
        entry_id,
        told["sequence"],
        before_move(told),
        MoveCause(told.get("cause", MoveCause.PLANNED)),
    )
