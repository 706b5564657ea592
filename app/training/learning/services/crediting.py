"""Modules that count as complete although no screen of this enrolment led there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.training.learning.models import Completion, Enrolment
from app.training.learning.rules.progress import RULE_VERSION
from app.training.learning.services.recording import record, record_all, tail_of
from app.training.learning.values.events import EventLine, LearningVerb, Press

_COMPLETED = insert(Completion)


def credit_modules(
    db: Session, *, enrolment: Enrolment, module_ids: Iterable[int], now: datetime
) -> None:
    """Completes the modules and the whole edition at `now`; they are all its available ones.

    For records that come from elsewhere, such as the demonstration's.
    """
    carry_over(db, enrolment=enrolment, module_ids=module_ids, now=now)
    _complete(db, enrolment, None, now)
    enrolment.closed_at = now
    db.flush()


def carry_over(
    db: Session,
    *,
    enrolment: Enrolment,
    module_ids: Iterable[int],
    now: datetime,
    earned_in: UUID | None = None,
) -> None:
    """Credits modules in an enrolment: each becomes an event and a completion. `earned_in`: the
    earlier enrolment in which they were completed.
    """
    payload = {"earned_in": str(earned_in)} if earned_in else {}
    modules, tail = tuple(module_ids), tail_of(db, enrolment.id, Press().id)
    record_all(
        db,
        tail,
        [
            EventLine(
                number,
                Press().id,
                LearningVerb.CREDITED,
                enrolment.edition_id,
                enrolment.language,
                now,
                module_id=module_id,
                payload=payload,
            )
            for number, module_id in enumerate(modules, start=tail.number + 1)
        ],
    )
    if modules:
        db.execute(_COMPLETED, [_completion(enrolment, module_id, now) for module_id in modules])
    db.flush()


def exempt_module(
    db: Session,
    *,
    enrolment: Enrolment,
    module_id: int,
    payload: Mapping[str, object],
    now: datetime,
) -> None:
    """Completes a module by its pre-test; `payload` says by which rule and with what result."""
    record(
        db,
        tail_of(db, enrolment.id, Press().id),
        LearningVerb.EXEMPTED,
        edition_id=enrolment.edition_id,
        language=enrolment.language,
        now=now,
        module_id=module_id,
        payload=payload,
    )
    _complete(db, enrolment, module_id, now)
    db.flush()


def _complete(db: Session, enrolment: Enrolment, module_id: int | None, now: datetime) -> None:
    db.add(Completion(**_completion(enrolment, module_id, now)))


def _completion(enrolment: Enrolment, module_id: int | None, now: datetime) -> dict[str, object]:
    return {
        "enrolment_id": enrolment.id,
        "module_id": module_id,
        "rule_version": RULE_VERSION,
        "decided_at": now,
    }
