"""Appointments and certificates as plain values for the rules. Not scoped by actor: `figures` asks
the policy first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.infra.orm import not_over
from app.kernel import dated
from app.kernel.reference import REFERENCE_ZONE
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.rules.people import known_until
from app.people.identity.models import Account
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.queries.validity import not_expired
from app.training.certificates.rules import local_day, over_on
from app.training.certificates.values import CertificateKind
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    UnitProgress,
)
from app.training.turnover.values import (
    CertificateLife,
    CourseName,
    CourseSteps,
    Extent,
    NamedPerson,
    PostTerm,
)


def _within(is_of_country: bool) -> ColumnElement[bool]:
    """Returns the condition for appointments to target posts that were open on some day from
    `since` to `until`.
    """
    return and_(
        Post.is_target,
        Appointment.valid_from <= bindparam("until"),
        not_over(Appointment, bindparam("since")),
        Institution.country_code == bindparam("country") if is_of_country else true(),
    )


def _terms(is_of_country: bool) -> Select[str, int, date, date | None, date | None, date | None]:
    return (
        select(
            Institution.country_code,
            Appointment.person_id,
            Appointment.valid_from,
            Appointment.valid_until,
            Appointment.confirmed_on,
            Appointment.doubted_on,
        )
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(_within(is_of_country))
    )


def _people_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Counts the persons who have an enrolment of which the condition holds."""
    return func.count(distinct(case((condition, Enrolment.person_id))))


