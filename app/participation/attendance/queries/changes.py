"""The history of an event's minutes: what stood there, what stands there now, who changed it and
why.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.participation.attendance.models import AttendanceChange
from app.participation.attendance.queries.candidates import kept_event
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.values import EventDetail

CHANGES_A_PAGE = 50


@dataclass(frozen=True)
class ChangeRow:
    name: str
    before: int | None
    after: int
    reason: str
    source: str
    at: datetime
    by: str


@dataclass(frozen=True)
class AttendanceHistory:
    event: EventDetail
    rows: tuple[ChangeRow, ...]
    paging: Paging


def history_of(db: Session, *, actor: Actor, event_id: UUID, number: int = 1) -> AttendanceHistory:
    """Returns the changes, the newest first; only for who keeps the list, because reasons may say
    more of somebody than a country should read.
    """
    event = kept_event(db, actor=actor, event_id=event_id)
    paging = Paging(number_of_changes(db, event_id=event_id), CHANGES_A_PAGE, number)
    changer = aliased(Person)
    rows = db.execute(
        select(AttendanceChange, Person.full_name, changer.full_name)
        .join(Person, Person.id == AttendanceChange.person_id)
        .outerjoin(Account, Account.id == AttendanceChange.by)
        .outerjoin(changer, changer.id == Account.person_id)
        .where(AttendanceChange.event_id == event_id)
        .order_by(AttendanceChange.at.desc(), AttendanceChange.id.desc())
        .limit(CHANGES_A_PAGE)
        .offset(paging.offset)
    )
    changes = tuple(
        ChangeRow(
            name=name,
            before=row.before,
            after=row.after,
            reason=row.reason,
            source=row.source,
            at=row.at,
            by=by or "",
        )
        for row, name, by in rows
    )
    return AttendanceHistory(event, changes, paging)


def number_of_changes(db: Session, *, event_id: UUID) -> int:
    return db.scalar(select(func.count()).where(AttendanceChange.event_id == event_id)) or 0
