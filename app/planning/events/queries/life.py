"""What an event has been through, and where it stands, for its planners."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events import policy
from app.planning.events.models import AuthorizationRequest, Event, EventStep
from app.planning.events.queries.events import NOW, Sight, sight_of
from app.planning.events.rules.life import Phase, Step, phase_of
from app.planning.events.values import EventDetail, EventStatus
from app.planning.events.values.requests import RequestState

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


def phase_of_event(event: EventDetail, now: datetime) -> Phase:
    return phase_of(
        event.status,
        event.asked_at,
        event.approved_at,
        event.starts_at,
        event.ends_at,
        event.closed_at,
        now,
    )


def steps_of(db: Session, *, event_id: UUID) -> tuple[StepTaken, ...]:
    """In order of time, one statement. Not scoped: for those who may plan the event."""
    rows = db.execute(
        select(EventStep.step, EventStep.at, Person.full_name, EventStep.note)
        .outerjoin(Account, Account.id == EventStep.by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(EventStep.event_id == event_id)
        .order_by(EventStep.at, EventStep.id)
    )
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
        Waiting(event_id, title, starts_at, ends_at, timezone)
        for event_id, title, starts_at, ends_at, timezone in rows
        if starts_at and ends_at
    )
