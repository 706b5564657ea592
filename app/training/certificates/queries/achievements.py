"""What somebody achieved and who signs for it, read from the floors below at the moment of issue."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.infra.orm import not_over
from app.kernel import dated
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
from app.training.certificates.models import SignatoryTerm
from app.training.certificates.values import CertificateKind, CertificateModule
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Module,
    Unit,
)
from app.training.learning.queries.courses import measured_minutes
from app.training.learning.queries.quiz import exempted_numbers
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineVersion

Named = TypeVar("Named")

NOWHERE = LocalizedText()

_LOCKED = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)

_COMPLETIONS = (
    select(
        Person,
        CourseEdition,
        Course,
        GuidelineVersion.label,
        Completion.decided_at,
        Enrolment.id,
        Country,
    )
    .select_from(Completion)
    .join(Enrolment, Enrolment.id == Completion.enrolment_id)
    .join(Person, Person.id == Enrolment.person_id)
    .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .join(GuidelineVersion, GuidelineVersion.id == CourseEdition.guideline_version_id)
    .outerjoin(Country, Country.code == Person.country_code)
)

_ACHIEVED = _COMPLETIONS.where(
    Person.id.in_(bindparam("people", expanding=True)),
    CourseEdition.id.in_(bindparam("editions", expanding=True)),
    Completion.module_id.is_(None),
).order_by(Completion.decided_at.desc(), Completion.id.desc())

_MODULE_ACHIEVED = _COMPLETIONS.join(Module, Module.id == Completion.module_id).where(
    Enrolment.id == bindparam("enrolment_id"), Module.number == bindparam("number")
)

_UNITS = (
    select(Unit.id)
    .join(Module, Module.id == Unit.module_id)
    .where(Module.edition_id == bindparam("edition_id"), Module.number == bindparam("number"))
)

_HOLDERS = (
    select(RoleGrant.valid_from, RoleGrant.valid_until, Person.full_name)
    .join(Account, Account.id == RoleGrant.account_id)
    .join(Person, Person.id == Account.person_id)
    .where(
        RoleGrant.role == Role.PRESIDENCY,
        RoleGrant.valid_from <= bindparam("last"),
        not_over(RoleGrant, bindparam("first")),
    )
    .order_by(RoleGrant.valid_from.desc(), RoleGrant.id)
)

_PRESIDING = (
    select(PresidencyTerm.valid_from, PresidencyTerm.valid_until, Country.name)
    .join(Country, Country.code == PresidencyTerm.country_code)
    .where(
        PresidencyTerm.valid_from <= bindparam("last"),
        PresidencyTerm.valid_until > bindparam("first"),
    )
    .order_by(PresidencyTerm.id)
)

_ENTERED = select(SignatoryTerm).order_by(SignatoryTerm.valid_from, SignatoryTerm.id)

_MODULES = (
    select(Module).where(Module.edition_id == bindparam("edition_id")).order_by(Module.number)
)

_SERVED = (
    select(Appointment.person_id, Appointment.valid_from, Appointment.valid_until, Institution.name)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(Appointment.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Appointment.valid_from.desc(), Appointment.id.desc())
)

Period = tuple[date, date | None, Named]

"""The first day, the day after the last one, and who or what held then."""


@dataclass(frozen=True)
class Earned:
    """An edition that somebody says to have completed, and when it is certified (UTC): by the
    enrolment that is named, else by the one that was completed last.
    """

    person_id: int
    edition_id: int
    at: datetime
    enrolment_id: UUID | None = None


@dataclass(frozen=True)
class Achievement:
    """What somebody achieved, as the certificate will tell it. `key` is what Certificate.achievement
    holds. `title` is that of the course or the event. `timezone` is the one of the holder's country,
    or of the event: the day printed is that of `decided_at` there.

    `guideline_version` is empty for what does not rest on the Guidelines. `minutes` are
    measured from the texts and quizzes of the modules taken (learning's rules of
    duration), or those that somebody attended; 0 for a part in an event. `modules_total` counts
    modules that are only announced too. `validity_months` 0 is for ever.
    """

    key: str
    kind: CertificateKind
    holder: "CertificateHolder"
    title: LocalizedText
    decided_at: datetime
    timezone: str
    minutes: int
    course_edition_id: int | None = None
    enrolment_id: UUID | None = None
    event_id: UUID | None = None
    edition: str = ""
    guideline_version: str = ""
    modules: tuple[CertificateModule, ...] = ()
    modules_total: int = 0
    validity_months: int = 0
    exempted: tuple[int, ...] = ()


@dataclass(frozen=True)
class CertificateHolder:
    """Who is certified, as they were on the day: `institution` and `country` are empty for a guest
    who serves nowhere.
    """

    person_id: int
    name: str
    institution: LocalizedText
    country: LocalizedText
    country_code: str | None


@dataclass(frozen=True)
class Signatory:
    """Who signs, with the SHA-256 of the signature, "" for none. Without a name nobody does."""

    name: str
    role: LocalizedText
    signature: str = ""


NOBODY = Signatory("", NOWHERE)


@dataclass(frozen=True)
class _Edition:
    """What a certificate says of an edition, whoever holds it."""

    modules: tuple[CertificateModule, ...]
    modules_total: int
    minutes: int

    def alone(self, number: int, minutes: int) -> "_Edition":
        """Returns one module of it, as long as it takes."""
        modules = tuple(module for module in self.modules if module.number == number)
        return _Edition(modules, self.modules_total, minutes)


def lock_people(db: Session, people: Collection[int]) -> None:
    """Locks people, so that two workers that issue for the same person queue here on PostgreSQL.

    On SQLite writers queue anyway.
    """
    wanted = set(people)
    if set(db.scalars(_LOCKED, {"people": sorted(wanted)})) != wanted:
        raise NotFound


def achievements_of(db: Session, earned: Sequence[Earned]) -> list[Achievement | None]:
    """Returns an achievement for each, None unless the completion of the whole edition is on
    record.

    The number of statements grows with the editions only.
    """
    people = sorted({one.person_id for one in earned})
    editions = sorted({one.edition_id for one in earned})
    completed = db.execute(_ACHIEVED, {"people": people, "editions": editions}).all()
    latest: dict[tuple[int, int, UUID | None], Any] = {}
    for row in completed:
        person_id, edition_id, enrolment_id = row[0].id, row[1].id, row[5]
        latest.setdefault((person_id, edition_id, None), row)
        latest[person_id, edition_id, enrolment_id] = row
    served = served_by(db, people)
    exempted = exempted_numbers(db, [row[5] for row in completed])
    certified = {edition_id: _edition(db, edition_id) for edition_id in editions}
    achievements: list[Achievement | None] = []
    for one in earned:
        completion = latest.get((one.person_id, one.edition_id, one.enrolment_id))
        if completion is None:
            achievements.append(None)
            continue
        earned_in = completion[5]
        achievements.append(
            _of_course(
                completion,
                certified[one.edition_id],
                kind=CertificateKind.COMPLETION,
                key=rules.of_enrolment(earned_in),
                served=served[one.person_id],
                exempted=exempted[earned_in],
            )
        )
    return achievements


def learner_of(db: Session, enrolment_id: UUID) -> int:
    """Returns the person who took a course; 0 for an enrolment that does not exist."""
    return db.scalar(select(Enrolment.person_id).where(Enrolment.id == enrolment_id)) or 0


def module_achievement(db: Session, *, enrolment_id: UUID, number: int) -> Achievement | None:
    """Returns one module of a course as it was completed; None while its completion is not on
    record.
    """
    completion = db.execute(
        _MODULE_ACHIEVED, {"enrolment_id": enrolment_id, "number": number}
    ).one_or_none()
    if completion is None:
        return None
    person, edition = completion[:2]
    units = db.scalars(_UNITS, {"edition_id": edition.id, "number": number}).all()
    measured = measured_minutes(db, edition.id)
    minutes = sum(measured.get(unit_id, 0) for unit_id in units)
    exempted = exempted_numbers(db, [enrolment_id])[enrolment_id]
    return _of_course(
        completion,
        _edition(db, edition.id).alone(number, minutes),
        kind=CertificateKind.MODULE,
        key=rules.of_module(enrolment_id, number),
        served=served_by(db, [person.id])[person.id],
        exempted=tuple(one for one in exempted if one == number),
    )


def _of_course(
    completion: Any,
    about: _Edition,
    *,
    kind: CertificateKind,
    key: str,
    served: Iterable[Period[LocalizedText]],
    exempted: tuple[int, ...],
) -> Achievement:
    person, edition, course, version, decided_at, earned_in, country = completion
    timezone = person.timezone if country is None else country.timezone
    return Achievement(
        key=key,
        kind=kind,
        holder=holder_of(person, country, served, rules.local_day(decided_at, timezone)),
        title=edition.title or course.title,
        decided_at=decided_at,
        timezone=timezone,
        minutes=about.minutes,
        course_edition_id=edition.id,
        enrolment_id=earned_in,
        edition=edition.label,
        guideline_version=version if course.slug == GUIDELINES else "",
        modules=about.modules,
        modules_total=about.modules_total,
        validity_months=edition.validity_months,
        exempted=exempted,
    )


def served_by(
    db: Session, people: Collection[int]
) -> defaultdict[int, list[Period[LocalizedText]]]:
    """Returns when each person served in which institution, the latest first."""
    served: defaultdict[int, list[Period[LocalizedText]]] = defaultdict(list)
    for person_id, since, until, name in db.execute(_SERVED, {"people": sorted(people)}):
        served[person_id].append((since, until, name))
    return served


def holder_of(
    person: Person, country: Country | None, served: Iterable[Period[LocalizedText]], day: date
) -> CertificateHolder:
    """Returns a person as the paper names them: with the institution in which they served that day."""
    return CertificateHolder(
        person_id=person.id,
        name=person.own_name,
        institution=institution_on(day, served),
        country=NOWHERE if country is None else country.name,
        country_code=person.country_code,
    )


def institution_on(day: date, served: Iterable[Period[LocalizedText]]) -> LocalizedText:
    """Returns where somebody served on a day, empty where nowhere."""
    return _on(day, served) or NOWHERE


def signatories_on(db: Session, days: Collection[date]) -> dict[date, Signatory]:
    """Returns who signs on each day: whom the office entered, and NOBODY on days after the first of
    them for which it entered nobody.

    Before, and where it never entered anybody, whoever holds the presidency's role signs, else the
    Executive Secretariat as a body.
    """
    entered: list[Period[Any]] = [
        (row.valid_from, row.valid_until, Signatory(row.name, row.role, row.signature or ""))
        for row in db.scalars(_ENTERED)
    ]
    signing = {
        day: _on(day, entered) or NOBODY for day in set(days) if entered and entered[0][0] <= day
    }
    without = set(days) - signing.keys()
    return {**signing, **_presidencies_on(db, without)} if without else signing


def body_itself() -> Signatory:
    """Returns the Executive Secretariat, which signs as a body."""
    body = current_body()
    return Signatory(body.secretariat.in_(body.languages[0]), body.name)


def _presidencies_on(db: Session, days: Collection[date]) -> dict[date, Signatory]:
    span = {"first": min(days), "last": max(days)}
    holders = [(since, until, name) for since, until, name in db.execute(_HOLDERS, span)]
    countries = [(since, until, name) for since, until, name in db.execute(_PRESIDING, span)]
    return {day: _signatory(day, _on(day, holders), _on(day, countries)) for day in set(days)}


def _signatory(day: date, name: str | None, country: LocalizedText | None) -> Signatory:
    body = current_body()
    if name is None or country is None:
        return body_itself()
    role = LocalizedText(
        es=f"{body.presidency.in_('es')} {day.year}, {country.in_('es')}",
        en=f"{body.presidency.in_('en')} {day.year}, {country.in_('en')}",
    )
    return Signatory(name, role)


def _on(day: date, periods: Iterable[Period[Named]]) -> Named | None:
    """Returns the first that held on a day."""
    return next(
        (what for since, until, what in periods if dated.in_force(since, until, day)),
        None,
    )


def _edition(db: Session, edition_id: int) -> _Edition:
    """Returns what a certificate prints of an edition.

    The completion rule counts the modules that are available: what is only announced is not
    certified.
    """
    announced = db.scalars(_MODULES, {"edition_id": edition_id}).all()
    return _Edition(
        modules=tuple(
            CertificateModule(module.number, rules.in_both(module.title))
            for module in announced
            if module.is_available
        ),
        modules_total=len(announced),
        minutes=sum(measured_minutes(db, edition_id).values()),
    )
