"""What becomes of the presidency's approval when the event that it was given to changes before it
is published.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.planning.arranging.services.occupying import HOLD_WHEN_ASKED
from app.planning.arranging.services.steps import phase_at, take_step
from app.planning.events.facts import ApprovalAsked
from app.planning.events.models import Event
from app.planning.events.rules.life import AwaitsApproval, Step, require_step


def held_until(event: Event) -> datetime | None:
    """Until when a draft that the presidency was asked about keeps its time; None for one that it
    was not.
    """
    return event.asked_at + HOLD_WHEN_ASKED if event.asked_at else None


def judge_approval(
    db: Session, event: Event, *, is_same: bool, publish: bool, actor: Actor, now: datetime
) -> None:
    """Called of what is not published yet, before its change is written. `is_same`: it goes on
    occupying the same, and rests on the same Decision.

    Approved was that time with those people: another one asks the presidency again. Refuses with
    AwaitsApproval to publish what has been asked and not approved, and what differs from what was.
    """
    if publish:
        require_step(phase_at(event, now), Step.PUBLISH)
    if event.approved_at is None or is_same:
        return
    if publish:
        raise AwaitsApproval
    event.approved_at = event.approved_by = None
    event.asked_at = now
    take_step(db, event, Step.LAPSE, actor=actor, now=now, fact=ApprovalAsked(event.id))
