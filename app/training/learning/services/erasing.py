"""Forgetting what somebody answered: scores stay as counted numbers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, Text, cast, delete, func, select, update
from sqlalchemy.orm import Session

from app.training.learning.models import (
    Attempt,
    AttemptItem,
    CheckAnswer,
    Enrolment,
    LessonNote,
    Pretest,
)

SUBMITTED = Attempt.submitted_at.is_not(None)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes answers and private lines; that there was an attempt, and its score, stay under the
    number.
    """
    own_enrolments = select(Enrolment.id).where(Enrolment.person_id == person_id)
    db.execute(delete(LessonNote).where(LessonNote.enrolment_id.in_(own_enrolments)))
    db.execute(delete(CheckAnswer).where(CheckAnswer.enrolment_id.in_(own_enrolments)))
    db.execute(update(Pretest).where(Pretest.enrolment_id.in_(own_enrolments)).values(answers=[]))
    _forget_answers(db, select(Attempt.id).where(Attempt.enrolment_id.in_(own_enrolments)))


def _forget_answers(db: Session, attempts: Select[UUID]) -> None:
    db.execute(update(AttemptItem).where(AttemptItem.attempt_id.in_(attempts)).values(response=[]))
    db.flush()


def expire_answers(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Deletes answers of attempts handed in before an instant; returns of how many attempts."""
    answered = select(AttemptItem.attempt_id).where(cast(AttemptItem.response, Text) != "[]")
    old = select(Attempt.id).where(
        SUBMITTED, Attempt.submitted_at < before, Attempt.id.in_(answered)
    )
    count = db.scalar(select(func.count()).select_from(old.subquery())) or 0
    if not dry_run:
        _forget_answers(db, old)
    return count
