"""How many take part in events, and what somebody still has to do about who was there. Not scoped
by actor: nobody is named.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.participation.attendance.models import AttendanceImport, AttendanceParticipant
from app.participation.attendance.values import ImportState, MatchDecision
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.planning.events.models import Attendance
from app.planning.events.values import TakingPart, UnfinishedReport

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
WITH_MINUTES = select(Attendance.event_id).where(Attendance.event_id.in_(IDS)).distinct()
UNFINISHED = (
    select(i.event_id, i.id, i.filename, func.count(p.id), i.state)
    .outerjoin(p, and_(p.import_id == i.id, p.decision == MatchDecision.OPEN.value))
    .where(i.event_id.in_(IDS))
    .group_by(i.event_id, i.id, i.filename, i.state, i.uploaded_at)
    .having(or_(i.state != ImportState.APPLIED.value, func.count(p.id) > 0))
    .order_by(i.uploaded_at, i.id)
)


def taking_part(db: Session, event_ids: Collection[UUID]) -> dict[UUID, TakingPart]:
    """Returns for each event how many take part and what is unfinished; three statements. Reports
    are those that were not applied and those with undecided names, the oldest first.
    """
    ids = {"ids": list(event_ids)}
    counts = {row[0]: tuple(row[1:]) for row in db.execute(COUNTS, ids)}
    recorded = set(db.scalars(WITH_MINUTES, ids))
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
