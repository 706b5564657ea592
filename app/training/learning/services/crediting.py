"""Modules that count as complete although no screen of this enrolment led there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.training.learning.models import Completion, Enrolment
from app.training.learning.rules.progress import RULE_VERSION
from app.training.learning.services.recording import Tail, ends_of, record, record_each, tail_of
from app.training.learning.values.events import EventLine, LearningVerb, Press

_COMPLETED = insert(Completion).execution_options(render_nulls=True)


@dataclass(frozen=True)
class Credit:
    """Modules that count as complete in an enrolment at an instant (UTC). `earned_in`: the earlier
    enrolment in which they were completed.
    """

    enrolment: Enrolment
    module_ids: tuple[int, ...]
    at: datetime
    earned_in: UUID | None = None


def credit_modules(
    db: Session, *, enrolment: Enrolment, module_ids: Iterable[int], now: datetime
) -> None:
    """Completes the modules and the whole edition at `now`; they are all its available ones."""
    credit_editions(db, credits_=[Credit(enrolment, tuple(module_ids), now)])


def credit_editions(db: Session, *, credits_: Sequence[Credit]) -> None:
    """Completes the modules and the whole edition of each enrolment, in a number of statements that
    does not grow with them.

    For records that come from elsewhere, such as the demonstration's.
    """
    _credit(db, credits_, completes_edition=True)
    for credit in credits_:
        credit.enrolment.closed_at = credit.at
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
    credit = Credit(enrolment, tuple(module_ids), now, earned_in)
    _credit(db, [credit], completes_edition=False)
    db.flush()


def _credit(db: Session, credits_: Sequence[Credit], *, completes_edition: bool) -> None:
    ends = ends_of(db, [credit.enrolment.id for credit in credits_])
    record_each(
        db, [(ends[one.enrolment.id], _events(ends[one.enrolment.id], one)) for one in credits_]
    )
    whole = (None,) if completes_edition else ()
    completions = [
        _completion(credit.enrolment, module_id, credit.at)
        for credit in credits_
        for module_id in (*credit.module_ids, *whole)
    ]
    if completions:
        db.execute(_COMPLETED, completions)


def _events(tail: Tail, credit: Credit) -> list[EventLine]:
    payload = {"earned_in": str(credit.earned_in)} if credit.earned_in else {}
    return [
        EventLine(
            number=number,
            client_id=Press().id,
            verb=LearningVerb.CREDITED,
            edition_id=credit.enrolment.edition_id,
            language=credit.enrolment.language,
            at=credit.at,
            module_id=module_id,
            payload=payload,
        )
        for number, module_id in enumerate(credit.module_ids, start=tail.number + 1)
    ]


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
    db.execute(_COMPLETED, _completion(enrolment, module_id, now))
    db.flush()


def _completion(enrolment: Enrolment, module_id: int | None, now: datetime) -> dict[str, object]:
    return {
        "enrolment_id": enrolment.id,
        "module_id": module_id,
        "rule_version": RULE_VERSION,
        "decided_at": now,
    }
