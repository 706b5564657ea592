"""What an event has been through, where it stands, and what hangs on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, Table, bindparam, func, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.infra.orm import Base
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events import policy
from app.planning.events.facts import EventMoved
from app.planning.events.models import AuthorizationRequest, Event, EventStep
from app.planning.events.queries.events import NOW, Sight, sight_of
from app.planning.events.rules.history import Move, MoveHistory, Whereabouts
from app.planning.events.rules.life import Phase, Step, phase_of
from app.planning.events.values import EventDetail, EventStatus, MoveCause, RequestState

LISTED = 5
Listed = Select[UUID, LocalizedText, datetime | None, datetime | None, str]


@dataclass(frozen=True)
class StepTaken:
    """`by` is "" for what the clock told."""

    step: Step
    at: datetime
    by: str
    note: str


@dataclass(frozen=True)
class Waiting:
    """An event for which somebody is expected to do something."""

    id: UUID
    title: LocalizedText
    starts_at: datetime
    ends_at: datetime
    timezone: str


@dataclass(frozen=True)
class ToDo:
    """What waits for the actor, the soonest first, a few of each. None: none of the actor's
    business.
    """

    to_approve: tuple[Waiting, ...] | None
    to_publish: tuple[Waiting, ...]


def phase_of_event(event: EventDetail | Event, now: datetime) -> Phase:
    """Returns where an event stands at `now` (UTC), as it is shown or as it is kept."""
    return phase_of(
        event.status,
        event.asked_at,
        event.approved_at,
        event.starts_at,
        event.ends_at,
        event.closed_at,
        now,
    )


STEPS_TAKEN = (
    select(EventStep.step, EventStep.at, Person.full_name, EventStep.note)
    .outerjoin(Account, Account.id == EventStep.by)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(EventStep.event_id == bindparam("event_id"))
    .order_by(EventStep.at, EventStep.id)
)


def steps_of(db: Session, *, event_id: UUID) -> tuple[StepTaken, ...]:
    """Returns the steps in order of time, in one statement. Not scoped: for those who may plan the
    event.
    """
    rows = db.execute(STEPS_TAKEN, {"event_id": event_id})
    return tuple(StepTaken(Step(step), at, name or "", note) for step, at, name, note in rows)


def to_do(db: Session, *, actor: Actor, now: datetime) -> ToDo:
    """Returns what waits for the actor; two statements at most, one for each list."""
    sight, params = sight_of(actor)
    to_publish = _waiting(db, _to_publish(sight), params)
    if not policy.may_approve(actor):
        return ToDo(None, to_publish)
    return ToDo(_waiting(db, _to_approve(sight), {**params, "now": now}), to_publish)


@cache
def _to_approve(sight: Sight) -> Listed:
    open_requests = select(AuthorizationRequest.event_id).where(
        AuthorizationRequest.state == RequestState.OPEN, AuthorizationRequest.decide_by > NOW
    )
    return _listed(sight).where(Event.id.in_(open_requests))


@cache
def _to_publish(sight: Sight) -> Listed:
    return _listed(sight).where(Event.status == EventStatus.DRAFT, Event.approved_at.is_not(None))


def _listed(sight: Sight) -> Listed:
    return (
        select(Event.id, Event.title, Event.starts_at, Event.ends_at, Event.timezone)
        .where(sight.condition(), Event.starts_at.is_not(None))
        .order_by(Event.starts_at, Event.id)
        .limit(LISTED)
    )


def _waiting(db: Session, listed: Listed, params: Mapping[str, Any]) -> tuple[Waiting, ...]:
    rows = db.execute(listed, params)
    return tuple(
        Waiting(id=event_id, title=title, starts_at=starts_at, ends_at=ends_at, timezone=timezone)
        for event_id, title, starts_at, ends_at, timezone in rows
        if starts_at and ends_at
    )


# Where an event was to be at each of its sequences, from the journal. Not scoped by actor: for
# letters and answers.

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
    """Returns when an event was to be before it lost its date."""
    moved = (
        j.subject_kind == "event",
        j.subject_id == str(event_id),
        j.fact == EventMoved.__name__,
    )
    told = db.scalars(select(j.payload).where(*moved).order_by(j.id.desc()))
    return next((span for one in told if (span := before_move(one).span) is not None), None)


def before_move(told: Mapping[str, Any]) -> Whereabouts:
    """Returns where the event was, as its EventMoved tells."""
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


OWN = frozenset(
    {
        "authorization_request",
        "event_brief",
        "event_country",
        "event_funding",
        "event_group",
        "event_link",
        "event_person",
        "event_step",
    }
)
"""Tables that say what the event itself is; they go with it."""


def tables_about_events(*, own: bool) -> Iterator[tuple[Table, Column[UUID]]]:
    """Yields each table with the column that names an event: those in OWN, or all others."""
    event = Base.metadata.tables["event"]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is event for key in column.foreign_keys) and (
                (table.name in OWN) is own
            ):
                yield table, column


def number_hanging_on(db: Session, *, event_id: UUID) -> int:
    """Counts the rows of other tables that name the event. Not scoped: it names nobody."""
    return sum(
        db.scalar(select(func.count()).select_from(table).where(column == event_id)) or 0
        for table, column in tables_about_events(own=False)
    )
