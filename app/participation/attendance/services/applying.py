"""The minutes of reports are written down: for each person the union of all reports of the event
and of the door.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.participation.attendance.facts import ImportApplied
from app.participation.attendance.models import (
    AttendanceImport,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.rules.merging import minutes_in, union
from app.participation.attendance.services.deciding import decide, with_suggestions
from app.participation.attendance.services.recording import record
from app.participation.attendance.values import ImportState, MatchDecision, RowChoice, Span
from app.planning.events.models import Attendance

Spans = dict[int, list[Span]]


@dataclass(frozen=True)
class Applied:
    """`kept`: people whose minutes somebody had corrected by hand and that stayed as they were."""

    event_id: UUID
    changed: int
    kept: int


def apply_import(
    db: Session,
    *,
    actor: Actor,
    import_id: UUID,
    choices: Mapping[int, RowChoice],
    overwrite: Collection[int] = (),
    takes_suggestions: bool = False,
    now: datetime,
) -> Applied:
    """Writes the choices and then the minutes; again with the same choices it changes nothing.
    `takes_suggestions`: whom nobody decided is the person most like the name.

    A report of the same meeting that goes on for longer adds its time, an earlier one takes none
    away. Minutes that were corrected by hand win, but for the people in `overwrite`.
    """
    if takes_suggestions:
        choices = with_suggestions(db, import_id=import_id, choices=choices)
    report = decide(db, actor=actor, import_id=import_id, choices=choices, now=now)
    reported = _reported(db, report)
    before = _stored(db, report.event_id, "import")
    _store(db, report.event_id, reported, before)
    door = _stored(db, report.event_id, "check-in")
    people = reported.keys() | before.keys()
    minutes = {
        who: minutes_in(union([*reported.get(who, ()), *door.get(who, ())]))
        for who in sorted(people)
    }
    kept = _by_hand(db, report.event_id, people) - set(overwrite)
    to_write = {who: spent for who, spent in minutes.items() if who not in kept}
    changed = record(
        db,
        actor=actor,
        event_id=report.event_id,
        minutes=to_write,
        reason=report.filename,
        source="import",
        now=now,
    )
    if report.state != ImportState.APPLIED or changed:
        report.state, report.applied_at, report.applied_by = (
            ImportState.APPLIED.value,
            now,
            actor.account_id or None,
        )
        journal.record(
            db,
            ImportApplied(
                event_id=report.event_id, import_id=import_id, changed=changed, kept=len(kept)
            ),
            actor=actor,
            now=now,
        )
    db.flush()
    return Applied(report.event_id, changed, len(kept))


def _reported(db: Session, report: AttendanceImport) -> Spans:
    """Returns what this report and those applied before say, merged, by person."""
    query = (
        select(AttendanceParticipant.person_id, AttendanceParticipant.spans)
        .join(AttendanceImport, AttendanceImport.id == AttendanceParticipant.import_id)
        .where(
            AttendanceImport.event_id == report.event_id,
            AttendanceParticipant.decision == MatchDecision.PERSON.value,
            or_(
                AttendanceImport.id == report.id,
                AttendanceImport.state == ImportState.APPLIED.value,
            ),
        )
    )
    spans_of: Spans = defaultdict(list)
    for person, spans in db.execute(query):
        spans_of[person].extend(Span(*map(datetime.fromisoformat, pair)) for pair in spans)
    return {person: list(union(spans)) for person, spans in spans_of.items()}


def _stored(db: Session, event_id: UUID, source: str) -> Spans:
    spans_of: Spans = defaultdict(list)
    query = select(AttendanceInterval).where(
        AttendanceInterval.event_id == event_id, AttendanceInterval.source == source
    )
    for row in db.scalars(query):
        spans_of[row.person_id].append(Span(row.starts_at, row.ends_at))
    return spans_of


def _store(db: Session, event_id: UUID, reported: Spans, before: Spans) -> None:
    """Replaces the spans of those whose time changed, and of nobody else."""
    stale = [
        who
        for who in reported.keys() | before.keys()
        if reported.get(who, []) != sorted(before.get(who, []))
    ]
    db.execute(
        delete(AttendanceInterval).where(
            AttendanceInterval.event_id == event_id,
            AttendanceInterval.source == "import",
            AttendanceInterval.person_id.in_(stale),
        )
    )
    db.add_all(
        AttendanceInterval(
            event_id=event_id,
            person_id=who,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            source="import",
        )
        for who in stale
        for span in reported.get(who, ())
    )
    db.flush()


def _by_hand(db: Session, event_id: UUID, people: Collection[int]) -> set[int]:
    query = select(Attendance.person_id).where(
        Attendance.event_id == event_id,
        Attendance.source == "manual",
        Attendance.person_id.in_(people),
    )
    return set(db.scalars(query))
