"""The next time at which a follow-up could take place."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events import rules
from app.events.models import Event
from app.events.queries.advice import question_of
from app.events.queries.planning import cycle_of
from app.events.queries.references import references_of
from app.events.values import REFERENCE_ZONE, EventDraft, EventStatus
from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.scheduling import queries as scheduling
from app.scheduling.rules.settings import reference_day

NOTICE_WORKING_DAYS = 15
LENGTH = timedelta(minutes=90)
OPENS = time(9)
SEARCHED_DAYS, TRIED = (28, 63), 40
SATURDAY = 5


def first_day(after: date, working_days: int = NOTICE_WORKING_DAYS) -> date:
    """So many working days (Monday to Friday) after a day."""
    day = after
    while working_days:
        day += timedelta(days=1)
        working_days -= day.weekday() < SATURDAY
    return day


def next_free_slot(
    db: Session, *, actor: Actor, draft: EventDraft, after: datetime, now: datetime, event_id: UUID | None = None
) -> Timespan | None:
    """The earliest slot at least fifteen working days after `after` that the rule book lets pass (without confirmation
    and beside no other event, where there is such a one) and that keeps the cycle in order. None within nine weeks."""
    day = first_day(reference_day(max(after, now)))
    earliest = datetime.combine(day, time(), ZoneInfo(REFERENCE_ZONE))
    wish = Timespan(datetime.combine(day, OPENS, ZoneInfo(REFERENCE_ZONE)),
                    datetime.combine(day, OPENS, ZoneInfo(REFERENCE_ZONE)) + LENGTH)  # fmt: skip
    asked = replace(draft, span=wish)
    known = references_of(db, asked)
    question = question_of(db, draft=asked, known=known, now=now, event_id=event_id)
    if question is None:
        return None
    cycle = cycle_of(db, actor=actor, editions={link.edition for link in draft.links})
    near = replace(question, span=rules.nearest_lawful_wish(wish, draft.links, cycle))
    for days in SEARCHED_DAYS:
        lawful = [
            slot.span
            for slot in scheduling.slots(db, near, days=days, limit=TRIED)
            if slot.span.starts_at >= earliest and rules.breach(slot.span, draft.links, cycle) is None
        ]
        if lawful:
            busy = _events(db, Timespan(earliest, max(lawful).ends_at))
            quiet = [span for span in lawful if not any(span.overlaps(other) for other in busy)]
            return min(quiet or lawful)
    return None


def _events(db: Session, span: Timespan) -> list[Timespan]:
    """Whatever the region holds or plans then: a follow-up without a group could stand beside it, but need not."""
    rows = db.execute(
        select(Event.starts_at, Event.ends_at).where(
            Event.status != EventStatus.CANCELLED.value, Event.ends_at > span.starts_at, Event.starts_at < span.ends_at
        )
    )
    return [Timespan(starts_at, ends_at) for starts_at, ends_at in rows if starts_at and ends_at]
