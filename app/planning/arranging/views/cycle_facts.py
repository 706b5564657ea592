"""What an event's page says of the yearly cycle: by which plan entry or Decision it takes place,
and who pays.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.planning.arranging.queries.plans import EntryChoice, entry_shown
from app.planning.events import policy
from app.planning.events.queries.events import Source, sources_of_event
from app.planning.events.values import EventDetail
from app.web.guards import current_actor


@dataclass(frozen=True)
class CycleFacts:
    entry: EntryChoice | None
    may_see_plan: bool
    funds: tuple[Source, ...]


def cycle_facts(db: Session, event: EventDetail, *, may_change: bool) -> CycleFacts:
    """The plan entry is for those who may change the event; who pays is for everybody."""
    entry = entry_shown(db, entry_id=event.plan_entry_id) if may_change else None
    funds = sources_of_event(db, event_id=event.id)
    return CycleFacts(entry, policy.may_plan(current_actor()), funds)
