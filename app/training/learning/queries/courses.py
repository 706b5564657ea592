"""Courses as their readers see them: the catalogue, one edition and how far its reader is, renewing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Row,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.training.learning.models import (
    Attempt,
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Item,
    ItemOption,
    Module,
    ObjectiveChange,
    Unit,
    UnitProgress,
    UnitRendition,
)
from app.training.learning.rules.duration import (
    asks_to_think,
    quiz_minutes,
    reading_minutes,
    told_in,
    words_in,
    words_of,
)
from app.training.learning.rules.progress import (
    ModuleInPreparation,
    NotEnrolled,
    parts_since,
    require_open,
)
from app.training.learning.values import (
    GUIDELINES,
    ChangeClass,
    EditionStep,
    LaterEdition,
    LearnerProgress,
    ModuleOutline,
    ModulePart,
    ModuleState,
    Outline,
    Seat,
    UnitKind,
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
_ENROLMENT_ID: Any = bindparam("enrolment_id")
_STANDING: CompoundSelect[Any] = union_all(
    select(
        literal("read").label("part"),
        UnitProgress.unit_id.label("number"),
        UnitProgress.screen.label("screen"),
        false().label("is_passed"),
        UnitProgress.completed_at.label("at"),
    ).where(UnitProgress.enrolment_id == _ENROLMENT_ID),
    select(literal("tried"), Attempt.unit_id, null(), Attempt.is_passed, null()).where(
        Attempt.enrolment_id == _ENROLMENT_ID
    ),
    select(literal("done"), Completion.module_id, null(), null(), Completion.decided_at).where(
        Completion.enrolment_id == _ENROLMENT_ID
    ),
)
"""What an enrolment has reached, in one statement because each costs more than its rows: by `part`
the units read, the attempts at them, and the modules done, without a number the whole course.
"""


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
    reading: dict[int, UnitReading] = {}
    tried, passed, completed_modules = set[int](), set[int](), set[int]()
    completed_at: datetime | None = None
    for part, number, screen, is_passed, at in db.execute(
        _STANDING, {"enrolment_id": enrolment_id}
    ):
        if part == "read":
            reading[number] = UnitReading(screen, at is not None)
        elif part == "tried":
            tried.add(number)
            if is_passed:
                passed.add(number)
        elif number is None:
            completed_at = at
        else:
            completed_modules.add(number)
    return LearnerProgress(
        reading=reading,
        tried=frozenset(tried),
        passed=frozenset(passed),
        completed_modules=frozenset(completed_modules),
        completed_at=completed_at,
    )


# Every course with where its reader stands: four statements, whatever the number of courses.


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


# How long the units of an edition take, by the number of words in their texts.

_TEXTS = (
    select(
        Unit.id, Unit.module_id, Unit.kind, Unit.draw, UnitRendition.language, UnitRendition.body
    )
    .join(Module, Module.id == Unit.module_id)
    .outerjoin(UnitRendition, UnitRendition.unit_id == Unit.id)
    .where(Module.edition_id == bindparam("edition_id"))
)
_BANKS = (
    select(Item.id, Item.module_id, Item.stem, ItemOption.text, ItemOption.feedback)
    .join(Module, Module.id == Item.module_id)
    .join(ItemOption, ItemOption.item_id == Item.id)
    .where(Module.edition_id == bindparam("edition_id"))
)


_MEASURED = (
    select(Unit.id, Unit.measured)
    .join(Module, Module.id == Unit.module_id)
    .where(Module.edition_id == bindparam("edition_id"))
)


def measured_minutes(db: Session, edition_id: int) -> dict[int, int]:
    """Returns whole minutes by the ids of the units of an edition. They are measured when an
    edition is published; for one that was published before that existed, they are measured now.
    """
    of_edition = {"edition_id": edition_id}
    kept = dict(db.execute(_MEASURED, of_edition).all())
    if None not in kept.values():
        return {unit_id: minutes or 1 for unit_id, minutes in kept.items()}
    banks = _words_of_banks(db, of_edition)
    texts: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    quizzes: dict[int, int] = {}
    for unit_id, module_id, kind, draw, language, body in db.execute(_TEXTS, of_edition):
        if kind == UnitKind.QUIZ:
            quizzes[unit_id] = quiz_minutes(sum(draw.values()), banks[module_id])
        else:
            texts[unit_id][language or ""].append(body or "")
    return quizzes | {
        unit_id: _minutes_to_read(bodies[told_in(bodies)]) for unit_id, bodies in texts.items()
    }


def _minutes_to_read(screens: list[str]) -> int:
    return reading_minutes(
        sum(words_in(screen) for screen in screens), sum(asks_to_think(one) for one in screens)
    )


def _words_of_banks(db: Session, of_edition: dict[str, int]) -> defaultdict[int, list[int]]:
    """Returns the number of words of each question with its options and feedback, by module."""
    texts: dict[int, tuple[int, list[LocalizedText]]] = {}
    for item_id, module_id, stem, option, feedback in db.execute(_BANKS, of_edition):
        texts.setdefault(item_id, (module_id, [stem]))[1].extend((option, feedback))
    banks: defaultdict[int, list[int]] = defaultdict(list)
    for module_id, parts in texts.values():
        banks[module_id].append(words_of(parts))
    return banks


# From the edition somebody completed to the newest one: five statements, whatever the number of
# courses.

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
        func.sum(func.coalesce(Unit.measured, Unit.minutes)).label("minutes"),
        func.sum(case((and_(Unit.kind == UnitKind.QUIZ, ~Unit.is_optional), 1), else_=0)).label(
            "quizzes"
        ),
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
    rows: Iterable[Any] = db.execute(_OWN_ENROLMENTS, {"person_id": person_id})
    for slug, id_, edition_id, closed_at, decided_at in rows:
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
    for row in db.execute(
        _OPEN_MODULES, {"edition_ids": [edition_id for edition_id, _label in newest.values()]}
    ):
        modules[row.edition_id].append(_part(row))
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
    newest = db.execute(_OPEN_MODULES, {"edition_ids": [newest_id]})
    parts = [_part(row) for row in newest if row.slug in named]
    is_material = any(change.is_material for change in changes)
    return LaterEdition(label, _telling(parts, changes), is_material)


def _changes(db: Session, edition_ids: Iterable[int]) -> dict[int, list[_ChangeSince]]:
    changes: dict[int, list[_ChangeSince]] = defaultdict(list)
    rows = db.execute(_CHANGES, {"edition_ids": list(edition_ids)})
    for edition_id, module_slug, change, told in rows:
        changes[edition_id].append(_ChangeSince(module_slug, change == ChangeClass.MATERIAL, told))
    return changes


def _part(row: Row[Any]) -> ModulePart:
    """Returns a row of _OPEN_MODULES; PostgreSQL sums to decimal numbers."""
    return ModulePart(
        id=row.id,
        number=row.number,
        slug=row.slug,
        title=row.title,
        minutes=int(row.minutes or 0),
        quizzes=int(row.quizzes or 0),
    )


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
