"""The people whom an event's sessions need, held in the calendar of record beside the event itself.

A session holds whoever the event does not hold already, for as long and as firmly as the event
holds its own time.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.kernel.actor import SYSTEM
from app.kernel.refusal import NotFound
from app.kernel.text import in_every_language
from app.kernel.timespan import Timespan
from app.people.directory.queries.people import names_of
from app.planning.arranging.rules.agenda import NoHours, carried
from app.planning.events.models import Event, EventSession
from app.planning.events.values import holder_of, holder_of_session
from app.planning.scheduling import services as scheduling
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.overlaps import SOFT
from app.planning.scheduling.rules.question import agreed
from app.planning.scheduling.services.tiling import Freed
from app.planning.scheduling.values import EngagementDraft, Nature, Party

SESSIONS = (
    select(EventSession)
    .where(EventSession.event_id == bindparam("event_id"))
    .options(selectinload(EventSession.people))
    .order_by(EventSession.starts_at, EventSession.id)
)
SESSION_IDS = select(EventSession.id).where(
    EventSession.event_id.in_(bindparam("event_ids", expanding=True))
)


def sessions_of(db: Session, event_id: UUID) -> list[EventSession]:
    """Returns the rows with their people, in order of time."""
    return list(db.scalars(SESSIONS, {"event_id": event_id}))


def let_sittings_pass(db: Session, event_ids: Iterable[UUID]) -> tuple[Freed, ...]:
    """Takes away what the sessions of events hold while the events change; `hold_sittings` puts it
    back.
    """
    ids = db.scalars(SESSION_IDS, {"event_ids": list(event_ids)}).all()
    return (
        scheduling.let_pass(db, holders=[holder_of_session(number) for number in ids])
        if ids
        else ()
    )


def carry_sittings(
    db: Session, event_id: UUID, before: Timespan | None, after: Timespan | None
) -> None:
    """The sessions follow the event to another time. Refuses with SessionsOutside what would be
    left behind, and with NoHours an event that has sessions and would have no hours.
    """
    if before is None or before == after:
        return
    sessions = sessions_of(db, event_id)
    if not sessions:
        return
    if after is None:
        raise NoHours
    spans = carried(
        [(one.title, Timespan(one.starts_at, one.ends_at)) for one in sessions], before, after
    )
    for session, span in zip(sessions, spans, strict=True):
        session.starts_at, session.ends_at = span.starts_at, span.ends_at
    db.flush()


def hold_sittings(
    db: Session,
    event: Event,
    *,
    now: datetime,
    freed: tuple[Freed, ...] = (),
    cause: Cause | None = None,
) -> None:
    """Claims for each session those of its people whom the event (its `people` loaded) does not
    hold itself. `freed`: what `let_sittings_pass` gave. Refuses with Clash somebody who is engaged
    elsewhere meanwhile; with a `cause`, which nobody could refuse, that opens a conflict case
    instead.
    """
    sessions = sessions_of(db, event.id)
    if not sessions:
        return
    freed = (*freed, *let_sittings_pass(db, [event.id]))
    names = names_of(db, {part.person_id for session in sessions for part in session.people})
    theirs = {person.person_id for person in event.people}
    standing = _hold_of(db, event, now)
    for session in sessions:
        people = [
            Party.person(part.person_id, names[part.person_id])
            for part in session.people
            if part.person_id not in theirs
        ]
        if standing is None or not people:
            scheduling.release(db, holder=holder_of_session(session.id), now=now)
            continue
        engagement = _engagement(event, session, until=standing.tentative_until)
        people.sort(key=lambda party: int(party.key))
        if cause is None:
            question = agreed(engagement, people, now=now)
            scheduling.claim(db, actor=SYSTEM, question=question, engagement=engagement)
        else:
            scheduling.reclaim(db, engagement=engagement, parties=people, cause=cause, now=now)
    scheduling.settle(db, freed=freed)


def release_sittings(db: Session, event_id: UUID, *, now: datetime) -> None:
    for number in db.scalars(SESSION_IDS, {"event_ids": [event_id]}).all():
        scheduling.release(db, holder=holder_of_session(number), now=now)


def _hold_of(db: Session, event: Event, now: datetime) -> EngagementDraft | None:
    """Returns what the event holds; None for a hold that has lapsed, a partial date and another
    process's meeting.
    """
    try:
        draft, _parties = scheduling.held(db, holder_of(event.id))
    except NotFound:
        return None
    has_lapsed = draft.tentative_until is not None and draft.tentative_until <= now
    return None if has_lapsed or draft.nature in SOFT else draft


def _engagement(event: Event, session: EventSession, *, until: datetime | None) -> EngagementDraft:
    return EngagementDraft(
        holder=holder_of_session(session.id),
        title=in_every_language(
            lambda language: f"{session.title.in_(language)} ({event.title.in_(language)})"
        ),
        span=Timespan(session.starts_at, session.ends_at),
        timezone=event.timezone,
        is_confidential=event.is_confidential,
        tentative_until=until,
        nature=Nature.SITTING,
        side_event_of=holder_of(event.id),
    )