_TERMS, _TERMS_OF_COUNTRY = _terms(False), _terms(True)
_PERSONS = (
    select(Appointment.person_id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(_within(True))
)
_EDITIONS_OF_COURSE = (
    select(CourseEdition.id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Course.slug == bindparam("course"))
)
_CERTIFICATES = (
    select(
        Certificate.person_id,
        Certificate.completed_on,
        Certificate.last_valid_on,
        Revocation.revoked_at,
    )
    .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
    .where(
        Certificate.kind == CertificateKind.COMPLETION,
        Certificate.course_edition_id.in_(_EDITIONS_OF_COURSE),
        Certificate.completed_on <= bindparam("until"),
    )
)
_HOLDINGS = _CERTIFICATES.where(not_expired(bindparam("since")))
_HOLDINGS_OF_COUNTRY = _HOLDINGS.where(Certificate.person_id.in_(_PERSONS))
_CERTIFICATES_AMONG = _CERTIFICATES.where(
    Certificate.person_id.in_(bindparam("people", expanding=True))
)
_ENROLLED = select(Enrolment.person_id).where(
    Enrolment.person_id.in_(_PERSONS), Enrolment.edition_id.in_(_EDITIONS_OF_COURSE)
)
_BEGAN = or_(
    exists().where(UnitProgress.enrolment_id == Enrolment.id),
    exists().where(Completion.enrolment_id == Enrolment.id),
)
_PASSED = exists().where(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_(None))
_MODULES_DONE = (
    select(func.count(Completion.module_id))
    .where(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_not(None))
    .scalar_subquery()
)
_MODULES_OPEN = (
    select(func.count(Module.id))
    .where(Module.edition_id == Enrolment.edition_id, Module.is_available)
    .scalar_subquery()
)
_HALFWAY = and_(_MODULES_DONE > 0, 2 * _MODULES_DONE >= _MODULES_OPEN)
_STEPS = (
    select(
        func.count(distinct(Enrolment.person_id)),
        _people_where(_BEGAN),
        _people_where(or_(_PASSED, _HALFWAY)),
        _people_where(_PASSED),
    )
    .select_from(Enrolment)
    .where(Enrolment.edition_id.in_(_EDITIONS_OF_COURSE))
)
_NAMES = (
    select(
        Person,
        Post.title,
        Institution.name,
        Appointment.id,
        Appointment.note_asked_on,
        Appointment.note_received_on,
    )
    .join(Appointment, Appointment.person_id == Person.id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(
        Person.id.in_(bindparam("people", expanding=True)),
        Institution.country_code == bindparam("country"),
    )
    .order_by(Appointment.valid_from, Appointment.id)
)
_COURSES = select(Course.slug, Course.title).order_by(Course.id)
_MODULES = (
    select(CourseEdition.label, Module.number, Module.is_available)
    .join(Module, Module.edition_id == CourseEdition.id)
    .where(CourseEdition.id.in_(_EDITIONS_OF_COURSE))
    .order_by(CourseEdition.published_at.desc(), CourseEdition.id.desc(), Module.number)
)


def terms_by_country(
    db: Session, country_code: str | None, since: date, until: date
) -> dict[str, list[PostTerm]]:
    """Returns the appointments to target posts that were open on some day from `since` to `until`,
    by country; None for all countries.
    """
    given = {"since": since, "until": until}
    if country_code is None:
        rows = db.execute(_TERMS, given)
    else:
        rows = db.execute(_TERMS_OF_COUNTRY, {**given, "country": country_code})
    terms: defaultdict[str, list[PostTerm]] = defaultdict(list)
    for code, person_id, starts_on, ends_on, confirmed_on, doubted_on in rows:
        terms[code].append(
            PostTerm(
                person_id=person_id,
                starts_on=starts_on,
                ends_on=ends_on,
                known_until=known_until(ends_on, confirmed_on, doubted_on),
            )
        )
    return terms


def holdings_of(
    db: Session, country_code: str | None, since: date, until: date, course: str = ""
) -> list[CertificateLife]:
    """Returns the certificates of one course that were valid on some day; with a country, only of
    people who served there. Every edition counts: what was learnt from an earlier version of the
    Guidelines counts until it expires.
    """
    course = course or counted_course()
    given = {"course": course, "since": since, "until": until}
    if country_code is None:
        rows = db.execute(_HOLDINGS, given)
    else:
        rows = db.execute(_HOLDINGS_OF_COUNTRY, {**given, "country": country_code})
    return [
        CertificateLife(person_id, completed_on, _ends_on(last_valid_on, revoked_at))
        for person_id, completed_on, last_valid_on, revoked_at in rows
    ]


def enrolled_among(
    db: Session, country_code: str, since: date, until: date, course: str = ""
) -> Collection[int]:
    """Returns who served there on some day of the span and ever enrolled in the course."""
    course = course or counted_course()
    given = {"country": country_code, "since": since, "until": until, "course": course}
    return set(db.scalars(_ENROLLED, given))


def steps_of(db: Session, course: str = "") -> CourseSteps:
    """Counts the steps of the learners of all countries together, in one statement."""
    course = course or counted_course()
    return CourseSteps(*db.execute(_STEPS, {"course": course}).one())


def names_of(
    db: Session, person_ids: Collection[int], country_code: str, enrolled: Collection[int]
) -> dict[int, NamedPerson]:
    """Returns names with the latest post in the country, in one statement. `enrolled`: who ever
    took the course.
    """
    rows = db.execute(_NAMES, {"people": list(person_ids), "country": country_code})
    return {
        person.id: NamedPerson(
            person_id=person.id,
            full_name=person.full_name,
            post=post,
            institution=institution,
            is_enrolled=person.id in enrolled,
            appointment_id=appointment_id,
            note_asked_on=asked_on,
            note_received_on=received_on,
        )
        for person, post, institution, appointment_id, asked_on, received_on in rows
    }


def certified_among(
    db: Session, person_ids: Collection[int], on: date, course: str = ""
) -> frozenset[int]:
    """Returns those of the persons who hold a valid certificate of the course on the day; one
    statement.
    """
    course = course or counted_course()
    given = {"people": list(person_ids), "course": course, "until": on}
    rows = db.execute(_CERTIFICATES_AMONG, given)
    return frozenset(
        person_id
        for person_id, _completed_on, last_valid_on, revoked_at in rows
        if dated.not_over(_ends_on(last_valid_on, revoked_at), on)
    )


def has_account(db: Session, person_id: int) -> bool:
    """Returns True for a person who can sign in."""
    return db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None


def courses(db: Session) -> tuple[CourseName, ...]:
    """Returns every published course, the one that is counted by default first."""
    rows = db.execute(_COURSES)
    return tuple(
        sorted(
            (CourseName(slug, title) for slug, title in rows),
            key=lambda one: one.slug != counted_course(),
        )
    )


def extents_of(db: Session, course: str) -> tuple[Extent, ...]:
    """Returns which modules certificates of the course stand for, the latest edition first;
    editions with the same modules together.
    """
    rows = db.execute(_MODULES, {"course": course})
    taken: dict[str, list[int]] = {}
    announced: Counter[str] = Counter()
    for label, number, is_available in rows:
        taken.setdefault(label, []).extend([number] if is_available else [])
        announced[label] += 1
    editions: dict[tuple[tuple[int, ...], int], list[str]] = {}
    for label, numbers in taken.items():
        editions.setdefault((tuple(numbers), announced[label]), []).append(label)
    return tuple(
        Extent(tuple(labels), numbers, total) for (numbers, total), labels in editions.items()
    )


def _ends_on(last_valid_on: date | None, revoked_at: datetime | None) -> date | None:
    """Returns the first day on which a certificate is expired or revoked."""
    revoked_on = None if revoked_at is None else local_day(revoked_at, REFERENCE_ZONE)
    return over_on(last_valid_on, revoked_on)
