"""Officials who are in the middle of the course, and the lessons that everybody read so far."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.people.directory.models import Appointment, Person
from app.training.learning.models import (
    Completion,
    CourseEdition,
    Enrolment,
    Module,
    Unit,
    UnitProgress,
)
from app.training.learning.services.study import carry_over

MOST, DAYS_SINCE = 30, (4, 80)
MODULES_DONE = (0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6, 7)
COUNTRIES_OF_PERSONAS = ("HN", "GT")
READ = ("page", "case")


def load_learners(db: Session, *, chance: Random, edition_id: int, now: datetime) -> int:
    """Returns how many are on the way; the countries of the personas are left as they are."""
    modules = db.scalars(
        select(Module.id)
        .where(Module.edition_id == edition_id, Module.is_available)
        .order_by(Module.number)
    ).all()
    course_id = db.scalars(
        select(CourseEdition.course_id).where(CourseEdition.id == edition_id)
    ).one()
    enrolled = select(Enrolment.id).where(Enrolment.person_id == Person.id)
    waiting = db.scalars(
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.valid_until.is_(None),
            Person.country_code.not_in(COUNTRIES_OF_PERSONAS),
            ~Person.email.contains("-"),
            ~enrolled.exists(),
        )
        .order_by(Person.id)
    ).all()
    learners = chance.sample(waiting, min(MOST, len(waiting)))
    for person in learners:
        started_at = now - timedelta(days=chance.randint(*DAYS_SINCE), hours=chance.randint(1, 9))
        enrolment = Enrolment(
            person_id=person.id,
            course_id=course_id,
            edition_id=edition_id,
            language=person.language,
            started_at=started_at,
        )
        db.add(enrolment)
        db.flush()
        done = modules[: min(chance.choice(MODULES_DONE), len(modules) - 1)]
        carry_over(
            db,
            enrolment=enrolment,
            module_ids=done,
            now=min(now, started_at + timedelta(days=len(done))),
        )
    _load_progress(db, edition_id, modules)
    return len(learners)


def _load_progress(db: Session, edition_id: int, modules: Sequence[int]) -> None:
    """All lessons of the modules that are done, and the first screen of the next one. Who has done none has
    not begun to read."""
    lessons: dict[int, list[Unit]] = {}
    units = select(Unit).where(Unit.module_id.in_(modules), Unit.kind.in_(READ))
    for unit in db.scalars(units.order_by(Unit.module_id, Unit.position)):
        lessons.setdefault(unit.module_id, []).append(unit)
    done: dict[Any, dict[int, datetime]] = {}
    completions = (
        select(Completion.enrolment_id, Completion.module_id, Completion.decided_at)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .where(Enrolment.edition_id == edition_id, Completion.module_id.is_not(None))
    )
    for enrolment_id, module_id, at in db.execute(completions):
        if module_id is not None:
            done.setdefault(enrolment_id, {})[module_id] = at
    rows: list[dict[str, Any]] = []
    for enrolment_id in db.scalars(select(Enrolment.id).where(Enrolment.edition_id == edition_id)):
        completed = done.get(enrolment_id, {})
        for module_id, at in completed.items():
            rows += [_row(enrolment_id, unit, at) for unit in lessons.get(module_id, ())]
        following = _next(modules, completed)
        if completed and following in lessons:
            rows.append(_row(enrolment_id, lessons[following][0], None))
    if rows:
        db.execute(insert(UnitProgress).execution_options(render_nulls=True), rows)


def _row(enrolment_id: object, unit: Unit, at: datetime | None) -> dict[str, Any]:
    return {
        "enrolment_id": enrolment_id,
        "unit_id": unit.id,
        "screen": unit.screens if at else 1,
        "completed_at": at,
    }


def _next(modules: Sequence[int], completed: Collection[int]) -> int:
    return next((module_id for module_id in modules if module_id not in completed), 0)
