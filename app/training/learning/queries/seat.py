"""An edition with the reader's own standing in it: six statements, whatever the number of
modules.
"""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.training.learning.models import (
    Attempt,
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    Unit,
    UnitProgress,
)
from app.training.learning.rules.progress import ModuleInPreparation, NotEnrolled, require_open
from app.training.learning.values import UnitKind
from app.training.learning.values.outline import (
    LearnerProgress,
    ModuleOutline,
    Outline,
    Seat,
    UnitOutline,
    UnitReading,
)

_EDITIONS = (
    select(CourseEdition, Enrolment)
    .join(Course, Course.id == CourseEdition.course_id)
    .outerjoin(
        Enrolment,
        and_(
            Enrolment.edition_id == CourseEdition.id,
            Enrolment.person_id == bindparam("person_id"),
        ),
    )
    .where(Course.slug == bindparam("slug"))
    .order_by(
        CourseEdition.published_at.desc(),
        CourseEdition.id.desc(),
        Enrolment.started_at.desc(),
    )
)
_EDITION = (
    select(CourseEdition, Course.slug)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(CourseEdition.id == bindparam("edition_id"))
)
_MODULES = (
    select(
        Module.id,
        Module.number,
        Module.slug,
        Module.title,
        Module.outcome,
        Module.minutes,
        Module.is_available,
    )
    .where(Module.edition_id == bindparam("edition_id"))
    .order_by(Module.number)
)
_UNITS = (
    select(
        Unit.module_id,
        Unit.id,
        Unit.code,
        Unit.kind,
        func.coalesce(Unit.measured, Unit.minutes).label("told_minutes"),
        Unit.title,
        Unit.screens,
        Unit.draw,
        Unit.pass_mark,
        Unit.pause_minutes,
        Unit.max_attempts,
        Unit.is_optional,
    )
    .join(Module, Module.id == Unit.module_id)
    .where(Module.edition_id == bindparam("edition_id"))
    .order_by(Unit.position)
)
_READ = select(UnitProgress.unit_id, UnitProgress.screen, UnitProgress.completed_at).where(
    UnitProgress.enrolment_id == bindparam("enrolment_id")
)
_TRIED = select(Attempt.unit_id, Attempt.is_passed).where(
    Attempt.enrolment_id == bindparam("enrolment_id")
)
_DONE = select(Completion.module_id, Completion.decided_at).where(
    Completion.enrolment_id == bindparam("enrolment_id")
)


def seat_of(db: Session, *, actor: Actor, slug: str) -> Seat:
    """Returns the edition the actor takes, or the newest one: whoever completed an old edition is
    offered the new one.
    """
    if "\x00" in slug:
        raise NotFound
    edition, enrolment, newest_id = _edition_for(db, slug, actor.person_id)
    outline = _outline_of(db, edition, slug)
    if enrolment is None:
        return Seat(outline)
    return Seat(
        outline=outline,
        standing=standing_of(db, enrolment.id),
        enrolment_id=enrolment.id,
        last_unit_id=enrolment.last_unit_id,
        last_screen=enrolment.last_screen,
        has_later=edition.id != newest_id,
    )


def require_enrolled(seat: Seat) -> UUID:
    """Returns the enrolment. Raises NotEnrolled for who has none."""
    if seat.enrolment_id is None:
        raise NotEnrolled
    return seat.enrolment_id


def unit_at(seat: Seat, module_slug: str, unit_code: str) -> tuple[ModuleOutline, UnitOutline]:
    """Returns the module and unit of an address, if the module is open to the learner."""
    module = seat.outline.module(module_slug)
    if module is None:
        raise NotFound
    if not module.is_available:
        raise ModuleInPreparation(number=module.number)
    unit = module.unit(unit_code)
    if unit is None:
        raise NotFound
    require_enrolled(seat)
    require_open(seat.outline, module, seat.standing)
    return module, unit


def _edition_for(
    db: Session, slug: str, person_id: int | None
) -> tuple[CourseEdition, Enrolment | None, int]:
    """Returns the edition the person takes, or the newest one, whose id comes last."""
    result = db.execute(_EDITIONS, {"slug": slug, "person_id": person_id})
    rows: list[tuple[CourseEdition, Enrolment | None]] = [
        (edition, enrolment) for edition, enrolment in result
    ]
    if not rows:
        raise NotFound
    taken = next((row for row in rows if row[1] is not None and row[1].closed_at is None), rows[0])
    return *taken, rows[0][0].id


def outline_of_edition(db: Session, edition_id: int) -> Outline:
    """Returns the parts of a published edition; open to everybody."""
    edition, slug = db.execute(_EDITION, {"edition_id": edition_id}).one()
    return _outline_of(db, edition, slug)


def _outline_of(db: Session, edition: CourseEdition, slug: str) -> Outline:
    units = _units_by_module(db, edition.id)
    modules = tuple(
        ModuleOutline(
            id=id_,
            number=number,
            slug=module_slug,
            title=title,
            outcome=outcome,
            minutes=sum(unit.minutes for unit in units[id_]) or minutes,
            is_available=available,
            units=tuple(units[id_]),
        )
        for id_, number, module_slug, title, outcome, minutes, available in db.execute(
            _MODULES, {"edition_id": edition.id}
        )
    )
    return Outline(
        edition_id=edition.id,
        slug=slug,
        label=edition.label,
        title=edition.title,
        summary=edition.summary,
        guideline_version_id=edition.guideline_version_id,
        published_at=edition.published_at,
        modules=modules,
    )


def _units_by_module(db: Session, edition_id: int) -> dict[int, list[UnitOutline]]:
    units: dict[int, list[UnitOutline]] = defaultdict(list)
    for row in db.execute(_UNITS, {"edition_id": edition_id}):
        units[row.module_id].append(
            UnitOutline(
                id=row.id,
                code=row.code,
                kind=UnitKind(row.kind),
                minutes=row.told_minutes,
                title=row.title,
                screens=row.screens,
                questions=sum(row.draw.values()),
                pass_mark=row.pass_mark or Decimal(0),
                pause_minutes=row.pause_minutes,
                max_attempts=row.max_attempts,
                is_optional=row.is_optional,
            )
        )
    return units


def standing_of(db: Session, enrolment_id: UUID) -> LearnerProgress:
    """Returns what an enrolment has reached; whose it is was asked before."""
    of_enrolment = {"enrolment_id": enrolment_id}
    read = db.execute(_READ, of_enrolment)
    tries = db.execute(_TRIED, of_enrolment).all()
    done = db.execute(_DONE, of_enrolment).all()
    return LearnerProgress(
        reading={unit_id: UnitReading(screen, at is not None) for unit_id, screen, at in read},
        tried=frozenset(unit_id for unit_id, _ in tries),
        passed=frozenset(unit_id for unit_id, passed in tries if passed),
        completed_modules=frozenset(module_id for module_id, _ in done if module_id is not None),
        completed_at=next((at for module_id, at in done if module_id is None), None),
    )
