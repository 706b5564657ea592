"""Deadlines as they stand. Names are read for the country of the actor only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.infra.orm import not_over
from app.kernel.actor import Actor
from app.people.directory.models import Appointment, Institution, Person, Post
from app.training.certificates.models import Certificate
from app.training.certificates.queries.register import counts
from app.training.certificates.values import CertificateKind
from app.training.deadlines import policy
from app.training.deadlines.models import CourseDeadline, CourseDue
from app.training.deadlines.values import DeadlineRule, DeadlineStep, DueLine, WaitingLine
from app.training.learning.models import Course, CourseEdition

_DONE_ON = (
    select(func.min(Certificate.completed_on))
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .where(
        Certificate.person_id == CourseDue.person_id,
        Certificate.kind == CertificateKind.COMPLETION,
        CourseEdition.course_id == CourseDue.course_id,
        counts(CourseDue.starts_on),
    )
    .correlate(CourseDue)
    .scalar_subquery()
)
_LINES = (
    select(
        CourseDue.id,
        CourseDue.person_id,
        Person.own_name.label("full_name"),
        Course.slug,
        Course.title,
        Institution.country_code,
        CourseDue.starts_on,
        CourseDue.due_on,
        _DONE_ON.label("done_on"),
    )
    .join(Person, Person.id == CourseDue.person_id)
    .join(Course, Course.id == CourseDue.course_id)
    .join(Appointment, Appointment.id == CourseDue.appointment_id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .order_by(CourseDue.due_on, CourseDue.id)
)
_OWN = _LINES.where(
    CourseDue.person_id == bindparam("person_id"),
    not_over(Appointment, bindparam("on")),
)


def rules_of_courses(db: Session) -> tuple[DeadlineRule, ...]:
    """Returns every course, with its deadline if it has one."""
    rows = db.execute(
        select(Course.id, Course.slug, Course.title, CourseDeadline.days, CourseDeadline.kinds)
        .outerjoin(CourseDeadline, CourseDeadline.course_id == Course.id)
        .order_by(Course.id)
    )
    return tuple(
        DeadlineRule(id_, slug, title, days, tuple(kinds or ()))
        for id_, slug, title, days, kinds in rows
    )


def lines_of(db: Session, *, actor: Actor) -> tuple[DueLine, ...]:
    """Returns every country for the office, the own ones for a focal point; the soonest first."""
    query = _LINES
    if not policy.may_set_deadlines(actor):
        codes = actor.countries_named()
        query = query.where(Institution.country_code.in_(codes))
    return tuple(_line(row) for row in db.execute(query))


def own_due(db: Session, *, person_id: int, on: date) -> dict[str, DueLine]:
    """Returns what somebody still has to finish in a post they hold on a day, by course."""
    rows = db.execute(_OWN, {"person_id": person_id, "on": on})
    lines = [line for line in map(_line, rows) if line.done_on is None]
    return {line.course_slug: replace(line, is_past=on > line.due_on) for line in lines}


def unfinished(db: Session, *, on: date) -> Sequence[WaitingLine]:
    """Returns what is not finished, of those who serve on a day.

    Not scoped: for the letters. Locked, so that two that go round write each letter once.
    """
    query = _LINES.add_columns(CourseDue.told, CourseDue.digest_at).where(
        _DONE_ON.is_(None),
        CourseDue.starts_on <= on,
        not_over(Appointment, on),
    )
    rows = db.execute(query.with_for_update(of=CourseDue))
    return [
        WaitingLine(
            _line(row), DeadlineStep(row.told) if row.told else None, row.digest_at is not None
        )
        for row in rows
    ]


def appointment_entered(db: Session, appointment_id: int) -> tuple[Appointment, Post, str] | None:
    """Returns the appointment, its post and the kind of its institution."""
    row = db.execute(
        select(Appointment, Post, Institution.kind)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.id == appointment_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def certified_courses(db: Session, *, person_id: int, on: date) -> frozenset[int]:
    """Returns ids of the courses of which somebody holds a certificate on a day."""
    return frozenset(
        db.scalars(
            select(CourseEdition.course_id)
            .join(Certificate, Certificate.course_edition_id == CourseEdition.id)
            .where(
                Certificate.person_id == person_id,
                Certificate.kind == CertificateKind.COMPLETION,
                counts(on),
            )
        )
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    rows = db.execute(_LINES.where(CourseDue.person_id == person_id))
    return {
        "course_deadlines": [
            {
                "course": line.course_slug,
                "from": line.starts_on.isoformat(),
                "until": line.due_on.isoformat(),
            }
            for line in map(_line, rows)
        ]
    }


def _line(row: Any) -> DueLine:
    return DueLine(*tuple(row)[:9])
