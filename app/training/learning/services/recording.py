"""The one way in for what a learner does: each press is kept once, however often it is sent.

Callers hold the enrolment's lock, so an enrolment's events have one order on both databases.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from app.infra.orm import table_of
from app.kernel.text import Language
from app.training.learning.models import LearningEvent
from app.training.learning.rules.evidence import NO_HASH, chained
from app.training.learning.values.events import EventLine, LearningVerb

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
