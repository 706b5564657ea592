"""Every course with where its reader stands: four statements, whatever the number of courses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    Unit,
)
from app.training.learning.values import GUIDELINES
from app.training.learning.values.outline import ModuleState


@dataclass(frozen=True)
class CourseLine:
    """A course by the edition its reader takes, or by the newest. `completed_in` is the label of the
    latest edition the reader completed, empty if none.
    """

    slug: str
    title: LocalizedText
    summary: LocalizedText
    label: str
    minutes: int
    modules: int
    modules_done: int
    state: ModuleState
    completed_in: str = ""
    completed_at: datetime | None = None


@dataclass
class _Taken:
    enrolment_id: UUID
    edition_id: int
    modules_done: int = 0
    completed_at: datetime | None = None


_COURSES = (
    select(Course.slug, CourseEdition)
    .join(CourseEdition, CourseEdition.course_id == Course.id)
    .order_by(CourseEdition.published_at.desc(), CourseEdition.id.desc())
)
_EXTENTS = (
    select(
        Module.edition_id,
        func.count(func.distinct(Module.id)),
        func.sum(func.coalesce(Unit.measured, Unit.minutes)),
    )
    .join(Unit, Unit.module_id == Module.id)
    .where(Module.is_available)
    .group_by(Module.edition_id)
)


def catalogue(db: Session, *, actor: Actor) -> tuple[CourseLine, ...]:
    """Returns every course: the Guidelines first, then by title.

    Open to everybody; a visitor has no state.
    """
    extents = {edition: (count, minutes) for edition, count, minutes in db.execute(_EXTENTS)}
    own = _taken_by_edition(db, actor.person_id) if actor.person_id is not None else {}
    editions: dict[str, list[CourseEdition]] = {}
    for slug, edition in db.execute(_COURSES):
        editions.setdefault(slug, []).append(edition)
    lines = [_course_line(slug, listed, extents, own) for slug, listed in editions.items()]
    return tuple(sorted(lines, key=lambda one: (one.slug != GUIDELINES, one.title.in_())))


def _taken_by_edition(db: Session, person_id: int) -> dict[int, _Taken]:
    """Returns what a person takes or completed, by edition."""
    taken = {
        id_: _Taken(id_, edition_id)
        for id_, edition_id in db.execute(
            select(Enrolment.id, Enrolment.edition_id)
            .where(Enrolment.person_id == person_id)
            .order_by(Enrolment.started_at)
        )
    }
    done = select(Completion.enrolment_id, Completion.module_id, Completion.decided_at).join(
        Enrolment, Enrolment.id == Completion.enrolment_id
    )
    for enrolment_id, module_id, decided_at in db.execute(
        done.where(Enrolment.person_id == person_id)
    ):
        if module_id is None:
            taken[enrolment_id].completed_at = decided_at
        else:
            taken[enrolment_id].modules_done += 1
    return {one.edition_id: one for one in taken.values()}


def _course_line(
    slug: str,
    editions: list[CourseEdition],
    extents: dict[int, tuple[int, int]],
    own: dict[int, _Taken],
) -> CourseLine:
    """Returns the line of a course; `editions` are its own, newest first."""
    taken = [(edition, own[edition.id]) for edition in editions if edition.id in own]
    done = next((pair for pair in taken if pair[1].completed_at is not None), None)
    open_ = next((pair for pair in taken if pair[1].completed_at is None), None)
    if open_ is not None:
        shown, standing, state = (*open_, ModuleState.IN_PROGRESS)
    elif done is not None:
        shown, standing, state = (*done, ModuleState.DONE)
    else:
        shown, standing, state = editions[0], None, ModuleState.NOT_STARTED
    modules, minutes = extents.get(shown.id, (0, 0))
    return CourseLine(
        slug=slug,
        title=shown.title,
        summary=shown.summary,
        label=shown.label,
        minutes=int(minutes or 0),
        modules=modules,
        modules_done=standing.modules_done if standing else 0,
        state=state,
        completed_in=done[0].label if done else "",
        completed_at=done[1].completed_at if done else None,
    )


def locked_course(db: Session, slug: str) -> int | None:
    """Returns the id of a course; whoever else asks for it so waits until this transaction ends."""
    return db.scalar(select(Course.id).where(Course.slug == slug).with_for_update())
