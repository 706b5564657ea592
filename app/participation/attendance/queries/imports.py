"""Reports that were sent for an event, and the people in one of them, to be decided."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.participation.attendance.models import AttendanceImport, AttendanceParticipant
from app.participation.attendance.queries.sheet import around_of, kept_event, known_people
from app.participation.attendance.rules.recording import is_beside
from app.participation.attendance.values import (
    ImportState,
    MatchDecision,
    ReportProvider,
    Span,
    Verdict,
)
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person
from app.planning.events.models import Attendance
from app.planning.events.values import EventDetail, TakingPart, UnfinishedReport

A_PAGE = 15
MOST_BY_HAND = 20


@dataclass(frozen=True)
class ImportSummary:
    id: UUID
    filename: str
    provider: ReportProvider
    state: ImportState
    progress: int
    rows: int
    skipped: int
    starts_at: datetime
    ends_at: datetime
    uploaded_at: datetime
    applied_at: datetime | None


@dataclass(frozen=True)
class Suggested:
    """`is_listed`: registered, or on the event's own list; otherwise only the address led to this
    person.
    """

    person_id: int
    name: str
    score: int
    is_listed: bool


@dataclass(frozen=True)
class ParticipantRow:
    """`person` is the name of who was decided on, "" for nobody."""

    id: int
    name: str
    email: str
    minutes: int
    verdict: Verdict
    by_email: bool
    decision: MatchDecision
    person_id: int | None
    person: str
    suggestions: tuple[Suggested, ...]


@dataclass(frozen=True)
class ByHand:
    """Somebody in the report whose minutes were written by hand; the report would say
    `reported`.
    """

    person_id: int
    name: str
    minutes: int


@dataclass(frozen=True)
class ImportPage:
    """`counts`: how many rows each part has, by name of the part. `by_hand` are at most 20.

    `is_beside`: its hours look like those of another zone.
    """

    event: EventDetail
    summary: ImportSummary
    counts: dict[str, int]
    part: str
    rows: tuple[ParticipantRow, ...]
    paging: Paging
    by_hand: tuple[ByHand, ...]
    is_beside: bool


PARTS: dict[str, ColumnElement[bool]] = {
    "doubtful": and_(
        AttendanceParticipant.verdict == Verdict.DOUBTFUL.value,
        AttendanceParticipant.decision == MatchDecision.OPEN.value,
    ),
    "unmatched": or_(
        AttendanceParticipant.decision == MatchDecision.KEPT.value,
        and_(
            AttendanceParticipant.verdict == Verdict.UNMATCHED.value,
            AttendanceParticipant.decision == MatchDecision.OPEN.value,
        ),
    ),
    "matched": AttendanceParticipant.decision == MatchDecision.PERSON.value,
    "ignored": AttendanceParticipant.decision == MatchDecision.IGNORED.value,
}
"""Each row of a report is in one of them: to be confirmed, nobody's yet, somebody's, not one of
ours.
"""


def import_of(db: Session, *, actor: Actor, import_id: UUID) -> tuple[EventDetail, ImportSummary]:
    row = db.get(AttendanceImport, import_id)
    if row is None:
        raise NotFound
    return kept_event(db, actor=actor, event_id=row.event_id), _summary(row)


def imports_of(
    db: Session, *, actor: Actor, event_id: UUID
) -> tuple[EventDetail, tuple[ImportSummary, ...]]:
    """Returns the event and its reports, the newest first, at most twenty."""
    event = kept_event(db, actor=actor, event_id=event_id)
    query = select(AttendanceImport).where(AttendanceImport.event_id == event_id)
    rows = db.scalars(
        query.order_by(AttendanceImport.uploaded_at.desc(), AttendanceImport.id).limit(20)
    )
    return event, tuple(map(_summary, rows))


def import_page(
    db: Session, *, actor: Actor, import_id: UUID, part: str = "", number: int = 1
) -> ImportPage:
    """Returns fifteen rows of one part of a report. Without `part`, of the first part that has any."""
    event, summary = import_of(db, actor=actor, import_id=import_id)
    counts = _counts(db, import_id)
    if part not in PARTS:
        part = next((name for name, count in counts.items() if count), "matched")
    paging = Paging(counts[part], A_PAGE, number)
    query = select(AttendanceParticipant).where(
        AttendanceParticipant.import_id == import_id, PARTS[part]
    )
    rows = db.scalars(
        query.order_by(AttendanceParticipant.position).limit(A_PAGE).offset(paging.offset)
    ).all()
    names = _names(db, rows)
    listed = {one.person_id for one in known_people(db, event_id=event.id)}
    people = tuple(_participant(row, names, listed) for row in rows)
    around = around_of(event)
    beside = is_beside(
        Span(summary.starts_at, summary.ends_at), Span(around.starts_at, around.ends_at)
    )
    return ImportPage(
        event=event,
        summary=summary,
        counts=counts,
        part=part,
        rows=people,
        paging=paging,
        by_hand=_by_hand(db, event.id, import_id),
        is_beside=beside,
    )


def _names(db: Session, rows: Sequence[AttendanceParticipant]) -> dict[int, str]:
    """Returns the names of all people whom these rows suggest or have."""
    ids = {person for row in rows for person, _score in row.suggestions} | {
        row.person_id for row in rows
    }
    return {
        row.id: row.full_name
        for row in db.execute(select(Person.id, Person.full_name).where(Person.id.in_(ids)))
    }


def _counts(db: Session, import_id: UUID) -> dict[str, int]:
    numbers = [func.count(AttendanceParticipant.id).filter(where) for where in PARTS.values()]
    row = db.execute(select(*numbers).where(AttendanceParticipant.import_id == import_id)).one()
    return dict(zip(PARTS, row, strict=True))


def _by_hand(db: Session, event_id: UUID, import_id: UUID) -> tuple[ByHand, ...]:
    rows = db.execute(
        select(Person.id, Person.full_name, Attendance.minutes)
        .join(Attendance, and_(Attendance.person_id == Person.id, Attendance.event_id == event_id))
        .where(
            Attendance.source == "manual",
            Person.id.in_(
                select(AttendanceParticipant.person_id).where(
                    AttendanceParticipant.import_id == import_id,
                    AttendanceParticipant.person_id.is_not(None),
                )
            ),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(MOST_BY_HAND)
    )
    return tuple(ByHand(*row) for row in rows)


def _participant(
    row: AttendanceParticipant, names: dict[int, str], listed: Collection[int]
) -> ParticipantRow:
    suggestions = tuple(
        Suggested(person_id=person, name=names[person], score=score, is_listed=person in listed)
        for person, score in row.suggestions
        if person in names
    )
    return ParticipantRow(
        id=row.id,
        name=row.name,
        email=row.email,
        minutes=row.minutes,
        verdict=Verdict(row.verdict),
        by_email=row.by_email,
        decision=MatchDecision(row.decision),
        person_id=row.person_id,
        person=names.get(row.person_id or 0, ""),
        suggestions=suggestions,
    )


def _summary(row: AttendanceImport) -> ImportSummary:
    return ImportSummary(
        id=row.id,
        filename=row.filename,
        provider=ReportProvider(row.provider),
        state=ImportState(row.state),
        progress=row.progress,
        rows=row.rows,
        skipped=row.skipped,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        uploaded_at=row.uploaded_at,
        applied_at=row.applied_at,
    )


# How many take part in events, and what somebody still has to do about who was there. Not scoped
# by actor: nobody is named.

IDS: Any = bindparam("ids", type_=Uuid(), expanding=True)
i, p, r = AttendanceImport, AttendanceParticipant, Registration
HAS_PLACE = r.status == RegistrationStatus.REGISTERED.value
RECORDED = exists().where(Attendance.event_id == r.event_id, Attendance.person_id == r.person_id)
COUNTS = (
    select(
        r.event_id,
        func.count().filter(HAS_PLACE),
        func.count().filter(r.status == RegistrationStatus.PENDING.value),
        func.count().filter(and_(HAS_PLACE, ~RECORDED)),
    )
    .where(r.event_id.in_(IDS))
    .group_by(r.event_id)
)
COUNTS_AND_RECORDED: CompoundSelect[Any] = union_all(
    COUNTS,
    select(Attendance.event_id, null(), null(), null())
    .where(Attendance.event_id.in_(IDS))
    .group_by(Attendance.event_id),
)
"""The counts of each event, and without counts each event that has minutes."""
UNFINISHED = (
    select(i.event_id, i.id, i.filename, func.count(p.id), i.state)
    .outerjoin(p, and_(p.import_id == i.id, p.decision == MatchDecision.OPEN.value))
    .where(i.event_id.in_(IDS))
    .group_by(i.event_id, i.id, i.filename, i.state, i.uploaded_at)
    .having(or_(i.state != ImportState.APPLIED.value, func.count(p.id) > 0))
    .order_by(i.uploaded_at, i.id)
)


def taking_part(db: Session, event_ids: Collection[UUID]) -> dict[UUID, TakingPart]:
    """Returns for each event how many take part and what is unfinished; two statements. Reports
    are those that were not applied and those with undecided names, the oldest first.
    """
    ids = {"ids": list(event_ids)}
    counts: dict[UUID, tuple[int, int, int]] = {}
    recorded: set[UUID] = set()
    for event_id, registered, pending, without in db.execute(COUNTS_AND_RECORDED, ids):
        if registered is None:
            recorded.add(event_id)
        else:
            counts[event_id] = registered, pending, without
    reports: dict[UUID, list[UnfinishedReport]] = defaultdict(list)
    for event_id, number, filename, undecided, state in db.execute(UNFINISHED, ids):
        is_applied = state == ImportState.APPLIED.value
        reports[event_id].append(
            UnfinishedReport(
                id=number, filename=filename, undecided=undecided, is_applied=is_applied
            )
        )
    by_event = {}
    for event_id in event_ids:
        registered, pending, without = counts.get(event_id, (0, 0, 0))
        by_event[event_id] = TakingPart(
            registered,
            pending,
            is_recorded=event_id in recorded,
            without_minutes=without,
            reports=tuple(reports[event_id]),
        )
    return by_event
