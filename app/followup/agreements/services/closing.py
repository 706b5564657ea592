"""Closing an event: only when everything that belongs to it is settled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.followup.agreements.facts import ClosedWithoutAttendance as ClosedWithoutAttendanceFact
from app.followup.agreements.models import ClosingReason
from app.followup.agreements.policy import require_may_record
from app.followup.agreements.queries.closing import closing_of
from app.followup.agreements.rules import closing as rules
from app.infra import journal
from app.kernel.actor import Actor
from app.participation.registrations.services.registration import locked_event
from app.planning.arranging.services.life import close_event, reopen_event
from app.planning.arranging.services.loading import seen_event
from app.planning.events.queries.references import draft_of
from app.planning.scheduling import services as scheduling


def close(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    now: datetime,
    without_attendance: str = "",
    seen_open: str | None = None,
) -> None:
    """Closes an event, by those who plan it, once it is over; a second time changes nothing.

    Raises ReviewsMissing (R25), TablesIncomplete or GuidelinesNotReviewed (R30),
    AttendanceMissing; and NotEnded for what is not over. `without_attendance` says why nobody's
    attendance is recorded and is kept.

    `seen_open`: the mark of what the actor read to be open (Closing.open_mark), None for who was
    shown nothing; raises StillOpen when it is not what is open now.
    """
    scheduling.lock(db)
    locked_event(db, actor=actor, event_id=event_id)
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    require_may_record(actor, draft.groups, draft.kind)
    if event.closed_at is None:
        closing = closing_of(db, event_id=event_id, now=now)
        obstacle = rules.breach(closing, without_attendance)
        if obstacle is not None:
            raise obstacle
        if seen_open is not None and seen_open != closing.open_mark:
            raise rules.StillOpen
        if closing.lacks_attendance:
            _keep_reason(
                db, event_id, rules.require_reason(without_attendance), actor=actor, now=now
            )
    close_event(db, actor=actor, event_id=event_id, now=now)


def reopen(db: Session, *, actor: Actor, event_id: UUID, reason: str, now: datetime) -> None:
    """Opens it again, by those who plan it, until it is closed anew.

    What was recorded can be changed again. Raises NotClosed for what is not closed, and
    InvalidInput for a reason that says too little.
    """
    reopen_event(db, actor=actor, event_id=event_id, reason=reason, now=now)
    db.execute(delete(ClosingReason).where(ClosingReason.event_id == event_id))


def _keep_reason(db: Session, event_id: UUID, reason: str, *, actor: Actor, now: datetime) -> None:
    db.add(ClosingReason(event_id=event_id, reason=reason, by=actor.account_id or None, at=now))
    db.flush()
    journal.record(db, ClosedWithoutAttendanceFact(event_id), actor=actor, now=now)
