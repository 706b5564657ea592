"""The agenda of a copied event, laid out once the copy has its hours."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.copies import agenda_in
from app.planning.arranging.services.sittings import sessions_of
from app.planning.events.facts import AgendaChanged
from app.planning.events.models import Event, EventSession, SessionPerson


def lay_out_agenda(
    db: Session, event: Event, span: Timespan | None, *, actor: Actor, now: datetime
) -> None:
    """Gives a copy that has its hours now the agenda of its source, as far as it fits into them.

    Rooms of an online meeting and work tables stay behind. Does nothing for other events, and
    nothing once an agenda stands.
    """
    if event.agenda_from is None or span is None:
        return
    source = db.get(Event, event.agenda_from)
    event.agenda_from = None
    if source is None or source.starts_at is None or source.ends_at is None:
        return
    if sessions_of(db, event.id):
        return
    sittings = sessions_of(db, source.id)
    spans = agenda_in(
        [Timespan(one.starts_at, one.ends_at) for one in sittings],
        Timespan(source.starts_at, source.ends_at),
        span,
    )
    for one, becomes in zip(sittings, spans, strict=True):
        if becomes is not None:
            db.add(_sitting(event.id, one, becomes))
    db.flush()
    journal.record(db, AgendaChanged(event.id), actor=actor, now=now)


def _sitting(event_id: UUID, source: EventSession, span: Timespan) -> EventSession:
    return EventSession(
        id=uuid4(),
        event_id=event_id,
        kind=source.kind,
        title=source.title,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        room=source.room,
        notes=source.notes,
        people=[SessionPerson(person_id=one.person_id, role=one.role) for one in source.people],
    )
