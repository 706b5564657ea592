"""Planning another event like one that exists (R63)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.planning.arranging.queries.planning import editions_to_come
from app.planning.arranging.rules.copies import copy_of, copy_of_brief
from app.planning.arranging.services.brief import write_brief
from app.planning.arranging.services.loading import seen_event
from app.planning.arranging.services.planning import plan_event
from app.planning.arranging.services.sittings import sessions_of
from app.planning.events import policy
from app.planning.events.facts import EventDuplicated
from app.planning.events.models import Event
from app.planning.events.queries.events import brief_of
from app.planning.events.queries.references import draft_of
from app.planning.scheduling import services as scheduling


def duplicate_event(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> UUID:
    """Plans a draft with the texts, groups, people, brief and agenda of an event, and returns its id.

    It has no date, no plan entry, no registrations and no attendance; the agenda is laid out once it
    has its hours. Materials follow from EventDuplicated. Raises NotCopied for a congress.
    """
    scheduling.lock(db)
    source = seen_event(db, actor, event_id)
    before = draft_of(db, source)
    policy.require_may_plan_for(actor, before.groups, before.kind)
    draft = copy_of(before, editions=frozenset(editions_to_come(db, today=now.date())))
    copy_id = plan_event(db, actor=actor, draft=draft, publish=False, now=now, event_id=uuid4())
    copy = db.get_one(Event, copy_id)
    copy.needs_approval, copy.country_quota = source.needs_approval, source.country_quota
    copy.agenda_from = source.id if sessions_of(db, source.id) else source.agenda_from
    brief = copy_of_brief(brief_of(db, event_id=source.id).brief)
    write_brief(db, actor=actor, event_id=copy_id, brief=brief, now=now)
    journal.record(db, EventDuplicated(copy_id, source.id), actor=actor, now=now)
    return copy_id
