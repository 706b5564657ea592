"""What somebody still has to do about the participant reports of an event. Not scoped by actor: for
its closing.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.participation.attendance.models import AttendanceImport, AttendanceParticipant
from app.participation.attendance.values import ImportState, MatchDecision


@dataclass(frozen=True)
class UnfinishedReport:
    """`undecided`: names of which nobody has said whose they are. `is_applied`: its minutes are
    written down.
    """

    id: UUID
    filename: str
    undecided: int
    is_applied: bool


def unfinished_reports(db: Session, *, event_id: UUID) -> tuple[UnfinishedReport, ...]:
    """Those that were not applied and those with undecided names, the oldest first; one
    statement.
    """
    i, p = AttendanceImport, AttendanceParticipant
    undecided = func.count(p.id)
    rows = db.execute(
        select(i.id, i.filename, undecided, i.state)
        .outerjoin(p, and_(p.import_id == i.id, p.decision == MatchDecision.OPEN.value))
        .where(i.event_id == event_id)
        .group_by(i.id, i.filename, i.state, i.uploaded_at)
        .having(or_(i.state != ImportState.APPLIED.value, undecided > 0))
        .order_by(i.uploaded_at, i.id)
    )
    return tuple(
        UnfinishedReport(row[0], row[1], row[2], row[3] == ImportState.APPLIED.value)
        for row in rows
    )
