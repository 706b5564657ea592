"""I was there: minutes, how we know, who wrote them down and what stood there before."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, Sentence
from app.kernel.text import N_
from app.participation.registrations.services.registration import locked_event
from app.people.directory.queries.known import names_of
from app.planning.events import policy
from app.planning.events.facts import AttendanceRecorded
from app.planning.events.models import Attendance, Event
from app.planning.events.queries.references import slugs_of_groups
from app.planning.events.rules import participation as rules
from app.planning.events.values import EventStatus

NOBODY = N_("This person is not in the directory.")


def record_attendance(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    minutes: Mapping[int, int],
    now: datetime,
    source: str = "manual",
) -> int:
    """Writes minutes by person id and returns how many changed. What stays the same is not written
    again.

    Refuses before the event has started (at the door: before the door opens), of a cancelled or
    closed event, and more minutes than the event lasts. Source: manual, import, check-in.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    if not policy.may_record_attendance(actor, slugs_of_groups(db, [event_id])):
        raise NotAllowed
    rules.require_not_closed(event.closed_at)
    early = rules.DOOR_OPENS if source == "check-in" else rules.NO_TIME
    rules.require_held(EventStatus(event.status), event.starts_at, now, early=early)
    _require_sensible(db, event, minutes)
    known = {
        row.person_id: row
        for row in db.scalars(select(Attendance).where(Attendance.event_id == event_id))
    }
    before = {person: known[person].minutes if person in known else None for person in minutes}
    changed = {
        person: spent for person, spent in sorted(minutes.items()) if before[person] != spent
    }
    for person, spent in changed.items():
        row = known.get(person) or Attendance(event_id=event_id, person_id=person)
        row.minutes, row.source, row.recorded_at, row.recorded_by = (
            spent,
            source,
            now,
            actor.account_id or None,
        )
        db.add(row)
    db.flush()
    if changed:
        previous = tuple(before[person] for person in changed)
        fact = AttendanceRecorded(
            event_id, tuple(changed), source, tuple(changed.values()), previous
        )
        journal.record(db, fact, actor=actor, now=now)
    return len(changed)


def _require_sensible(db: Session, event: Event, minutes: Mapping[int, int]) -> None:
    known = names_of(db, minutes)
    most = (
        rules.most_minutes(event.starts_at, event.ends_at)
        if event.starts_at and event.ends_at
        else 0
    )
    errors = {f"minutes-{person}": Sentence(NOBODY) for person in minutes if person not in known}
    errors |= {
        f"minutes-{person}": Sentence(rules.NOT_MINUTES, {"most": most})
        for person, spent in minutes.items()
        if not 0 <= spent <= most
    }
    if errors:
        raise InvalidInput(errors)
