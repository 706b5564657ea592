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
        func.coalesce(Unit.measured, Unit.minutes),
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
    outline = outline_of(db, edition, slug)
    if enrolment is None:
        return Seat(outline)
    return Seat(
        outline,
        standing_of(db, enrolment.id),
        enrolment.id,
        enrolment.last_unit_id,
        enrolment.last_screen,
        has_later=edition.id != newest_id,
    )


def require_enrolled(seat: Seat) -> UUID:
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
    found = db.execute(_EDITIONS, {"slug": slug, "person_id": person_id})
    rows: list[tuple[CourseEdition, Enrolment | None]] = [(e, x) for e, x in found]
    if not rows:
        raise NotFound
    taken = next(((e, x) for e, x in rows if x is not None and x.closed_at is None), rows[0])
    return *taken, rows[0][0].id


def outline_of(db: Session, edition: CourseEdition, slug: str) -> Outline:
    """Returns the parts of a published edition; open to everybody."""
    units = _units_by_module(db, edition.id)
    modules = tuple(
        ModuleOutline(
            id_,
            number,
            module_slug,
            title,
            outcome,
            sum(unit.minutes for unit in units[id_]) or minutes,
            available,
            tuple(units[id_]),
        )
        for id_, number, module_slug, title, outcome, minutes, available in db.execute(
            _MODULES, {"edition_id": edition.id}
        )
    )
    return Outline(
        edition.id,
        slug,
        edition.label,
        edition.title,
        edition.summary,
        edition.guideline_version_id,
        edition.published_at,
        modules,
    )


def _units_by_module(db: Session, edition_id: int) -> dict[int, list[UnitOutline]]:
    units: dict[int, list[UnitOutline]] = defaultdict(list)
    for (
        module_id,
        unit_id,
        code,
        kind,
        minutes,
        title,
        screens,
        draw,
        pass_mark,
        pause,
        most,
        optional,
    ) in db.execute(_UNITS, {"edition_id": edition_id}):
        questions, mark = sum(draw.values()), pass_mark or Decimal(0)
        units[module_id].append(
            UnitOutline(
                unit_id,
                code,
                UnitKind(kind),
                minutes,
                title,
                screens,
                questions,
                mark,
                pause,
                most,
                optional,
            )
        )
    return units


def standing_of(db: Session, enrolment_id: UUID) -> LearnerProgress:
    """Returns what an enrolment has reached; whose it is was asked before."""
    asked = {"enrolment_id": enrolment_id}
    read = db.execute(_READ, asked)
    tries = db.execute(_TRIED, asked).all()
    done = db.execute(_DONE, asked).all()
    return LearnerProgress(
        {unit_id: UnitReading(screen, at is not None) for unit_id, screen, at in read},
        frozenset(unit_id for unit_id, _ in tries),
        frozenset(unit_id for unit_id, passed in tries if passed),
        frozenset(module_id for module_id, _ in done if module_id is not None),
        next((at for module_id, at in done if module_id is None), None),
    )
