"""What an event lacks before it may be closed, and how much is on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.queries.findings import tables_of
from app.followup.agreements.queries.reviewing import unreviewed
from app.followup.agreements.values import Closing, OpenKind, OpenPoint
from app.kernel.actor import SYSTEM
from app.participation.attendance.queries.unfinished import unfinished_reports
from app.planning.events.models import (
    Attendance,
    Edition,
    Event,
    EventLink,
    EventSession,
    Registration,
)
from app.planning.events.queries.presence import presence_of
from app.planning.events.values import EventKind, LinkRole

GUIDELINES_REVIEW = "guidelines-review"


def closing_of(db: Session, *, event_id: UUID, now: datetime) -> Closing:
    """Returns what is missing. Not scoped by actor: the caller checks who asks."""
    event = db.get_one(Event, event_id)
    is_congress = event.kind == EventKind.CONGRESS
    there = presence_of(db, event=event)
    edition = _edition(db, event_id) if is_congress else None
    tables = tables_of(db, edition.id, SYSTEM, is_closed=True) if edition else ()
    return Closing(
        unreviewed=unreviewed(db, event_id=event_id),
        incomplete=tuple(table for table in tables if not table.is_complete),
        congress=edition.slug if edition else "",
        lacks_guidelines_review=is_congress and not _reviewed_guidelines(db, event_id, now),
        lacks_attendance=_lacks_attendance(db, event),
        present=there.present,
        partly=there.partly,
        agreements=_count(db, Agreement.event_id == event_id),
        open_points=_open_points(db, event, is_recorded=there.recorded > 0),
    )


def _open_points(db: Session, event: Event, *, is_recorded: bool) -> tuple[OpenPoint, ...]:
    """Returns open points, reports first. Without any minutes at all, the event lacks its
    attendance instead.
    """
    found = []
    for report in unfinished_reports(db, event_id=event.id):
        if not report.is_applied:
            found.append(
                OpenPoint(OpenKind.REPORT_NOT_APPLIED, report.undecided, report.id, report.filename)
            )
        else:
            found.append(
                OpenPoint(OpenKind.UNDECIDED_NAMES, report.undecided, report.id, report.filename)
            )
    recorded = exists().where(
        Attendance.event_id == event.id, Attendance.person_id == Registration.person_id
    )
    r = Registration
    without = (
        _count(db, and_(r.event_id == event.id, r.status == "registered", ~recorded))
        if is_recorded
        else 0
    )
    asked = _count(db, and_(r.event_id == event.id, r.status == "pending"))
    people = (OpenPoint(OpenKind.WITHOUT_MINUTES, without), OpenPoint(OpenKind.REQUESTS, asked))
    return (*found, *(point for point in people if point.count))


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
    """True for a webinar with registrations and no minutes."""
    if event.kind != EventKind.WEBINAR:
        return False
    came = exists().where(Attendance.event_id == event.id)
    registered = exists().where(
        Registration.event_id == event.id, Registration.status == "registered"
    )
    return bool(db.scalar(select(registered))) and not db.scalar(select(came))
