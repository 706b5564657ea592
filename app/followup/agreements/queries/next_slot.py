"""The next time at which a follow-up could take place."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE, reference_day
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.advice import free_slots
from app.planning.events.models import Event
from app.planning.events.values import EventDraft, EventStatus
from app.planning.scheduling.rules.slots import HORIZON

NOTICE_WORKING_DAYS = 15
LENGTH = timedelta(minutes=90)
OPENS = time(9)
SATURDAY = 5


def first_day(after: date, working_days: int = NOTICE_WORKING_DAYS) -> date:
    """Returns the day that many working days (Monday to Friday) after another."""
    day = after
    while working_days:
        day += timedelta(days=1)
        working_days -= day.weekday() < SATURDAY
    return day


def next_free_slot(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    after: datetime,
    now: datetime,
    event_id: UUID | None = None,
) -> Timespan | None:
    """Returns a time at least fifteen working days after `after`, and near to that, at which it can
    be published.

    Beside no other event where there is such a one: a follow-up without a group could stand beside
    it, but need not. None when there is no time within half a year.
    """
    day = first_day(reference_day(max(after, now)))
    opens = datetime.combine(day, OPENS, REFERENCE)
    wish = Timespan(opens, opens + LENGTH)
    since = datetime.combine(day, time(), REFERENCE)
    for avoiding in (_events(db, since), ()):
        slots = free_slots(
            db,
            actor=actor,
            draft=replace(draft, span=wish),
            now=now,
            event_id=event_id,
            avoiding=avoiding,
            since=since,
            limit=1,
            is_refused=False,
        )
        if slots:
            return slots[0].span
    return None


def _events(db: Session, since: datetime) -> list[Timespan]:
    """Reads when the region holds or plans something from an instant on."""
    rows = db.execute(
        select(Event.starts_at, Event.ends_at).where(
            Event.status != EventStatus.CANCELLED.value,
            Event.ends_at > since,
            Event.starts_at < since + timedelta(days=HORIZON),
        )
    )
    return [Timespan(starts_at, ends_at) for starts_at, ends_at in rows if starts_at and ends_at]
