"""What learning keeps of one person: enrolments, progress, answers, private lines, completions."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.training.learning.models import (
    Attempt,
    AttemptItem,
    CheckAnswer,
    Completion,
    CourseEdition,
    Enrolment,
    LearningEvent,
    LessonCheck,
    LessonNote,
    Pretest,
    Unit,
    UnitProgress,
)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns all that learning keeps of a person; answers as the ids of what was chosen."""
    own_enrolments = select(Enrolment.id).where(Enrolment.person_id == person_id)
    enrolled = db.execute(
        select(Enrolment, CourseEdition.label)
        .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id)
    )
    attempts = (
        select(Attempt).where(Attempt.enrolment_id.in_(own_enrolments)).order_by(Attempt.started_at)
    )
    answers: dict[Any, list[Any]] = {}
    items = (
        select(AttemptItem)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.enrolment_id.in_(own_enrolments))
    )
    for item in db.scalars(items.order_by(AttemptItem.position)):
        answers.setdefault(item.attempt_id, []).append(item.response)
    done = (
        select(Completion)
        .where(Completion.enrolment_id.in_(own_enrolments))
        .order_by(Completion.decided_at)
    )
    seen = (
        select(Unit.code, func.count())
        .join(UnitProgress, UnitProgress.unit_id == Unit.id)
        .where(UnitProgress.enrolment_id.in_(own_enrolments))
        .group_by(Unit.code)
        .order_by(Unit.code)
    )
    practice = (
        select(LessonCheck.code, CheckAnswer)
        .join(CheckAnswer, CheckAnswer.check_id == LessonCheck.id)
        .where(CheckAnswer.enrolment_id.in_(own_enrolments))
        .order_by(CheckAnswer.answered_at)
    )
    notes = (
        select(Unit.code, LessonNote)
        .join(LessonNote, LessonNote.unit_id == Unit.id)
        .where(LessonNote.enrolment_id.in_(own_enrolments))
        .order_by(LessonNote.written_at)
    )
    acts = (
        select(LearningEvent, Unit.code)
        .outerjoin(Unit, Unit.id == LearningEvent.unit_id)
        .where(LearningEvent.enrolment_id.in_(own_enrolments))
        .order_by(LearningEvent.at, LearningEvent.number)
    )
    pretests = (
        select(Pretest).where(Pretest.enrolment_id.in_(own_enrolments)).order_by(Pretest.started_at)
    )
    return {
        "enrolments": [{"id": str(row.id), "edition": edition} for row, edition in enrolled],
        "units_opened": [code for code, _count in db.execute(seen)],
        "attempts": [
            {
                "started_at": row.started_at.isoformat(),
                "score": str(row.score) if row.score is not None else None,
                "is_passed": row.is_passed,
                "answers": answers.get(row.id, []),
            }
            for row in db.scalars(attempts)
        ],
        "pretests": [
            {
                "started_at": row.started_at.isoformat(),
                "right": row.right,
                "is_passed": row.is_passed,
                "answers": row.answers,
            }
            for row in db.scalars(pretests)
        ],
        "practice": [
            {"check": code, "at": row.answered_at.isoformat(), "answer": row.response}
            for code, row in db.execute(practice)
        ],
        "notes": [
            {
                "unit": code,
                "screen": row.screen,
                "at": row.written_at.isoformat(),
                "text": row.text,
            }
            for code, row in db.execute(notes)
        ],
        "events": [
            {"what": row.verb, "unit": code, "position": row.position, "at": row.at.isoformat()}
            for row, code in db.execute(acts)
        ],
        "completions": [
            {"module": row.module_id, "at": row.decided_at.isoformat()} for row in db.scalars(done)
        ],
    }
