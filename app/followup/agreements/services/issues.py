"""What a preparatory webinar wants the congress to speak about, and how it comes into the
congress's agenda.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.followup.agreements.facts import (
    AgendaPrefilled,
    PriorityIssueRecorded,
    PriorityIssueRemoved,
)
from app.followup.agreements.models import PriorityIssue
from app.followup.agreements.queries.issues import congress_ahead
from app.followup.agreements.rules import recording as rules
from app.followup.agreements.rules.prefilling import free_half_hours
from app.followup.agreements.values import IssueDraft
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.participation.registrations.services.registration import locked_event
from app.people.directory.queries.known import is_country
from app.planning.agenda.services import add_session
from app.planning.arranging.services.loading import open_event, planned_event
from app.planning.events.models import Event, EventLink, EventSession
from app.planning.events.values import EventStatus, LinkRole
from app.planning.events.values.agenda import SessionDraft, SessionKind
from app.planning.scheduling import services as scheduling

UNKNOWN_COUNTRY = N_("Choose a country from the list.")


@dataclass(frozen=True)
class Prefilled:
    """How many issues became sessions now, and how many found no room."""

    congress_id: UUID
    placed: int
    unplaced: int


def record_issue(
    db: Session, *, actor: Actor, event_id: UUID, draft: IssueDraft, now: datetime
) -> int:
    """Records a priority issue and returns its id. For those who plan the preparatory webinar, once
    it has ended and until it is closed. The same words again return the id of the first.
    """
    event = _preparatory(db, actor, event_id)
    rules.require_over(EventStatus(event.status), event.ends_at, event.closed_at, now)
    text = draft.text.map(str.strip)
    errors = rules.text_errors(text)
    if draft.proposed_by and not is_country(db, draft.proposed_by):
        errors["proposed_by"] = Sentence(UNKNOWN_COUNTRY)
    if errors:
        raise InvalidInput(errors)
    known = db.scalars(select(PriorityIssue).where(PriorityIssue.event_id == event_id)).all()
    for one in known:
        if one.text == text:
            return one.id
    position = 1 + max((one.position for one in known), default=0)
    row = PriorityIssue(
        event_id=event_id,
        position=position,
        text=text,
        session_kind=draft.kind,
        proposed_by=draft.proposed_by or None,
    )
    db.add(row)
    db.flush()
    journal.record(db, PriorityIssueRecorded(event_id, row.id), actor=actor, now=now)
    return row.id


def remove_issue(db: Session, *, actor: Actor, issue_id: int, now: datetime) -> UUID:
    """Removes an issue that is no session yet. Returns its event."""
    row = db.get(PriorityIssue, issue_id)
    if row is None:
        raise NotFound
    _preparatory(db, actor, row.event_id)
    db.refresh(row)
    if row.placed_at is not None:
        raise rules.IssuePlaced
    db.delete(row)
    db.flush()
    journal.record(db, PriorityIssueRemoved(row.event_id, issue_id), actor=actor, now=now)
    return row.event_id


def prefill_agenda(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> Prefilled:
    """Makes of each issue a session of half an hour in the free time of the days of the congress
    that the webinar prepares; once: what was placed before is not placed again, even when
    its session has been taken out.

    Refuses when there is no congress ahead or no issue, and who does not plan the congress.
    """
    scheduling.lock(db)
    _preparatory(db, actor, event_id)
    ahead = congress_ahead(db, actor=actor, event_id=event_id, now=now)
    if ahead is None:
        raise rules.NoCongressAhead
    congress = open_event(db, actor, ahead.id)
    asked = select(PriorityIssue).where(PriorityIssue.event_id == event_id)
    issues = db.scalars(asked.order_by(PriorityIssue.position, PriorityIssue.id)).all()
    if not issues:
        raise rules.NothingToPlace
    waiting = [issue for issue in issues if issue.placed_at is None]
    slots = _free(db, congress, len(waiting))
    placed = tuple(issue.id for issue, _ in zip(waiting, slots, strict=False))
    for issue, span in zip(waiting, slots, strict=False):
        kind = SessionKind(issue.session_kind)
        draft = SessionDraft(kind=kind, title=issue.text, span=span)
        issue.session_id = add_session(db, actor=actor, event_id=congress.id, draft=draft, now=now)
        issue.placed_at = now
    db.flush()
    if placed:
        journal.record(db, AgendaPrefilled(event_id, congress.id, placed), actor=actor, now=now)
    return Prefilled(congress.id, len(placed), len(waiting) - len(placed))


def _free(db: Session, congress: Event, count: int) -> list[Timespan]:
    if congress.starts_at is None or congress.ends_at is None:
        return []
    sessions = db.scalars(select(EventSession).where(EventSession.event_id == congress.id))
    taken = [Timespan(one.starts_at, one.ends_at) for one in sessions]
    return free_half_hours(
        Timespan(congress.starts_at, congress.ends_at), congress.timezone, taken, count
    )


def _preparatory(db: Session, actor: Actor, event_id: UUID) -> Event:
    event = locked_event(db, actor=actor, event_id=event_id)
    planned_event(db, actor, event_id)
    prepares = exists().where(
        EventLink.event_id == event_id, EventLink.role == LinkRole.PREPARATORY.value
    )
    if not db.scalar(select(prepares)):
        raise rules.NotPreparatory
    return event
