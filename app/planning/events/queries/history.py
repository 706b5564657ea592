"""Where an event was to be at each of its sequences, from the journal. Not scoped by actor: for
letters and answers.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.timespan import Timespan
from app.planning.events.facts import (
    EventMoved,
    RegistrationMade,
    RegistrationPending,
    RegistrationWaiting,
)
from app.planning.events.facts.answers import InvitationAnswered
from app.planning.events.models import Event
from app.planning.events.rules.history import Move, MoveHistory, Whereabouts
from app.planning.events.values import MoveCause

ASKED = frozenset(
    {RegistrationMade.__name__, RegistrationWaiting.__name__, RegistrationPending.__name__}
)
"""Facts of a person who asks for a place, and so has seen where the event is."""
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


def asked_in(db: Session, event_id: UUID, person_id: int) -> int:
    """The entry of the journal by which the person last asked for a place, or was put down; 0 when
    there is none.
    """
    return _last_of(db, event_id, person_id, ASKED)


def answered_in(db: Session, event_id: UUID, person_id: int) -> int:
    """The entry of the person's last answer by calendar; 0 where there is none."""
    return _last_of(db, event_id, person_id, (InvitationAnswered.__name__,))


def _last_of(db: Session, event_id: UUID, person_id: int, facts: Collection[str]) -> int:
    about = (j.subject_kind == "event", j.subject_id == str(event_id), j.fact.in_(facts))
    entries = select(j.id).where(*about, j.payload["person_id"].as_integer() == person_id)
    return db.scalar(entries.order_by(j.id.desc()).limit(1)) or 0


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
