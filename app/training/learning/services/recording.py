"""Records what learners do, each press once, and deletes what may be forgotten of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, Text, bindparam, cast, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.infra.orm import table_of
from app.kernel.text import Language
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    CheckAnswer,
    Enrolment,
    LearningEvent,
    LessonNote,
    Pretest,
)
from app.training.learning.rules.evidence import NO_HASH, chained
from app.training.learning.values import EventLine, LearningVerb

_LAST = (
    select(func.max(LearningEvent.number))
    .where(LearningEvent.enrolment_id == bindparam("enrolment_id"))
    .scalar_subquery()
)
_TAIL = (
    select(
        LearningEvent.number,
        LearningEvent.hash,
        LearningEvent.client_id,
        LearningEvent.attempt_id,
    )
    .where(
        LearningEvent.enrolment_id == bindparam("enrolment_id"),
        or_(LearningEvent.client_id == bindparam("client_id"), LearningEvent.number == _LAST),
    )
    .order_by(LearningEvent.number)
)
_OTHER = aliased(LearningEvent)
_ENDS = select(LearningEvent.enrolment_id, LearningEvent.number, LearningEvent.hash).where(
    LearningEvent.enrolment_id.in_(bindparam("enrolment_ids", expanding=True)),
    LearningEvent.number
    == select(func.max(_OTHER.number))
    .where(_OTHER.enrolment_id == LearningEvent.enrolment_id)
    .correlate(LearningEvent)
    .scalar_subquery(),
)
_INSERT = insert(table_of(LearningEvent))


@dataclass(frozen=True)
class Tail:
    """Where an enrolment's record ends. `is_known` says that this very press is in it already;
    `attempt_id` is then the attempt it belongs to.
    """

    enrolment_id: UUID
    client_id: UUID
    number: int
    hash: str
    is_known: bool
    attempt_id: UUID | None


def tail_of(db: Session, enrolment_id: UUID, client_id: UUID) -> Tail:
    """Reads the last event and the one of this press, in one statement."""
    rows = db.execute(_TAIL, {"enrolment_id": enrolment_id, "client_id": client_id}).all()
    number, kept_hash = (rows[-1].number, rows[-1].hash) if rows else (0, NO_HASH)
    known = next((row for row in rows if row.client_id == client_id), None)
    attempt_id = known.attempt_id if known else None
    return Tail(enrolment_id, client_id, number, kept_hash, known is not None, attempt_id)


def ends_of(db: Session, enrolment_ids: Collection[UUID]) -> dict[UUID, Tail]:
    """Returns where the record of each enrolment ends, in one statement, for acts that nobody
    pressed.
    """
    kept = {
        enrolment_id: (number, kept_hash)
        for enrolment_id, number, kept_hash in db.execute(
            _ENDS, {"enrolment_ids": list(enrolment_ids)}
        )
    }
    return {
        one: Tail(one, uuid4(), *kept.get(one, (0, NO_HASH)), is_known=False, attempt_id=None)
        for one in enrolment_ids
    }


def record(
    db: Session,
    tail: Tail,
    verb: LearningVerb,
    *,
    edition_id: int,
    language: Language,
    now: datetime,
    client_at: datetime | None = None,
    unit_id: int | None = None,
    module_id: int | None = None,
    position: int = 0,
    attempt_id: UUID | None = None,
    payload: Mapping[str, object] | None = None,
) -> Tail:
    """Adds an event after `tail` and returns where the record ends then."""
    line = EventLine(
        number=tail.number + 1,
        client_id=tail.client_id,
        verb=verb,
        edition_id=edition_id,
        language=language,
        at=now,
        unit_id=unit_id,
        module_id=module_id,
        position=position,
        attempt_id=attempt_id,
        client_at=client_at,
        payload=payload or {},
    )
    return record_all(db, tail, [line])


def record_all(db: Session, tail: Tail, lines: Iterable[EventLine]) -> Tail:
    """Adds events, numbered from the one after `tail`, and returns where the record ends then."""
    rows, tail = _chain(tail, lines)
    if rows:
        db.flush()  # the attempt of an event comes first
        db.execute(_INSERT, rows)
    return tail


def record_each(db: Session, records: Iterable[tuple[Tail, Iterable[EventLine]]]) -> None:
    """Adds the events of many enrolments, each once, in one statement."""
    rows = [row for tail, lines in records for row in _chain(tail, lines)[0]]
    if rows:
        db.flush()
        db.execute(_INSERT, rows)


def _chain(tail: Tail, lines: Iterable[EventLine]) -> tuple[list[dict[str, object]], Tail]:
    rows = []
    for line in lines:
        kept_hash = chained(tail.hash, line)
        tail = Tail(
            tail.enrolment_id,
            line.client_id,
            line.number,
            kept_hash,
            is_known=True,
            attempt_id=line.attempt_id,
        )
        plain = {**vars(line), "payload": dict(line.payload), "verb": line.verb.value}
        rows.append({**plain, "enrolment_id": tail.enrolment_id, "hash": kept_hash})
    return rows, tail


# Forgetting what somebody answered: scores stay as counted numbers.

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
