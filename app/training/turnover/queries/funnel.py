"""How far the learners of an edition come: seven statements, whatever the number of learners."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.queries import roster
from app.people.directory.values import SharedFigures
from app.training.certificates.models import Certificate
from app.training.certificates.rules import local_day
from app.training.certificates.values import CertificateKind
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


_EDITIONS = (
    select(CourseEdition.id, CourseEdition.label, CourseEdition.title, CourseEdition.course_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Course.slug == bindparam("slug"))
    .order_by(CourseEdition.published_at.desc(), CourseEdition.id.desc())
)
_UNITS = (
    select(
        Unit.id,
        Module.number,
        Module.title,
        Unit.title,
        func.coalesce(Unit.measured, Unit.minutes),
    )
    .join(Module, Module.id == Unit.module_id)
    .where(Module.edition_id == bindparam("edition_id"), Module.is_available)
    .order_by(Module.number, Unit.position)
)


def _counted(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _stages(among: ColumnElement[bool]) -> Select[Any]:
    """Selects how many learners are at each step, by language."""
    modules = (
        select(func.count(Module.id))
        .where(Module.edition_id == bindparam("edition_id"), Module.is_available)
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
    certified = select(Certificate.id).where(
        Certificate.enrolment_id == Enrolment.id,
        Certificate.kind == CertificateKind.COMPLETION,
    )
    return (
        select(
            Enrolment.language,
            func.count(),
            _counted(or_(begun.exists(), whole.exists())),
            _counted(or_(done * 2 >= modules, whole.exists())),
            _counted(whole.exists()),
            _counted(and_(whole.exists(), certified.exists())),
        )
        .where(among)
        .group_by(Enrolment.language)
        .order_by(Enrolment.language.desc())
    )


def _lessons_read(among: ColumnElement[bool]) -> Select[Any]:
    """Selects how many learners opened and finished each lesson, by language; not what a renewal
    credited as it began.
    """
    return (
        select(
            UnitProgress.unit_id,
            Enrolment.language,
            func.count(),
            _counted(UnitProgress.completed_at.is_not(None)),
        )
        .join(Enrolment, Enrolment.id == UnitProgress.enrolment_id)
        .where(
            among,
            or_(
                Enrolment.renews_id.is_(None),
                UnitProgress.completed_at.is_distinct_from(Enrolment.started_at),
            ),
        )
        .group_by(UnitProgress.unit_id, Enrolment.language)
    )


def _quizzes_tried(among: ColumnElement[bool]) -> Select[Any]:
    """Selects how many learners tried and passed each quiz, by language; each counts once."""
    passed = func.max(case((Attempt.is_passed.is_(True), 1), else_=0)).label("passed")
    tries = (
        select(Attempt.unit_id, Enrolment.language, passed)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(among)
        .group_by(Attempt.unit_id, Attempt.enrolment_id, Enrolment.language)
        .subquery()
    )
    return select(
        tries.c.unit_id, tries.c.language, func.count(), func.sum(tries.c.passed)
    ).group_by(tries.c.unit_id, tries.c.language)


def _presses(among: ColumnElement[bool]) -> Select[UUID, int | None, datetime]:
    """Selects what the learners who enrolled last did, in order for each."""
    latest = select(Enrolment.id).where(among).order_by(Enrolment.started_at.desc()).limit(LATEST)
    return (
        select(LearningEvent.enrolment_id, LearningEvent.unit_id, LearningEvent.at)
        .where(LearningEvent.enrolment_id.in_(latest))
        .order_by(LearningEvent.enrolment_id, LearningEvent.number)
    )


def _newcomers(served: ColumnElement[bool]) -> Select[date, date | None, datetime, str]:
    """Selects first appointments to a post that counts for coverage, with the first completion."""
    earlier = aliased(Appointment)
    before = select(earlier.id).where(
        earlier.person_id == Appointment.person_id, earlier.valid_from < Appointment.valid_from
    )
    completed = (
        select(func.min(Completion.decided_at))
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .where(
            Enrolment.person_id == Appointment.person_id,
            Enrolment.course_id == bindparam("course_id"),
            Completion.module_id.is_(None),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )
    return (
        select(Appointment.valid_from, Appointment.valid_until, completed, Person.timezone)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .where(Post.is_target, ~before.exists(), served)
    )


def _served(person: Any, by_country: bool, by_kind: bool) -> ColumnElement[bool]:
    """Holds for persons who serve or served in an institution of the country and of the kind, and
    in none of a country that keeps its figures.
    """
    own, post = aliased(Appointment), aliased(Post)  # the enclosing query may read them too
    served = (
        select(own.person_id)
        .join(post, post.id == own.post_id)
        .join(Institution, Institution.id == post.institution_id)
    )
    left_out = served.where(Institution.country_code.in_(bindparam("left_out", expanding=True)))
    counts: ColumnElement[bool] = person.not_in(left_out)
    if not by_country and not by_kind:
        return counts
    there = served.where(own.person_id == person)
    if by_country:
        there = there.where(Institution.country_code == bindparam("country"))
    if by_kind:
        there = there.where(Institution.kind == bindparam("kind"))
    return and_(there.exists(), counts)


@dataclass(frozen=True)
class _Statements:
    stages: Select[Any]
    lessons_read: Select[Any]
    quizzes_tried: Select[Any]
    presses: Select[UUID, int | None, datetime]
    newcomers: Select[date, date | None, datetime, str]


@cache
def _statements(by_country: bool, by_kind: bool) -> _Statements:
    """Returns the statements of a funnel that is narrowed by country, by kind of institution, by
    both or by neither.

    Each combination is built once.
    """
    among = and_(
        Enrolment.edition_id == bindparam("edition_id"),
        _served(Enrolment.person_id, by_country, by_kind),
    )
    return _Statements(
        stages=_stages(among),
        lessons_read=_lessons_read(among),
        quizzes_tried=_quizzes_tried(among),
        presses=_presses(among),
        newcomers=_newcomers(_served(Appointment.person_id, by_country, by_kind)),
    )


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
    """One funnel of an edition, with its languages beside each other. `goal` is of the course;
    `left_out`: the countries that do not share it, whose people are not counted.
    """

    title: LocalizedText
    label: str
    labels: tuple[str, ...]
    total: Funnel
    by_language: dict[str, Funnel]
    units: Sequence[UnitLine]
    goal: GoalFigure | None
    left_out: frozenset[str]


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
    """Returns the funnel of an edition by its label, else of the newest.

    `country` and `kind` of institution narrow it to those who serve or served there; a country
    that keeps its figures is not found.
    """
    require_may_publish(actor)
    left_out = roster.countries_keeping(
        roster.countries(db), actor=actor, figures=SharedFigures.ALL
    )
    if country in left_out:
        raise NotFound
    editions = db.execute(_EDITIONS, {"slug": slug}).all()
    chosen = next((row for row in editions if row[1] == label or not label), None)
    if chosen is None:
        raise NotFound
    edition_id, label, title, course_id = chosen
    given = {
        "edition_id": edition_id,
        "course_id": course_id,
        "country": country,
        "kind": kind,
        "left_out": sorted(left_out),
    }
    statements = _statements(bool(country), bool(kind))
    by_language = {
        language: Funnel(*(int(n or 0) for n in counts))
        for language, *counts in db.execute(statements.stages, given)
    }
    total = Funnel()
    for part in by_language.values():
        total = total.plus(part)
    return CourseFunnel(
        title=title,
        label=label,
        labels=tuple(row[1] for row in editions),
        total=total,
        by_language=by_language,
        units=_units(db, statements, given),
        goal=goal_figure(_newcomer_lives(db, statements, given), today),
        left_out=left_out,
    )


def _units(db: Session, statements: _Statements, given: Mapping[str, Any]) -> list[UnitLine]:
    rows = db.execute(_UNITS, given).all()
    reached: dict[int, dict[str, int]] = {}
    done: dict[int, dict[str, int]] = {}
    for statement in (statements.lessons_read, statements.quizzes_tried):
        for unit_id, language, came, ended in db.execute(statement, given):
            reached.setdefault(unit_id, {})[language] = came
            done.setdefault(unit_id, {})[language] = int(ended or 0)
    taken = minutes_by_unit(db.execute(statements.presses, given).all())
    lost = lost_before([sum(reached.get(row[0], {}).values()) for row in rows])
    return [
        UnitLine(
            module_number=number,
            module_title=module_title,
            title=title,
            reached=reached.get(unit_id, {}),
            done=done.get(unit_id, {}),
            lost=left,
            minutes=minutes,
            taken=taken.get(unit_id),
        )
        for (unit_id, number, module_title, title, minutes), left in zip(rows, lost, strict=True)
    ]


def _newcomer_lives(
    db: Session, statements: _Statements, given: Mapping[str, Any]
) -> list[NewcomerLife]:
    rows: Iterable[Any] = db.execute(
        statements.newcomers, given
    )  # an earliest completion may be missing
    return [
        NewcomerLife(entered_on, left_on, local_day(done_at, zone) if done_at is not None else None)
        for entered_on, left_on, done_at, zone in rows
    ]
