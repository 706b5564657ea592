"""What is left of a person who asked to be erased: minutes without a name, and nothing of what
reports said.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import reading
from app.infra.files import files
from app.kernel.actor import SYSTEM
from app.participation.attendance.facts import OriginalDropped
from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceImport,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.values import MatchDecision
from app.people.directory.queries.people import emails_of_others, emails_of_person
from app.people.identity.queries import accounts_of_person


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Times of joining and leaving go, reasons lose their words, names in reports too, also those
    that nobody matched and that have the person's address; the original files of those reports are
    dropped. The minutes themselves are for events to keep or not.
    """
    db.execute(delete(AttendanceInterval).where(AttendanceInterval.person_id == person_id))
    db.execute(
        update(AttendanceChange).where(AttendanceChange.person_id == person_id).values(reason="")
    )
    at_hers = AttendanceParticipant.email.in_(_addresses(db, person_id))
    is_hers = or_(
        AttendanceParticipant.person_id == person_id,
        and_(AttendanceParticipant.person_id.is_(None), at_hers),
    )
    imports = set(db.scalars(select(AttendanceParticipant.import_id).where(is_hers)))
    drop_originals(db, AttendanceImport.id.in_(imports), now=now)
    db.execute(
        update(AttendanceParticipant)
        .where(is_hers)
        .values(
            name="",
            email="",
            spans=[],
            suggestions=[],
            decision=MatchDecision.KEPT.value,
            person_id=None,
        )
    )
    db.flush()


def _addresses(db: Session, person_id: int) -> set[str]:
    """Returns the person's own addresses: a letter to a shared mailbox may be about others as well."""
    owned = accounts_of_person(db, person_id).values()
    folded = {email.lower() for email in (*emails_of_person(db, person_id), *owned) if email}
    return folded - emails_of_others(db, person_id, folded)


def drop_originals(db: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """Drops the files that reports came in; each goes from the store after the commit, when no
    other report names it.
    """
    for row in db.scalars(select(AttendanceImport).where(which, AttendanceImport.file_key != "")):
        journal.record(
            db, OriginalDropped(row.event_id, row.id, row.file_key), actor=SYSTEM, now=now
        )
        row.file_key = ""


def drop_file(key: str) -> None:
    """Removes a file from the store, unless another report is the same file."""
    with reading() as db:
        query = (
            select(func.count())
            .select_from(AttendanceImport)
            .where(AttendanceImport.file_key == key)
        )
        is_named = bool(db.scalar(query))
    if not is_named:
        files().delete(key)
