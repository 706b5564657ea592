"""Webinar units follow from who was where; nobody presses anything."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.training.learning.models import Completion, Enrolment, UnitProgress
from app.training.learning.queries.seat import outline_of_edition
from app.training.learning.queries.webinars import (
    WebinarUnit,
    attended,
    open_enrolments,
    webinar_units,
)
from app.training.learning.services.completing import complete_what_is_done
from app.training.learning.services.recording import record, tail_of
from app.training.learning.services.study import lock_enrolment
from app.training.learning.values.events import LearningVerb, Press


def follow_attendance(db: Session, *, person_ids: Iterable[int], now: datetime) -> None:
    """Settles the webinar units of everybody named, after their minutes were recorded or corrected.

    Told again, it writes nothing: what stands is compared with what should.
    """
    for enrolment_id in open_enrolments(db, sorted(person_ids)):
        settle_webinars(db, enrolment_id=enrolment_id, now=now)


def settle_webinars(db: Session, *, enrolment_id: UUID, now: datetime) -> None:
    """Marks each webinar unit as attended or not. A unit of a module that is complete stays as it
    is: a pass is never lost.
    """
    enrolment = lock_enrolment(db, enrolment_id)
    units = webinar_units(db, [enrolment.edition_id]).get(enrolment.edition_id, ())
    done = set(
        db.scalars(select(Completion.module_id).where(Completion.enrolment_id == enrolment_id))
    )
    changed = {
        unit.module_id
        for unit in units
        if unit.module_id not in done and _settle(db, enrolment, unit, now)
    }
    if not changed:
        return
    outline = outline_of_edition(db, enrolment.edition_id)
    for module in outline.modules:
        if module.id in changed:
            complete_what_is_done(
                db, actor=SYSTEM, enrolment=enrolment, outline=outline, module=module, now=now
            )


def _settle(db: Session, enrolment: Enrolment, unit: WebinarUnit, now: datetime) -> bool:
    """Counts the unit or takes it back; returns True when that changed anything."""
    lines = attended(
        db,
        person_id=enrolment.person_id,
        webinar=unit.webinar,
        started_at=enrolment.started_at,
    )
    counts = any(line.counts for line in lines)
    row = db.get(UnitProgress, (enrolment.id, unit.id))
    if counts == (row is not None and row.completed_at is not None):
        return False
    if row is None:
        row = UnitProgress(enrolment_id=enrolment.id, unit_id=unit.id, completed_at=None)
        db.add(row)
    row.completed_at = now if counts else None
    db.flush()
    record(
        db,
        tail_of(db, enrolment.id, Press().id),
        LearningVerb.ATTENDED,
        edition_id=enrolment.edition_id,
        language=enrolment.language,
        now=now,
        unit_id=unit.id,
        position=1,
        payload={"counts": counts},
    )
    return True
