"""The door of an event in person: a code is read, somebody is in.

Nobody checks people out, so that who comes in counts from now, or from the start, until the end.
Who leaves early is corrected by hand, with a reason.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.participation.attendance.facts import PersonCheckedIn
from app.participation.attendance.models import AttendanceInterval
from app.participation.attendance.queries.candidates import around_of, kept_event
from app.participation.attendance.queries.door import caller_of
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.merging import minutes_in, union
from app.participation.attendance.services.recording import record
from app.participation.attendance.values import Span
from app.participation.registrations.rules.registering import require_not_over
from app.planning.events.models import Attendance
from app.planning.events.queries.locking import locked_event


class NoPlace(Refusal):
    rule = "check-in-without-place"
    msgid = N_(
        "%(name)s has no place at this event: it was cancelled or not given yet. An organizer can give one."
    )


@dataclass(frozen=True)
class CheckedIn:
    """`is_new` is false for somebody who was in already."""

    name: str
    is_new: bool


def check_in(db: Session, *, actor: Actor, event_id: UUID, code: str, now: datetime) -> CheckedIn:
    """Refuses unknown codes (missing), people without a place, before the door opens and after the
    end.
    """
    event = kept_event(db, actor=actor, event_id=event_id)
    around = around_of(event)
    rules.require_not_closed(locked_event(db, actor=actor, event_id=event_id).closed_at)
    require_not_over(event.status, around.ends_at, now)
    rules.require_held(event.status, around.starts_at, now, early=rules.DOOR_OPENS)
    caller = caller_of(db, actor=actor, event_id=event_id, code=code)
    if not caller.has_place:
        raise NoPlace(name=caller.name)
    if caller.came_at is not None:
        return CheckedIn(caller.name, is_new=False)
    span = Span(max(now, around.starts_at), around.ends_at)
    minutes = _let_in(db, event_id=event_id, person_id=caller.person_id, span=span)
    journal.record(db, PersonCheckedIn(event_id, caller.person_id), actor=actor, now=now)
    record(
        db, actor=actor, event_id=event_id, minutes=minutes, reason="", source="check-in", now=now
    )
    return CheckedIn(caller.name, is_new=True)


def _let_in(db: Session, *, event_id: UUID, person_id: int, span: Span) -> dict[int, int]:
    """Adds the span; returns the minutes to write, with what a report says of the same person, and
    none where somebody wrote them by hand.
    """
    where = (AttendanceInterval.event_id == event_id, AttendanceInterval.person_id == person_id)
    others = [
        Span(row.starts_at, row.ends_at)
        for row in db.scalars(select(AttendanceInterval).where(*where))
    ]
    db.add(
        AttendanceInterval(
            event_id=event_id,
            person_id=person_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            source="check-in",
        )
    )
    db.flush()
    by_hand = select(Attendance.id).where(
        Attendance.event_id == event_id,
        Attendance.person_id == person_id,
        Attendance.source == "manual",
    )
    return {} if db.scalar(by_hand) else {person_id: minutes_in(union([*others, span]))}
