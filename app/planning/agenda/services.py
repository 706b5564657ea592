"""The agenda of an event: its sessions and who is needed in each."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.fact import Fact
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.people.directory.queries.people import names_of
from app.planning.arranging.queries.planning import session_details, tables_of
from app.planning.arranging.rules import agenda as rules
from app.planning.arranging.services.occupying import hold_sittings
from app.planning.arranging.services.steps import open_event
from app.planning.events.facts import AgendaChanged
from app.planning.events.models import Event, EventSession, SessionPerson
from app.planning.events.values import (
    EventKind,
    EventStatus,
    SessionDraft,
    SessionKind,
    holder_of_session,
)
from app.planning.scheduling.rules.refusals import Clash, require_free
from app.planning.scheduling.services import claims

UNKNOWN_PERSON = N_("There is nobody with the number %(value)s in the directory.")


def add_session(
    db: Session, *, actor: Actor, event_id: UUID, draft: SessionDraft, now: datetime
) -> UUID:
    """Adds a session to an event that the actor plans and that has hours. One that stands already
    just so is not doubled: the button was pressed twice.

    Refuses what is unsound (InvalidInput, by field: title_es and so on, starts_at, ends_at,
    work_table, people) and with Clash somebody who sits elsewhere meanwhile, in another session of
    this event or anywhere else.
    """
    (session_id,) = add_sessions(db, actor=actor, event_id=event_id, drafts=[draft], now=now)
    return session_id


def add_sessions(
    db: Session, *, actor: Actor, event_id: UUID, drafts: Sequence[SessionDraft], now: datetime
) -> list[UUID]:
    """Adds several sessions to an event, whose people are held once for all of them."""
    claims.lock(db)
    event = open_event(db, actor, event_id)
    numbers: list[UUID] = []
    added: list[Fact] = []
    for draft in drafts:
        known = session_details(db, event_id=event.id)
        same = next((one.id for one in known if one.as_draft() == draft.settled()), None)
        if same is None:
            session = EventSession(id=uuid4(), event_id=event.id)
            _write(db, event, session, draft.settled())
            added.append(AgendaChanged(event.id))
        numbers.append(session.id if same is None else same)
    if added:
        hold_sittings(db, event, now=now)
        journal.record_all(db, added, actor=actor, now=now)
    return numbers


def add_rows(
    db: Session, *, actor: Actor, event_id: UUID, drafts: Sequence[SessionDraft], now: datetime
) -> dict[int, Refusal]:
    """Adds each session that may stand, one after another, so that each is checked against those
    before it. Returns by its place in the list why any other was refused: InvalidInput or Clash, as
    `add_session` says them.
    """
    claims.lock(db)
    refused: dict[int, Refusal] = {}
    for number, draft in enumerate(drafts):
        try:
            with db.begin_nested():
                add_session(db, actor=actor, event_id=event_id, draft=draft, now=now)
        except (InvalidInput, Clash) as refusal:
            refused[number] = refusal
    return refused


def change_session(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    session_id: UUID,
    draft: SessionDraft,
    now: datetime,
    seen: str = "",
) -> None:
    """Makes the session what the draft says; refuses as `add_session` does. What stays the same is
    not told again. `seen`: the mark of the session that the writer began from; refuses
    ChangedMeanwhile when it is another now.
    """
    claims.lock(db)
    event = open_event(db, actor, event_id)
    session = _session(db, event, session_id)
    known = session_details(db, event_id=event.id)
    standing = next(one.as_draft() for one in known if one.id == session_id)
    if standing == draft.settled():
        return
    require_as_seen(seen, standing)
    _write(db, event, session, draft.settled())
    hold_sittings(db, event, now=now)
    journal.record(db, AgendaChanged(event.id), actor=actor, now=now)


def remove_session(
    db: Session, *, actor: Actor, event_id: UUID, session_id: UUID, now: datetime
) -> None:
    """Takes the session out and sets its people free; one that is not there any more changes
    nothing. Refuses with ReviewStays the only Guidelines review of a published congress.
    """
    claims.lock(db)
    event = open_event(db, actor, event_id)
    if db.scalar(
        select(EventSession.id).where(
            EventSession.id == session_id, EventSession.event_id == event.id
        )
    ):
        _require_review(db, event, session_id)
        claims.release(db, holder=holder_of_session(session_id), now=now)
        db.execute(delete(SessionPerson).where(SessionPerson.session_id == session_id))
        db.execute(delete(EventSession).where(EventSession.id == session_id))
        journal.record(db, AgendaChanged(event.id), actor=actor, now=now)


def _require_review(db: Session, event: Event, session_id: UUID, *becomes: SessionKind) -> None:
    """Refuses to change what a review needs; `becomes`: the kind that the session will have, or
    none when it is taken out.
    """
    if event.kind == EventKind.CONGRESS and event.status == EventStatus.PUBLISHED:
        rows = db.execute(
            select(EventSession.id, EventSession.kind).where(EventSession.event_id == event.id)
        ).all()
        left = [kind for number, kind in rows if number != session_id]
        rules.require_review([row.kind for row in rows], left=[*left, *becomes])


def _session(db: Session, event: Event, session_id: UUID) -> EventSession:
    session = db.scalar(
        select(EventSession).where(EventSession.id == session_id, EventSession.event_id == event.id)
    )
    if session is None:
        raise NotFound
    return session


def _write(db: Session, event: Event, session: EventSession, draft: SessionDraft) -> None:
    if event.starts_at is None or event.ends_at is None:
        raise rules.NoHours
    tables = {table.id for table in tables_of(db, event_id=event.id)}
    names = _names(db, [part.person_id for part in draft.people])
    rules.require_sound_session(
        draft, event=Timespan(event.starts_at, event.ends_at), tables=tables
    )
    _require_review(db, event, session.id, draft.kind)
    others = [one for one in session_details(db, event_id=event.id) if one.id != session.id]
    require_free(rules.double_booked(draft, others, names=names, timezone=event.timezone))
    session.kind, session.title, session.notes, session.room = (
        draft.kind,
        draft.title,
        draft.notes,
        draft.room,
    )
    session.starts_at, session.ends_at = draft.span.starts_at, draft.span.ends_at
    session.work_table_id = draft.work_table_id
    db.add(session)
    db.flush()
    db.execute(delete(SessionPerson).where(SessionPerson.session_id == session.id))
    db.add_all(
        SessionPerson(session_id=session.id, person_id=part.person_id, role=part.role)
        for part in draft.people
    )
    db.flush()
    db.expire(session)


def _names(db: Session, people: Iterable[int]) -> dict[int, str]:
    wanted = set(people)
    names = names_of(db, wanted)
    if wanted - names.keys():
        raise InvalidInput(
            {"people": Sentence(UNKNOWN_PERSON, {"value": min(wanted - names.keys())})}
        )
    return names
