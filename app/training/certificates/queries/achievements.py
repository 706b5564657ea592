"""What somebody achieved and who signs for it, read from the floors below at the moment of
issue.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.actor import Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import (
    Appointment,
    Country,
    Institution,
    Person,
    Post,
    PresidencyTerm,
)
from app.people.identity.models import Account, RoleGrant
from app.training.certificates import rules
from app.training.certificates.values import CertificateModule
from app.training.learning.models import Completion, Course, CourseEdition, Enrolment, Module
from app.training.learning.queries.duration import measured_minutes
from app.training.learning.queries.pretest import exempted_numbers
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineVersion

NOWHERE = LocalizedText()
_LOCKED = (
    select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)
)
_ACHIEVED = (
    select(
        Person,
        CourseEdition,
        Course,
        GuidelineVersion.label,
        Completion.decided_at,
        Enrolment.id,
    )
    .select_from(Completion)
    .join(Enrolment, Enrolment.id == Completion.enrolment_id)
    .join(Person, Person.id == Enrolment.person_id)
    .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .join(GuidelineVersion, GuidelineVersion.id == CourseEdition.guideline_version_id)
    .where(
        Person.id == bindparam("person_id"),
        CourseEdition.id == bindparam("edition_id"),
        Completion.module_id.is_(None),
    )
    .order_by(Completion.decided_at.desc(), Completion.id.desc())
    .limit(1)
)
_HOLDER = (
    select(Person.full_name)
    .join(Account, Account.person_id == Person.id)
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .where(
        RoleGrant.role == Role.PRESIDENCY,
        RoleGrant.valid_from <= bindparam("day"),
        or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > bindparam("day")),
    )
    .order_by(RoleGrant.valid_from.desc(), RoleGrant.id)
    .limit(1)
)
_PRESIDING = (
    select(Country)
    .join(PresidencyTerm, PresidencyTerm.country_code == Country.code)
    .where(
        PresidencyTerm.valid_from <= bindparam("day"), PresidencyTerm.valid_until > bindparam("day")
    )
    .limit(1)
)
_MODULES = (
    select(Module).where(Module.edition_id == bindparam("edition_id")).order_by(Module.number)
)
_SERVED_AT = (
    select(Institution)
    .join(Post, Post.institution_id == Institution.id)
    .join(Appointment, Appointment.post_id == Post.id)
    .where(
        Appointment.person_id == bindparam("person_id"),
        Appointment.valid_from <= bindparam("day"),
        or_(Appointment.valid_until.is_(None), Appointment.valid_until > bindparam("day")),
    )
    .order_by(Appointment.valid_from.desc(), Appointment.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Achievement:
    """A completed edition as the certificate will tell it. `timezone` is the one of the holder's
    country.

    `guideline_version` is empty for a course that does not rest on the Guidelines. `minutes` are
    measured from the texts and quizzes of the modules taken (learning's rules of
    duration); `modules_total` counts those that are only announced too.
    """

    enrolment_id: UUID
    holder_name: str
    institution: LocalizedText
    country: LocalizedText
    country_code: str | None
    timezone: str
    course_title: LocalizedText
    edition: str
    guideline_version: str
    minutes: int
    modules: tuple[CertificateModule, ...]
    modules_total: int
    decided_at: datetime
    validity_months: int
    exempted: tuple[int, ...] = ()


@dataclass(frozen=True)
class Signatory:
    name: str
    role: LocalizedText


def lock_person(db: Session, person_id: int) -> None:
    """Two workers that issue for the same person queue here on PostgreSQL; on SQLite writers queue
    anyway.
    """
    if db.scalar(_LOCKED, {"person_id": person_id}) is None:
        raise NotFound


def achievement_of(
    db: Session, person_id: int, course_edition_id: int, enrolment_id: UUID | None = None
) -> Achievement | None:
    """None unless the completion of the whole edition is on record; of several enrolments in it the
    one that was completed last, or the one named.
    """
    query = _ACHIEVED if enrolment_id is None else _ACHIEVED.where(Enrolment.id == enrolment_id)
    row = db.execute(query, {"person_id": person_id, "edition_id": course_edition_id}).one_or_none()
    if row is None:
        return None
    person, edition, course, version, decided_at, earned_in = row
    country = None if person.country_code is None else db.get(Country, person.country_code)
    timezone = person.timezone if country is None else country.timezone
    announced = _modules(db, course_edition_id)
    modules = [module for module in announced if module.is_available]
    return Achievement(
        enrolment_id=earned_in,
        holder_name=person.full_name,
        institution=_institution_of(db, person_id, rules.local_day(decided_at, timezone)),
        country=NOWHERE if country is None else country.name,
        country_code=person.country_code,
        timezone=timezone,
        course_title=edition.title or course.title,
        edition=edition.label,
        guideline_version=version if course.slug == GUIDELINES else "",
        minutes=sum(measured_minutes(db, course_edition_id).values()),
        modules=tuple(
            CertificateModule(module.number, rules.in_both(module.title)) for module in modules
        ),
        modules_total=len(announced),
        decided_at=decided_at,
        validity_months=edition.validity_months,
        exempted=exempted_numbers(db, earned_in),
    )


def signatory_on(db: Session, day: date) -> Signatory:
    """Who signs on a day: whoever holds the presidency's role, else the Executive Secretariat as a
    body.
    """
    body = current_body()
    name, country = db.scalar(_HOLDER, {"day": day}), db.scalar(_PRESIDING, {"day": day})
    if name is None or country is None:
        return Signatory(body.secretariat.in_(body.languages[0]), body.name)
    role = LocalizedText(
        es=f"{body.presidency.in_('es')} {day.year}, {country.name.in_('es')}",
        en=f"{body.presidency.in_('en')} {day.year}, {country.name.in_('en')}",
    )
    return Signatory(name, role)


def _modules(db: Session, course_edition_id: int) -> list[Module]:
    """In order. The completion rule counts those that are available: what is only announced is not
    certified.
    """
    return list(db.scalars(_MODULES, {"edition_id": course_edition_id}))


def _institution_of(db: Session, person_id: int, day: date) -> LocalizedText:
    """Where the person served on the day of completion, by the latest appointment that held."""
    institution = db.scalar(_SERVED_AT, {"person_id": person_id, "day": day})
    return NOWHERE if institution is None else institution.name
