"""Priority issues of a webinar, findings of a congress's tables, and closing an event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.followup.agreements import rules
from app.followup.agreements.facts import (
    AgendaPrefilled,
    FindingRecorded,
    FindingRemoved,
    PriorityIssueRecorded,
    PriorityIssueRemoved,
)
from app.followup.agreements.facts import ClosedWithoutAttendance as ClosedWithoutAttendanceFact
from app.followup.agreements.models import ClosingReason, PriorityIssue, TableFinding
from app.followup.agreements.policy import require_may_record, require_may_write_findings
from app.followup.agreements.queries.agreements import sections
from app.followup.agreements.queries.events import closing_of, congress_ahead, is_closed
from app.followup.agreements.rules import free_half_hours
from app.followup.agreements.services.agreements import UNKNOWN_SECTION
from app.followup.agreements.values import FindingDraft, IssueDraft
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.people.directory.queries.reference import is_country
from app.planning.agenda.services import add_session
from app.planning.arranging.services.requests import close_event, reopen_event
from app.planning.arranging.services.steps import open_event, planned_event, seen_event
from app.planning.events.models import Edition, Event, EventLink, EventSession, WorkTable
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import draft_of
from app.planning.events.rules.life import AlreadyClosed
from app.planning.events.values import EventStatus, LinkRole, SessionDraft, SessionKind
from app.planning.scheduling.services import claims

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
    claims.lock(db)
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


# Writing down what a table found and what it recommends.


def record_finding(
    db: Session, *, actor: Actor, work_table_id: int, draft: FindingDraft, now: datetime
) -> int:
    """Records a finding and returns its id. For the secretariat, the presidency or the table's
    rapporteur, until the congress is closed. The same words again return the id of the first.
    """
    table = _open_table(db, actor, work_table_id)
    text = draft.text.map(str.strip)
    errors = rules.text_errors(text)
    if draft.section and draft.section not in sections(db):
        errors["section"] = Sentence(UNKNOWN_SECTION)
    if errors:
        raise InvalidInput(errors)
    of_kind = db.scalars(
        select(TableFinding).where(
            TableFinding.work_table_id == table.id, TableFinding.kind == draft.kind
        )
    ).all()
    for one in of_kind:
        if one.text == text:
            return one.id
    position = 1 + max((one.position for one in of_kind), default=0)
    row = TableFinding(
        work_table_id=table.id,
        kind=draft.kind,
        position=position,
        text=text,
        section=draft.section,
        created_by=actor.account_id or None,
        created_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(db, FindingRecorded(table.id, row.id, draft.kind.value), actor=actor, now=now)
    return row.id


def remove_finding(db: Session, *, actor: Actor, finding_id: int, now: datetime) -> str:
    """Removes a finding, by those who may write it. Returns the edition's slug."""
    row = db.get(TableFinding, finding_id)
    if row is None:
        raise NotFound
    table = _open_table(db, actor, row.work_table_id)
    db.delete(row)
    db.flush()
    journal.record(db, FindingRemoved(table.id, finding_id, str(row.kind)), actor=actor, now=now)
    return db.scalars(select(Edition.slug).where(Edition.id == table.edition_id)).one()


def _open_table(db: Session, actor: Actor, work_table_id: int) -> WorkTable:
    """Returns the table with its row locked, so that two writers at once get two positions."""
    table = db.scalar(select(WorkTable).where(WorkTable.id == work_table_id).with_for_update())
    if table is None:
        raise NotFound
    require_may_write_findings(actor, table.rapporteur_id)
    if is_closed(db, table.edition_id):
        raise AlreadyClosed
    return table


# Closing an event: only when everything that belongs to it is settled.


def close(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    now: datetime,
    without_attendance: str = "",
    seen_open: str | None = None,
) -> None:
    """Closes an event, by those who plan it, once it is over; a second time changes nothing.

    Raises ReviewsMissing (R25), TablesIncomplete or GuidelinesNotReviewed (R30),
    AttendanceMissing; and NotEnded for what is not over. `without_attendance` says why nobody's
    attendance is recorded and is kept.

    `seen_open`: the mark of what the actor read to be open (Closing.open_mark), None for who was
    shown nothing; raises StillOpen when it is not what is open now.
    """
    claims.lock(db)
    locked_event(db, actor=actor, event_id=event_id)
    event = seen_event(db, actor, event_id)
    draft = draft_of(db, event)
    require_may_record(actor, draft.groups, draft.kind)
    if event.closed_at is None:
        closing = closing_of(db, event_id=event_id, now=now)
        obstacle = rules.breach(closing, without_attendance)
        if obstacle is not None:
            raise obstacle
        if seen_open is not None and seen_open != closing.open_mark:
            raise rules.StillOpen
        if closing.lacks_attendance:
            _keep_reason(
                db, event_id, rules.require_reason(without_attendance), actor=actor, now=now
            )
    close_event(db, actor=actor, event_id=event_id, now=now)


def reopen(db: Session, *, actor: Actor, event_id: UUID, reason: str, now: datetime) -> None:
    """Opens it again, by those who plan it, until it is closed anew.

    What was recorded can be changed again. Raises NotClosed for what is not closed, and
    InvalidInput for a reason that says too little.
    """
    reopen_event(db, actor=actor, event_id=event_id, reason=reason, now=now)
    db.execute(delete(ClosingReason).where(ClosingReason.event_id == event_id))


def _keep_reason(db: Session, event_id: UUID, reason: str, *, actor: Actor, now: datetime) -> None:
    db.add(ClosingReason(event_id=event_id, reason=reason, by=actor.account_id or None, at=now))
    db.flush()
    journal.record(db, ClosedWithoutAttendanceFact(event_id), actor=actor, now=now)
