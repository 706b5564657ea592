"""What is left of a person who asked to be erased: minutes without a name, and nothing of what reports said."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.attendance.facts import OriginalDropped
from app.attendance.models import AttendanceChange, AttendanceImport, AttendanceInterval, AttendanceParticipant
from app.attendance.values import Decision
from app.infra import journal
from app.infra.database import reading
from app.infra.files import files
from app.kernel.actor import SYSTEM


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Times of joining and leaving go, reasons lose their words, names in reports too; the original files of those
    reports are dropped. The minutes themselves are for events to keep or not."""
    db.execute(delete(AttendanceInterval).where(AttendanceInterval.person_id == person_id))
    db.execute(update(AttendanceChange).where(AttendanceChange.person_id == person_id).values(reason=""))
    hers = select(AttendanceParticipant.import_id).where(AttendanceParticipant.person_id == person_id)
    drop_originals(db, AttendanceImport.id.in_(hers), now=now)
    db.execute(
        update(AttendanceParticipant)
        .where(AttendanceParticipant.person_id == person_id)
        .values(name="", email="", spans=[], suggestions=[], decision=Decision.KEPT.value, person_id=None)
    )
    db.flush()


def drop_originals(db: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """The files that reports came in; each goes from the store after the commit, when no other report names it."""
    for row in db.scalars(select(AttendanceImport).where(which, AttendanceImport.file_key != "")):
        journal.record(db, OriginalDropped(row.event_id, row.id, row.file_key), actor=SYSTEM, now=now)
        row.file_key = ""


def drop_file(key: str) -> None:
    """From the store, unless another report is the same file."""
    with reading() as db:
        asked = select(func.count()).select_from(AttendanceImport).where(AttendanceImport.file_key == key)
        is_named = bool(db.scalar(asked))
    if not is_named:
        files().delete(key)
