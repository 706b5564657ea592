"""The next time at which a follow-up could take place."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.events import rules
from app.events.queries.advice import question_of
from app.events.queries.planning import cycle_of
from app.events.queries.references import references_of
from app.events.values import REFERENCE_ZONE, EventDraft
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
    """The earliest slot at least fifteen working days after `after` that the rule book lets pass without confirmation
    where there is one, and that keeps the order of the cycle; None within nine weeks."""
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
            return min(lawful)
    return None
