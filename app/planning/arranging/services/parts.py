"""The parts that people have in a published event, and the facts from which their letters
follow.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM
from app.planning.events.facts import PartChanged, PartGiven, PartTaken
from app.planning.events.models import Event, NamedPart
from app.planning.events.queries.people import parts_told, roles_in
from app.planning.events.values import EventStatus


def settle_parts(db: Session, *, event_id: UUID, now: datetime) -> int:
    """Compares who has a part in the event with what they were told, and records each difference as
    a fact.

    Returns the number of facts. A draft, a cancelled event and one that is over record none.
    """
    event = db.get(Event, event_id, with_for_update={"of": Event})
    if event is None or event.status != EventStatus.PUBLISHED:
        return 0
    if event.closed_at is not None or (event.ends_at is not None and event.ends_at <= now):
        return 0
    current, told = roles_in(db, event_id), parts_told(db, event_id)
    facts: list[PartGiven | PartChanged | PartTaken] = []
    for person_id in sorted(current.keys() | told.keys()):
        roles, part = " ".join(current.get(person_id, ())), told.get(person_id)
        before = part.roles if part else ""
        if roles == before:
            continue
        if part is None:
            part = NamedPart(
                event_id=event_id, person_id=person_id, turns=0, partstat="", changed_at=now
            )
            db.add(part)
        elif not roles or not before:
            part.turns, part.partstat, part.answered_at = part.turns + 1, "", None
        part.roles, part.changed_at = roles, now
        fact = PartTaken if not roles else PartChanged if before else PartGiven
        facts.append(fact(event_id, person_id))
    db.flush()
    journal.record_all(db, facts, actor=SYSTEM, now=now)
    return len(facts)
