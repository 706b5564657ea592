"""Learners' events as they are kept, and whether what was decided follows from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.training.learning.models import Completion, Enrolment, LearningEvent
from app.training.learning.queries.seat import outline_of_edition
from app.training.learning.rules.evidence import completions_from, first_broken
from app.training.learning.rules.progress import RULE_VERSION
from app.training.learning.values.events import EventLine, LearningVerb
from app.training.learning.values.outline import Outline

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
