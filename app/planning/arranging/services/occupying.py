"""The time that an event and its sessions occupy, claimed in scheduling."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import in_every_language
from app.kernel.timespan import Timespan
from app.people.directory.queries.people import names_of
from app.planning.arranging.queries.asking import asking_of
from app.planning.arranging.rules.agenda import NoHours, carried
from app.planning.arranging.rules.requests import can_be_lifted
from app.planning.arranging.services.steps import held_until
from app.planning.events.facts import RuleOverridden
from app.planning.events.models import Event, EventSession
from app.planning.events.queries.references import References, parties_of
from app.planning.events.values import EventDraft, EventKind, holder_of, holder_of_session
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.overlaps import SOFT
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.rules.spec import agreed, holds_only
from app.planning.scheduling.services import claims
from app.planning.scheduling.services.tiling import Freed
from app.planning.scheduling.values import EngagementDraft, Nature, OverrideAsked, Party

HOLD = timedelta(days=14)
"""How long a draft keeps its time before the next organizer may take it."""


def occupy(
    db: Session,
    event: Event,
    draft: EventDraft,
    known: References,
    *,
    actor: Actor,
    now: datetime,
    is_firm: bool,
    overrides: Sequence[OverrideAsked] = (),
    is_same: bool = False,
    may_wait: bool = False,
) -> bool:
    """Claims the time that the draft gives the event, and returns whether it is held.

    Partial dates occupy nothing; other processes' meetings are only known of; a draft (not
    `is_firm`) holds its time for a while, and for as long as the presidency has to answer where it
    was asked. `is_same`: the event stands already just as it is asked about. With `may_wait` an hour
    that only the presidency may allow is held by nobody until it does, and is only wished for.
    Refuses with Clash, then only what nobody may allow.
    """
    if draft.span is None:
        claims.release(db, holder=holder_of(event.id), now=now)
        return False
    engagement = _engagement_of(event, draft, draft.span, is_firm=is_firm, now=now)
    is_agreed = holds_only(engagement, actor=actor, is_agreed=is_same)
    if engagement.nature is Nature.EXTERNAL:
        question = agreed(engagement, (Party.region(exclusive=False),), now=now)
    elif is_agreed and not overrides:  # holidays, delegates and notice need not be read
        question = agreed(engagement, parties_of(draft, known), now=now)
    else:
        asking = asking_of(db, draft=draft, known=known, now=now, event_id=event.id)
        assert asking is not None  # noqa: S101 - it has a time and is no other process's
        question = replace(asking.at(draft.span), is_agreed=is_agreed)
    try:
        permissions = claims.claim(
            db, actor=actor, question=question, engagement=engagement, overrides=overrides
        )
    except Clash as refusal:
        if is_firm or not may_wait or not can_be_lifted(refusal.findings):
            raise
        claims.release(db, holder=holder_of(event.id), now=now)
        return False
    for permission in permissions:
        fact = RuleOverridden(event.id, str(permission.rule), permission.against)
        journal.record(db, fact, actor=actor, now=now)
    return True


def put_back(
    db: Session,
    event: Event,
    draft: EventDraft,
    known: References,
    *,
    actor: Actor,
    now: datetime,
    is_firm: bool,
    beside: Collection[str] = (),
) -> None:
    """Gives the event back the time that it had, with the overrides that stood there, whatever the
    rules say today. Refuses with Clash where somebody else has it meanwhile.
    """
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        occupy(db, event, draft, known, actor=actor, now=now, is_firm=is_firm)
        return
    claims.restore(
        db,
        engagement=_engagement_of(event, draft, draft.span, is_firm=is_firm, now=now),
        parties=parties_of(draft, known),
        now=now,
        beside=beside,
    )


def _engagement_of(
    event: Event, draft: EventDraft, span: Timespan, *, is_firm: bool, now: datetime
) -> EngagementDraft:
    lapses_at = max(now + HOLD, held_until(event) or now)
    return EngagementDraft(
        holder=holder_of(event.id),
        title=draft.title,
        span=span,
        timezone=draft.timezone,
        is_confidential=draft.is_confidential,
        tentative_until=None if is_firm else lapses_at,
        nature=Nature.EXTERNAL if draft.kind is EventKind.EXTERNAL else Nature.EVENT,
        side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
    )


def occupies_same(before: EventDraft, after: EventDraft) -> bool:
    """Returns True when nothing changed that the rule book speaks of."""
    return (
        before.span,
        before.kind,
        before.groups,
        before.people,
        before.countries,
        before.licence,
        before.mode,
        before.side_event_of,
    ) == (
        after.span,
        after.kind,
        after.groups,
        after.people,
        after.countries,
        after.licence,
        after.mode,
        after.side_event_of,
    )


# The people whom an event's sessions need, held in the calendar of record beside the event itself.
#
# A session holds whoever the event does not hold already, for as long and as firmly as the event
# holds its own time.

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
    return claims.let_pass(db, holders=[holder_of_session(number) for number in ids]) if ids else ()


def carry_sittings(
    db: Session, event_id: UUID, before: Timespan | None, after: Timespan | None
) -> None:
    """Moves the sessions with their event. Refuses with SessionsOutside what would be left behind,
    and with NoHours an event that has sessions and would have no hours.
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
    people_of_event = {person.person_id for person in event.people}
    standing = _hold_of(db, event, now)
    for session in sessions:
        people = [
            Party.person(part.person_id, names[part.person_id])
            for part in session.people
            if part.person_id not in people_of_event
        ]
        if standing is None or not people:
            claims.release(db, holder=holder_of_session(session.id), now=now)
            continue
        engagement = _engagement(event, session, until=standing.tentative_until)
        people.sort(key=lambda party: int(party.key))
        if cause is None:
            question = agreed(engagement, people, now=now)
            claims.claim(db, actor=SYSTEM, question=question, engagement=engagement)
        else:
            claims.reclaim(db, engagement=engagement, parties=people, cause=cause, now=now)
    claims.settle(db, freed=freed)


def release_sittings(db: Session, event_id: UUID, *, now: datetime) -> None:
    for number in db.scalars(SESSION_IDS, {"event_ids": [event_id]}).all():
        claims.release(db, holder=holder_of_session(number), now=now)


def _hold_of(db: Session, event: Event, now: datetime) -> EngagementDraft | None:
    """Returns what the event holds; None for a hold that has lapsed, a partial date and another
    process's meeting.
    """
    try:
        draft, _parties = claims.held(db, holder_of(event.id))
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
