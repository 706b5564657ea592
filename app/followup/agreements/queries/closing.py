"""What an event lacks before it may be closed, and how much is on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.queries.findings import tables_of
from app.followup.agreements.queries.reviewing import unreviewed
from app.followup.agreements.values import Closing
from app.kernel.actor import SYSTEM
from app.kernel.text import languages
from app.participation.attendance.queries.unfinished import taking_part
from app.participation.registrations.models import Registration
from app.planning.events.models import Attendance, Edition, Event, EventLink, EventSession
from app.planning.events.queries.events import details
from app.planning.events.queries.life import phase_of_event
from app.planning.events.queries.presence import presence_of
from app.planning.events.rules.stages import open_points
from app.planning.events.values import EventKind, LinkRole
from app.planning.events.values.open_work import EventWork, OpenKind, OpenPoint

GUIDELINES_REVIEW = "guidelines-review"
NAMED_BEFORE = frozenset(
    {
        OpenKind.REPORT_NOT_APPLIED,
        OpenKind.UNDECIDED_NAMES,
        OpenKind.WITHOUT_MINUTES,
        OpenKind.REQUESTS,
    }
)
"""What may be open of an event and does not forbid closing it; its page names each."""


def closing_of(db: Session, *, event_id: UUID, now: datetime) -> Closing:
    """Returns what is missing. Not scoped by actor: the caller checks who asks."""
    event = db.get_one(Event, event_id)
    is_congress = event.kind == EventKind.CONGRESS
    there = presence_of(db, event=event)
    edition = _edition(db, event_id) if is_congress else None
    tables = tables_of(db, edition.id, actor=SYSTEM, is_closed=True) if edition else ()
    return Closing(
        unreviewed=unreviewed(db, event_id=event_id),
        incomplete=tuple(table for table in tables if not table.is_complete),
        congress=edition.slug if edition else "",
        lacks_guidelines_review=is_congress and not _reviewed_guidelines(db, event_id, now),
        lacks_attendance=_lacks_attendance(db, event),
        present=there.present,
        partly=there.partly,
        agreements=_count(db, Agreement.event_id == event_id),
        open_points=_open_points(db, event_id, now),
    )


def _open_points(db: Session, event_id: UUID, now: datetime) -> tuple[OpenPoint, ...]:
    """Returns what can stay as it is and is named first, of all that is open for the event. What
    forbids closing it is asked for apart.
    """
    [event] = details(db, select(Event).where(Event.id == event_id), actor=SYSTEM)
    work = EventWork(taking_part(db, [event_id])[event_id])
    points = open_points(event, phase_of_event(event, now), work, languages=languages())
    return tuple(point for point in points if point.kind in NAMED_BEFORE)


def _count(db: Session, which: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).where(which)) or 0


def _edition(db: Session, event_id: UUID) -> Edition | None:
    linked = select(Edition).join(EventLink, EventLink.edition_id == Edition.id)
    return db.scalar(
        linked.where(EventLink.event_id == event_id, EventLink.role == LinkRole.CONGRESS.value)
    )


def _reviewed_guidelines(db: Session, event_id: UUID, now: datetime) -> bool:
    held = exists().where(
        EventSession.event_id == event_id,
        EventSession.kind == GUIDELINES_REVIEW,
        EventSession.ends_at <= now,
    )
    return bool(db.scalar(select(held)))


def _lacks_attendance(db: Session, event: Event) -> bool:
    """Returns True for a webinar with registrations and no minutes."""
    if event.kind != EventKind.WEBINAR:
        return False
    came = exists().where(Attendance.event_id == event.id)
    registered = exists().where(
        Registration.event_id == event.id, Registration.status == "registered"
    )
    return bool(db.scalar(select(registered))) and not db.scalar(select(came))
