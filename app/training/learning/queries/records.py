"""What learning keeps of people, and whether what was decided follows from what they did."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
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
from app.training.learning.queries.courses import outline_of_edition
from app.training.learning.rules.evidence import completions_from, first_broken
from app.training.learning.rules.progress import RULE_VERSION
from app.training.learning.values import EventLine, LearningVerb, Outline

_EVENTS = select(LearningEvent.__table__).order_by(LearningEvent.enrolment_id, LearningEvent.number)
AT_ONCE = 500


@dataclass(frozen=True)
class AuditFinding:
    """What does not hold of one enrolment. `broken_at` is the number of the first event that is
    missing or was changed; `unfounded` are modules whose completion no event supports, `undecided`
    those that are complete and not recorded so. None among them is the whole edition.
    """

    enrolment_id: UUID
    broken_at: int | None
    unfounded: frozenset[int | None]
    undecided: frozenset[int | None]


def events_of(db: Session, enrolment_id: UUID) -> tuple[EventLine, ...]:
    """Returns the acts of an enrolment in order; not scoped: for checks and tests."""
    rows = db.execute(_EVENTS.where(LearningEvent.enrolment_id == enrolment_id))
    return tuple(line for line, _hash in map(_event_line, rows))


def audit(db: Session) -> Iterator[AuditFinding]:
    """Decides every completion again from events and checks that no event is missing or changed.

    A completion by an earlier rule stays, whatever today's rule says.
    """
    outlines: dict[int, Outline] = {}
    enrolled = db.execute(select(Enrolment.id, Enrolment.edition_id).order_by(Enrolment.id)).all()
    for start in range(0, len(enrolled), AT_ONCE):
        some = enrolled[start : start + AT_ONCE]
        ids = [row.id for row in some]
        events = _events_by_enrolment(db, ids)
        decided = _decided(db, ids)
        for enrolment_id, edition_id in some:
            if edition_id not in outlines:
                outlines[edition_id] = outline_of_edition(db, edition_id)
            lines = events.get(enrolment_id, [])
            computed = completions_from(outlines[edition_id], (line for line, _hash in lines))
            kept = decided.get(enrolment_id, {})
            by_this_rule = {module for module, rule in kept.items() if rule == RULE_VERSION}
            finding = AuditFinding(
                enrolment_id=enrolment_id,
                broken_at=first_broken(lines),
                unfounded=frozenset(by_this_rule - computed),
                undecided=computed - frozenset(kept),
            )
            if finding.broken_at or finding.unfounded or finding.undecided:
                yield finding


def _events_by_enrolment(
    db: Session, ids: Iterable[UUID]
) -> dict[UUID, list[tuple[EventLine, str]]]:
    rows = db.execute(_EVENTS.where(LearningEvent.enrolment_id.in_(ids)))
    return {
        enrolment_id: [_event_line(row) for row in own]
        for enrolment_id, own in groupby(rows, key=lambda row: row.enrolment_id)
    }


def _decided(db: Session, ids: Iterable[UUID]) -> dict[UUID, dict[int | None, str]]:
    decided: dict[UUID, dict[int | None, str]] = {}
    rows = select(Completion.enrolment_id, Completion.module_id, Completion.rule_version)
    for enrolment_id, module_id, rule in db.execute(rows.where(Completion.enrolment_id.in_(ids))):
        decided.setdefault(enrolment_id, {})[module_id] = rule
    return decided


def _event_line(row: Row[Any]) -> tuple[EventLine, str]:
    values = dict(row._mapping)
    del values["enrolment_id"]
    kept_hash = values.pop("hash")
    return EventLine(**{**values, "verb": LearningVerb(values["verb"])}), kept_hash


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
