"""The priority issues of a preparatory webinar, and which session of a congress came from which."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.models import PriorityIssue
from app.followup.agreements.values import IssueKind, IssueView
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.planning.events.models import Event, EventLink
from app.planning.events.queries.events import event_of, visible_to
from app.planning.events.values import EventStatus, LinkRole


@dataclass(frozen=True)
class CongressAhead:
    id: UUID
    title: LocalizedText
    starts_at: datetime | None


@dataclass(frozen=True)
class SessionOrigin:
    """The priority issue that a session of a congress's agenda came from, and the webinar that
    defined it.
    """

    session_id: UUID
    issue: LocalizedText
    event_id: UUID
    event_title: LocalizedText


def issues_of(db: Session, *, actor: Actor, event_id: UUID) -> tuple[IssueView, ...]:
    event_of(db, actor=actor, event_id=event_id)
    rows = db.scalars(
        select(PriorityIssue)
        .where(PriorityIssue.event_id == event_id)
        .order_by(PriorityIssue.position, PriorityIssue.id)
    )
    return tuple(
        IssueView(
            id=row.id,
            position=row.position,
            text=row.text,
            kind=IssueKind(row.session_kind),
            proposed_by=row.proposed_by or "",
            is_placed=row.placed_at is not None,
            session_id=row.session_id,
        )
        for row in rows
    )


def congress_ahead(
    db: Session, *, actor: Actor, event_id: UUID, now: datetime
) -> CongressAhead | None:
    """Returns the next congress that an event prepares and that has not begun; drafts too, for who
    may see them.
    """
    prepared = select(EventLink.edition_id).where(
        EventLink.event_id == event_id, EventLink.role == LinkRole.PREPARATORY.value
    )
    congress = db.scalar(
        select(Event)
        .join(EventLink, EventLink.event_id == Event.id)
        .where(EventLink.role == LinkRole.CONGRESS.value, EventLink.edition_id.in_(prepared))
        .where(
            Event.status != EventStatus.CANCELLED.value, Event.starts_at > now, visible_to(actor)
        )
        .order_by(Event.starts_at, Event.id)
        .limit(1)
    )
    if congress is None:
        return None
    return CongressAhead(congress.id, congress.title, congress.starts_at)


def session_origins(db: Session, *, actor: Actor, event_id: UUID) -> tuple[SessionOrigin, ...]:
    """Returns the sessions of a congress's agenda that came from the priorities of its preparatory
    webinars.
    """
    from_issues = (
        select(PriorityIssue.session_id, PriorityIssue.text, Event.id, Event.title)
        .join(Event, Event.id == PriorityIssue.event_id)
        .join(EventLink, EventLink.event_id == Event.id)
        .where(
            EventLink.role == LinkRole.PREPARATORY.value,
            PriorityIssue.session_id.is_not(None),
            visible_to(actor),
        )
        .where(
            EventLink.edition_id.in_(
                select(EventLink.edition_id).where(
                    EventLink.event_id == event_id, EventLink.role == LinkRole.CONGRESS.value
                )
            )
        )
        .order_by(PriorityIssue.position, PriorityIssue.id)
    )
    rows = db.execute(from_issues)
    return tuple(
        SessionOrigin(session, text, event, title)
        for session, text, event, title in rows
        if session
    )
