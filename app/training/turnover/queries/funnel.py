"""How far the learners of an edition come: seven statements, whatever the number of learners."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Person, Post
from app.training.certificates.models import Certificate
from app.training.certificates.rules import local_day
from app.training.learning.models import (
    Attempt,
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    LearningEvent,
    Module,
    Unit,
    UnitProgress,
)
from app.training.learning.policy import require_may_publish
from app.training.turnover.rules.funnel import (
    Funnel,
    GoalFigure,
    NewcomerLife,
    goal_figure,
    lost_before,
    minutes_by_unit,
)

LATEST = 50
"""Of how many learners, those who enrolled last, the time is measured."""


@dataclass(frozen=True)
class UnitLine:
    """A unit with how many reached and finished it, by language, and the minutes its texts take
    beside those that learners took (None where nobody did).
    """

    module_number: int
    module_title: LocalizedText
    title: LocalizedText
    reached: dict[str, int]
    done: dict[str, int]
    lost: int
    minutes: int
    taken: float | None

    @property
    def all_reached(self) -> int:
        return sum(self.reached.values())

    @property
    def all_done(self) -> int:
        return sum(self.done.values())


@dataclass(frozen=True)
class CourseFunnel:
    """One funnel of an edition, with its languages beside each other. `goal` is of the course."""

    title: LocalizedText
    label: str
    labels: tuple[str, ...]
    total: Funnel
    by_language: dict[str, Funnel]
    units: Sequence[UnitLine]
    goal: GoalFigure | None


def course_funnel(
    db: Session,
    *,
    actor: Actor,
    slug: str,
    today: date,
    label: str = "",
    country: str = "",
    kind: str = "",
) -> CourseFunnel:
    """Of an edition by its label, else of the newest. `country` and `kind` of institution narrow it
    to those who serve or served there.
    """
    require_may_publish(actor)
    editions = db.execute(
        select(CourseEdition.id, CourseEdition.label, CourseEdition.title, CourseEdition.course_id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == slug)
        .order_by(CourseEdition.published_at.desc(), CourseEdition.id.desc())
    ).all()
    chosen = next((row for row in editions if row[1] == label or not label), None)
    if chosen is None:
        raise NotFound
    edition_id, label, title, course_id = chosen
    among = and_(Enrolment.edition_id == edition_id, _served(Enrolment.person_id, country, kind))
    by_language = _stages(db, edition_id, among)
    total = Funnel()
    for part in by_language.values():
        total = total.plus(part)
    return CourseFunnel(
        title,
        label,
        tuple(row[1] for row in editions),
        total,
        by_language,
        _units(db, edition_id, among),
        goal_figure(_newcomers(db, course_id, country, kind), today),
    )


def _served(person: Any, country: str, kind: str) -> ColumnElement[bool]:
    if not country and not kind:
        return true()
    own, post = aliased(Appointment), aliased(Post)  # the enclosing query may read them too
    served = (
        select(own.id)
        .join(post, post.id == own.post_id)
        .join(Institution, Institution.id == post.institution_id)
        .where(own.person_id == person)
    )
    if country:
        served = served.where(Institution.country_code == country)
    if kind:
        served = served.where(Institution.kind == kind)
    return served.exists()


def _stages(db: Session, edition_id: int, among: ColumnElement[bool]) -> dict[str, Funnel]:
    modules = (
        select(func.count(Module.id))
        .where(Module.edition_id == edition_id, Module.is_available)
        .scalar_subquery()
    )
    done = (
        select(func.count(Completion.id))
        .where(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_not(None))
        .correlate(Enrolment)
        .scalar_subquery()
    )
    whole = select(Completion.id).where(
        Completion.enrolment_id == Enrolment.id, Completion.module_id.is_(None)
    )
    begun = select(LearningEvent.number).where(LearningEvent.enrolment_id == Enrolment.id)
    certified = select(Certificate.id).where(Certificate.enrolment_id == Enrolment.id)

    def counted(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    rows = db.execute(
        select(
            Enrolment.language,
            func.count(),
            counted(or_(begun.exists(), whole.exists())),
            counted(or_(done * 2 >= modules, whole.exists())),
            counted(whole.exists()),
            counted(and_(whole.exists(), certified.exists())),
        )
        .where(among)
        .group_by(Enrolment.language)
        .order_by(Enrolment.language.desc())
    )
    return {language: Funnel(*(int(n or 0) for n in counts)) for language, *counts in rows}


def _units(db: Session, edition_id: int, among: ColumnElement[bool]) -> list[UnitLine]:
    rows = db.execute(
        select(
            Unit.id,
            Module.number,
            Module.title,
            Unit.title,
            func.coalesce(Unit.measured, Unit.minutes),
        )
        .join(Module, Module.id == Unit.module_id)
        .where(Module.edition_id == edition_id, Module.is_available)
        .order_by(Module.number, Unit.position)
    ).all()
    reached: dict[int, dict[str, int]] = {}
    done: dict[int, dict[str, int]] = {}
    for unit_id, language, came, ended in (*_read(db, among), *_tried(db, among)):
        reached.setdefault(unit_id, {})[language] = came
        done.setdefault(unit_id, {})[language] = int(ended or 0)
    taken = minutes_by_unit(_presses(db, among))
    lost = lost_before([sum(reached.get(row[0], {}).values()) for row in rows])
    return [
        UnitLine(
            number,
            module_title,
            title,
            reached.get(unit_id, {}),
            done.get(unit_id, {}),
            left,
            minutes,
            taken.get(unit_id),
        )
        for (unit_id, number, module_title, title, minutes), left in zip(rows, lost, strict=True)
    ]


def _read(db: Session, among: ColumnElement[bool]) -> list[Any]:
    ended = func.sum(case((UnitProgress.completed_at.is_not(None), 1), else_=0))
    return list(
        db.execute(
            select(UnitProgress.unit_id, Enrolment.language, func.count(), ended)
            .join(Enrolment, Enrolment.id == UnitProgress.enrolment_id)
            .where(among)
            .group_by(UnitProgress.unit_id, Enrolment.language)
        )
    )


def _tried(db: Session, among: ColumnElement[bool]) -> list[Any]:
    """A quiz counts each learner once, however often they tried."""
    passed = func.max(case((Attempt.is_passed.is_(True), 1), else_=0)).label("passed")
    tries = (
        select(Attempt.unit_id, Enrolment.language, passed)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(among)
        .group_by(Attempt.unit_id, Attempt.enrolment_id, Enrolment.language)
        .subquery()
    )
    return list(
        db.execute(
            select(
                tries.c.unit_id, tries.c.language, func.count(), func.sum(tries.c.passed)
            ).group_by(tries.c.unit_id, tries.c.language)
        )
    )


def _presses(db: Session, among: ColumnElement[bool]) -> list[Any]:
    latest = select(Enrolment.id).where(among).order_by(Enrolment.started_at.desc()).limit(LATEST)
    return list(
        db.execute(
            select(LearningEvent.enrolment_id, LearningEvent.unit_id, LearningEvent.at)
            .where(LearningEvent.enrolment_id.in_(latest))
            .order_by(LearningEvent.enrolment_id, LearningEvent.number)
        )
    )


def _newcomers(db: Session, course_id: int, country: str, kind: str) -> list[NewcomerLife]:
    """First appointments to a post that counts for coverage, with the first completion."""
    earlier = aliased(Appointment)
    before = select(earlier.id).where(
        earlier.person_id == Appointment.person_id, earlier.valid_from < Appointment.valid_from
    )
    completed = (
        select(func.min(Completion.decided_at))
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .where(
            Enrolment.person_id == Appointment.person_id,
            Enrolment.course_id == course_id,
            Completion.module_id.is_(None),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )
    query = (
        select(Appointment.valid_from, Appointment.valid_until, completed, Person.timezone)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .where(Post.is_target, ~before.exists(), _served(Appointment.person_id, country, kind))
    )
    rows: Iterable[Any] = db.execute(query)  # an earliest completion may be missing
    return [
        NewcomerLife(entered_on, left_on, local_day(done_at, zone) if done_at is not None else None)
        for entered_on, left_on, done_at, zone in rows
    ]
