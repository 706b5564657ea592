"""Writing down each step of an event's life, and the fact it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.fact import Fact
from app.planning.events.models import Event, EventStep
from app.planning.events.rules.life import Phase, Step, phase_of


def phase_at(event: Event, now: datetime) -> Phase:
    return phase_of(
        event.status,
        event.asked_at,
        event.approved_at,
        event.starts_at,
        event.ends_at,
        event.closed_at,
        now,
    )


def take_step(
    db: Session,
    event: Event,
    step: Step,
    *,
    actor: Actor,
    now: datetime,
    fact: Fact | None = None,
    note: str = "",
) -> None:
    """Adds the step to the event's own record and tells the fact, when it is not told elsewhere.
    Whether the step may be taken was asked before.
    """
    db.add(
        EventStep(
            event_id=event.id, step=step.value, at=now, by=actor.account_id or None, note=note
        )
    )
    db.flush()
    if fact is not None:
        journal.record(db, fact, actor=actor, now=now)
