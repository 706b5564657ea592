"""Writes completions and their facts when the last thing asked for is done; each once."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.training.learning.facts import CourseCompleted, ModuleCompleted
from app.training.learning.models import Completion, Enrolment
from app.training.learning.queries.seat import standing_of
from app.training.learning.rules.progress import (
    RULE_VERSION,
    edition_is_complete,
    module_is_complete,
)
from app.training.learning.values.outline import ModuleOutline, Outline


def complete_what_is_done(
    db: Session,
    *,
    actor: Actor,
    enrolment: Enrolment,
    outline: Outline,
    module: ModuleOutline,
    now: datetime,
) -> None:
    """Completes the module and then the edition where everything is done. The caller holds the lock
    of the enrolment, so each completion and its fact are written once.
    """
    db.flush()
    before = standing_of(db, enrolment.id)
    of_enrolment = (enrolment.person_id, enrolment.id, outline.edition_id)
    if module.id not in before.completed_modules and module_is_complete(module, before):
        db.add(
            Completion(
                enrolment_id=enrolment.id,
                module_id=module.id,
                rule_version=RULE_VERSION,
                decided_at=now,
            )
        )
        fact = ModuleCompleted(*of_enrolment, module_id=module.id, completed_at=now)
        journal.record(db, fact, actor=actor, now=now)
    if before.completed_at is None and edition_is_complete(outline, before):
        db.add(
            Completion(
                enrolment_id=enrolment.id, module_id=None, rule_version=RULE_VERSION, decided_at=now
            )
        )
        enrolment.closed_at = now
        journal.record(db, CourseCompleted(*of_enrolment, completed_at=now), actor=actor, now=now)
    db.flush()
