"""From the edition somebody completed to the newest one: five statements, whatever the number of
courses.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    ObjectiveChange,
    Unit,
)
from app.training.learning.rules.renewing import parts_since
from app.training.learning.values import ChangeClass
from app.training.learning.values.outline import EditionStep, LaterEdition, ModulePart

_OWN_ENROLMENTS = (
    select(
        Course.slug,
        Enrolment.id,
        Enrolment.edition_id,
        Enrolment.closed_at,
        Completion.decided_at,
    )
    .join(Course, Course.id == Enrolment.course_id)
    .outerjoin(
        Completion, and_(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_(None))
    )
    .where(Enrolment.person_id == bindparam("person_id"))
    .order_by(Completion.decided_at, Enrolment.started_at)
)
_EVERY_EDITION = (
    select(Course.slug, CourseEdition.id, CourseEdition.label)
    .join(Course, Course.id == CourseEdition.course_id)
    .order_by(CourseEdition.published_at, CourseEdition.id)
)
_OPEN_MODULES = (
    select(
        Module.edition_id,
        Module.id,
        Module.number,
        Module.slug,
        Module.title,
        func.sum(func.coalesce(Unit.measured, Unit.minutes)),
    )
    .join(Unit, Unit.module_id == Module.id)
    .where(Module.is_available, Module.edition_id.in_(bindparam("edition_ids", expanding=True)))
    .group_by(Module.id)
    .order_by(Module.number)
)
_COMPLETED = (
    select(Completion.enrolment_id, Module.slug)
    .join(Module, Module.id == Completion.module_id)
    .where(Completion.enrolment_id.in_(bindparam("enrolment_ids", expanding=True)))
)
_CHANGES = (
    select(
        ObjectiveChange.edition_id,
        ObjectiveChange.module_slug,
        ObjectiveChange.change,
        ObjectiveChange.told,
    )
    .where(
        or_(ObjectiveChange.change == ChangeClass.MATERIAL, ObjectiveChange.told.is_not(None)),
        ObjectiveChange.edition_id.in_(bindparam("edition_ids", expanding=True)),
    )
    .order_by(ObjectiveChange.edition_id, ObjectiveChange.objective_code)
)


@dataclass(frozen=True)
class _Earned:
    """The enrolment of a course that was completed last."""

    enrolment_id: UUID
    edition_id: int


@dataclass(frozen=True)
class _ChangeSince:
    module: str
    is_material: bool
    told: LocalizedText | None


@dataclass(frozen=True)
class OwnCourses:
    """`open` maps slugs to the enrolment that is open, `steps` to what leads on from the one that
    was completed last.
    """

    open: dict[str, UUID]
    steps: dict[str, EditionStep]


def own_courses(db: Session, *, person_id: int) -> OwnCourses:
    """Returns the courses of a person; not scoped: the caller asked whose they are."""
    earned: dict[str, _Earned] = {}
    still_open: dict[str, UUID] = {}
    own: list[tuple[str, UUID, int, datetime | None, datetime | None]] = [
        (slug, id_, edition_id, closed_at, decided_at)
        for slug, id_, edition_id, closed_at, decided_at in db.execute(
            _OWN_ENROLMENTS, {"person_id": person_id}
        )
    ]
    for slug, id_, edition_id, closed_at, decided_at in own:
        if closed_at is None:
            still_open[slug] = id_
        if decided_at is not None:
            earned[slug] = _Earned(id_, edition_id)
    return OwnCourses(still_open, _steps(db, earned) if earned else {})


def _steps(db: Session, earned: dict[str, _Earned]) -> dict[str, EditionStep]:
    editions: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for slug, edition_id, label in db.execute(_EVERY_EDITION):
        editions[slug].append((edition_id, label))
    since = {slug: _after(editions[slug], one.edition_id) for slug, one in earned.items()}
    newest = {slug: editions[slug][-1] for slug in earned}
    modules: dict[int, list[ModulePart]] = defaultdict(list)
    for edition_id, id_, number, module_slug, title, minutes in db.execute(
        _OPEN_MODULES, {"edition_ids": [edition_id for edition_id, _label in newest.values()]}
    ):
        modules[edition_id].append(ModulePart(id_, number, module_slug, title, int(minutes or 0)))
    completed: dict[UUID, set[str]] = defaultdict(set)
    for enrolment_id, module_slug in db.execute(
        _COMPLETED, {"enrolment_ids": [one.enrolment_id for one in earned.values()]}
    ):
        completed[enrolment_id].add(module_slug)
    changes = _changes(db, [edition_id for ids in since.values() for edition_id in ids])
    steps = {}
    for slug, one in earned.items():
        edition_id, label = newest[slug]
        done = completed[one.enrolment_id]
        own = [change for id_ in since[slug] for change in changes[id_]]
        changed = {change.module for change in own if change.is_material}
        parts = _telling(modules[edition_id], own)
        kept, to_take = parts_since(parts, completed=done, material=changed)
        has_new = any(part.slug not in done for part in to_take)
        steps[slug] = EditionStep(
            earned_in=one.enrolment_id,
            edition_id=edition_id,
            label=label,
            kept=kept,
            to_take=to_take,
            has_new=has_new,
        )
    return steps


def later_edition(db: Session, *, edition_id: int, slug: str) -> LaterEdition | None:
    """Returns what somebody who takes an edition of the course should know of those published
    since; None for the newest one, and where nothing was changed materially and nothing is told.
    """
    editions = [(id_, label) for one, id_, label in db.execute(_EVERY_EDITION) if one == slug]
    since = _after(editions, edition_id)
    if not since:
        return None
    changes = [change for each in _changes(db, since).values() for change in each]
    if not changes:
        return None
    newest_id, label = editions[-1]
    named = {change.module for change in changes}
    parts = [
        ModulePart(id_, number, module_slug, title, int(minutes or 0))
        for _edition, id_, number, module_slug, title, minutes in db.execute(
            _OPEN_MODULES, {"edition_ids": [newest_id]}
        )
        if module_slug in named
    ]
    is_material = any(change.is_material for change in changes)
    return LaterEdition(label, _telling(parts, changes), is_material)


def _changes(db: Session, edition_ids: Iterable[int]) -> dict[int, list[_ChangeSince]]:
    changes: dict[int, list[_ChangeSince]] = defaultdict(list)
    rows = db.execute(_CHANGES, {"edition_ids": list(edition_ids)})
    for edition_id, module_slug, change, told in rows:
        changes[edition_id].append(_ChangeSince(module_slug, change == ChangeClass.MATERIAL, told))
    return changes


def _telling(
    parts: Iterable[ModulePart], changes: Iterable[_ChangeSince]
) -> tuple[ModulePart, ...]:
    """Returns the modules with what is told of each."""
    told: dict[str, list[LocalizedText]] = defaultdict(list)
    for change in changes:
        if change.told:
            told[change.module].append(change.told)
    return tuple(replace(part, told=tuple(told[part.slug])) for part in parts)


def _after(editions: list[tuple[int, str]], edition_id: int) -> list[int]:
    """Returns the ids of the editions after one of them; `editions` in order of publication."""
    ids = [id_ for id_, _label in editions]
    return ids[ids.index(edition_id) + 1 :]
