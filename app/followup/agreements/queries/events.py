"""Of an event: priority issues, findings, what it lacks before it is closed, its follow-up."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, PriorityIssue, TableFinding
from app.followup.agreements.policy import may_open_findings, may_write_findings
from app.followup.agreements.queries.agreements import grouped, sections, unreviewed
from app.followup.agreements.values import (
    Closing,
    EditionFindings,
    FindingKind,
    FindingView,
    IssueKind,
    IssueView,
    TableFindings,
)
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import REFERENCE, reference_day
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText, languages
from app.kernel.timespan import Timespan
from app.participation.attendance.queries.imports import taking_part
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.planning.arranging.queries.asking import free_slots
from app.planning.events.models import (
    Attendance,
    Edition,
    Event,
    EventLink,
    EventSession,
    WorkTable,
)
from app.planning.events.queries.events import details, event_of, visible_to
from app.planning.events.queries.life import phase_of_event
from app.planning.events.queries.people import presence_of
from app.planning.events.rules.stages import open_points
from app.planning.events.values import (
    EventDraft,
    EventKind,
    EventStatus,
    EventWork,
    LinkRole,
    OpenKind,
    OpenPoint,
)
from app.planning.scheduling.rules.slots import HORIZON


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


# What the tables of a congress found, table by table.


def findings_of(db: Session, *, actor: Actor, slug: str) -> EditionFindings:
    """Returns what the tables of an edition found, to those who plan and to its rapporteurs.

    Raises NotAllowed for others. For reports, SYSTEM sees all.
    """
    edition = db.scalar(select(Edition).where(Edition.slug == slug))
    if edition is None:
        raise NotFound
    if not may_open_findings(actor, rapporteurs_of(db, slug=slug)):
        raise NotAllowed
    closed = is_closed(db, edition.id)
    return EditionFindings(
        slug=slug,
        label=edition.label,
        theme=edition.theme,
        is_closed=closed,
        tables=tables_of(db, edition.id, actor=actor, is_closed=closed),
    )


def findings_for_activities(db: Session, work_table_id: int) -> tuple[FindingView, ...]:
    """Returns what a table found and recommends, in order. The caller has checked who asks."""
    rows = db.scalars(
        select(TableFinding)
        .where(TableFinding.work_table_id == work_table_id)
        .order_by(TableFinding.kind, TableFinding.position, TableFinding.id)
    )
    return tuple(
        FindingView(
            id=one.id,
            kind=FindingKind(one.kind),
            position=one.position,
            text=one.text,
            section=one.section,
            section_title=None,
        )
        for one in rows
    )


def rapporteurs_of(db: Session, *, slug: str) -> frozenset[int]:
    joined = select(WorkTable.rapporteur_id).join(Edition, Edition.id == WorkTable.edition_id)
    return frozenset(
        one for one in db.scalars(joined.where(Edition.slug == slug)) if one is not None
    )


def tables_of(
    db: Session, edition_id: int, *, actor: Actor, is_closed: bool
) -> tuple[TableFindings, ...]:
    """Reads tables with their rapporteurs, findings, and the sections they cite: three statements."""
    rows = db.execute(
        select(WorkTable, Person.full_name)
        .outerjoin(Person, Person.id == WorkTable.rapporteur_id)
        .where(WorkTable.edition_id == edition_id)
        .order_by(WorkTable.position, WorkTable.id)
    ).all()
    rows_written = db.scalars(
        select(TableFinding)
        .where(TableFinding.work_table_id.in_([table.id for table, _ in rows]))
        .order_by(TableFinding.position, TableFinding.id)
    )
    titles = sections(db)
    written = grouped(
        (
            one.work_table_id,
            FindingView(
                id=one.id,
                kind=FindingKind(one.kind),
                position=one.position,
                text=one.text,
                section=one.section,
                section_title=titles.get(one.section),
            ),
        )
        for one in rows_written
    )
    return tuple(
        TableFindings(
            id=table.id,
            theme=table.theme,
            position=table.position,
            rapporteur=name or "",
            findings=written.get(table.id, ()),
            may_write=not is_closed and may_write_findings(actor, table.rapporteur_id),
        )
        for table, name in rows
    )


def is_closed(db: Session, edition_id: int) -> bool:
    """Returns True when the congress of the edition was closed: its findings stand."""
    congress = exists().where(
        EventLink.event_id == Event.id,
        EventLink.edition_id == edition_id,
        EventLink.role == LinkRole.CONGRESS.value,
        Event.closed_at.is_not(None),
    )
    return bool(db.scalar(select(congress)))


# What an event lacks before it may be closed, and how much is on record.

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
        agreements=_count(db, and_(Agreement.event_id == event_id, Agreement.plan_id.is_(None))),
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


# The next time at which a follow-up could take place.

NOTICE_WORKING_DAYS = 15
LENGTH = timedelta(minutes=90)
OPENS = time(9)
SATURDAY = 5


def first_day(after: date, working_days: int = NOTICE_WORKING_DAYS) -> date:
    """Returns the day that many working days (Monday to Friday) after another."""
    day = after
    while working_days:
        day += timedelta(days=1)
        working_days -= day.weekday() < SATURDAY
    return day


def next_free_slot(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    after: datetime,
    now: datetime,
    event_id: UUID | None = None,
) -> Timespan | None:
    """Returns a time at least fifteen working days after `after`, and near to that, at which it can
    be published.

    Beside no other event where there is such a one: a follow-up without a group could stand beside
    it, but need not. None when there is no time within half a year.
    """
    day = first_day(reference_day(max(after, now)))
    opens = datetime.combine(day, OPENS, REFERENCE)
    wish = Timespan(opens, opens + LENGTH)
    since = datetime.combine(day, time(), REFERENCE)
    for avoiding in (_events(db, since), ()):
        slots = free_slots(
            db,
            actor=actor,
            draft=replace(draft, span=wish),
            now=now,
            event_id=event_id,
            avoiding=avoiding,
            since=since,
            limit=1,
            is_refused=False,
        )
        if slots:
            return slots[0].span
    return None


def takes_place(db: Session, event_id: UUID) -> bool:
    """Returns False for an event that was cancelled or deleted. Not scoped: it names nobody."""
    status = db.scalar(select(Event.status).where(Event.id == event_id))
    return status is not None and status != EventStatus.CANCELLED


def _events(db: Session, since: datetime) -> list[Timespan]:
    """Reads when the region holds or plans something from an instant on."""
    rows = db.execute(
        select(Event.starts_at, Event.ends_at).where(
            Event.status != EventStatus.CANCELLED.value,
            Event.ends_at > since,
            Event.starts_at < since + timedelta(days=HORIZON),
        )
    )
    return [Timespan(starts_at, ends_at) for starts_at, ends_at in rows if starts_at and ends_at]
