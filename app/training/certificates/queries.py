"""Reads of certificates: public facts by code, everything else scoped by actor; and what may be certified."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.infra.body import current_body
from app.infra.orm import not_over
from app.kernel import dated
from app.kernel.actor import Actor, Role
from app.kernel.reference import REFERENCE_ZONE
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
from app.training.certificates import policy, rules
from app.training.certificates.models import (
    Certificate,
    CertificateFile,
    NameErasure,
    RecognisedTraining,
    RenewalNotice,
    Revocation,
)
from app.training.certificates.rules import renewal_kind
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    CertificateModule,
    CertificateStatus,
    RenewalKind,
    RevocationReason,
    facts_from,
)
from app.training.learning.models import Completion, Course, CourseEdition, Enrolment, Module
from app.training.learning.queries.courses import measured_minutes, own_courses
from app.training.learning.queries.quiz import exempted_numbers
from app.training.learning.values import GUIDELINES, EditionStep
from app.training.library.models import GuidelineVersion


def not_expired(on: Any) -> ColumnElement[bool]:
    """Says that the last valid day of a certificate is not before a day, revoked or not."""
    return or_(Certificate.last_valid_on.is_(None), Certificate.last_valid_on >= on)


def counts(on: Any) -> ColumnElement[bool]:
    """Says that a certificate is neither revoked, nor replaced, nor over before a day."""
    return and_(
        not_expired(on),
        ~exists().where(Revocation.certificate_id == Certificate.id),
        ~is_replaced(),
    )


def is_replaced() -> ColumnElement[bool]:
    """Says that another certificate corrects this one."""
    later = aliased(Certificate)
    return exists().where(later.replaces_id == Certificate.id)


# What somebody achieved and who signs for it, read from the floors below at the moment of
# issue.

Named = TypeVar("Named", str, LocalizedText)
NOWHERE = LocalizedText()
_LOCKED = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_ACHIEVED = (
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
    .where(
        Person.id.in_(bindparam("people", expanding=True)),
        CourseEdition.id.in_(bindparam("editions", expanding=True)),
        Completion.module_id.is_(None),
    )
    .order_by(Completion.decided_at.desc(), Completion.id.desc())
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


@dataclass(frozen=True)
class _Edition:
    """What a certificate says of an edition, whoever holds it."""

    modules: tuple[CertificateModule, ...]
    modules_total: int
    minutes: int


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
    served: defaultdict[int, list[Period[LocalizedText]]] = defaultdict(list)
    for person_id, since, until, name in db.execute(_SERVED, {"people": people}):
        served[person_id].append((since, until, name))
    exempted = exempted_numbers(db, [row[5] for row in completed])
    certified = {edition_id: _edition(db, edition_id) for edition_id in editions}
    achievements: list[Achievement | None] = []
    for one in earned:
        completion = latest.get((one.person_id, one.edition_id, one.enrolment_id))
        if completion is None:
            achievements.append(None)
            continue
        person, edition, course, version, decided_at, earned_in, country = completion
        timezone = person.timezone if country is None else country.timezone
        about, day = certified[one.edition_id], rules.local_day(decided_at, timezone)
        achievements.append(
            Achievement(
                enrolment_id=earned_in,
                holder_name=person.full_name,
                institution=_on(day, served[one.person_id]) or NOWHERE,
                country=NOWHERE if country is None else country.name,
                country_code=person.country_code,
                timezone=timezone,
                course_title=edition.title or course.title,
                edition=edition.label,
                guideline_version=version if course.slug == GUIDELINES else "",
                minutes=about.minutes,
                modules=about.modules,
                modules_total=about.modules_total,
                decided_at=decided_at,
                validity_months=edition.validity_months,
                exempted=exempted[earned_in],
            )
        )
    return achievements


def signatories_on(db: Session, days: Collection[date]) -> dict[date, Signatory]:
    """Returns who signs on each day: whoever holds the presidency's role, else the Executive
    Secretariat as a body.
    """
    span = {"first": min(days), "last": max(days)}
    holders = [(since, until, name) for since, until, name in db.execute(_HOLDERS, span)]
    countries = [(since, until, name) for since, until, name in db.execute(_PRESIDING, span)]
    return {day: _signatory(day, _on(day, holders), _on(day, countries)) for day in set(days)}


def _signatory(day: date, name: str | None, country: LocalizedText | None) -> Signatory:
    body = current_body()
    if name is None or country is None:
        return Signatory(body.secretariat.in_(body.languages[0]), body.name)
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


# Reads of certificates. Public facts by code; everything else scoped by actor.

PDF, PICTURE = "application/pdf", "image/webp"


@dataclass(frozen=True)
class CertificateRecord:
    """A certificate with its state on the day asked for. `facts` is None when the code is unknown.

    `modules_announced` is how many modules its edition has, open or in preparation; 0 for what is
    no course. `replaced_by` is the code of the certificate that corrects it, "" for none.
    `has_name` is False where the holder had the name taken away.
    """

    code: str
    status: CertificateStatus
    facts: CertificateFacts | None = None
    revoked_on: date | None = None
    reason: RevocationReason | None = None
    superseded_on: date | None = None
    modules_announced: int = 0
    replaced_by: str = ""
    replaced_on: date | None = None
    has_name: bool = True

    @property
    def shows_name(self) -> bool:
        """Says whether the name may be shown to whoever holds the code: not the one that another
        certificate corrects.
        """
        return self.has_name and not self.replaced_by


@dataclass(frozen=True)
class PdfSource:
    """What a PDF or a picture is made from, and under which hash it lies if it has been made."""

    certificate_id: int
    facts: CertificateFacts
    owner_id: int
    country_code: str | None
    sha256: str | None


def public_certificate(db: Session, code: str, *, today: date) -> CertificateRecord:
    """Returns what is public about a certificate, for whoever holds the code; `code` in stored
    form.
    """
    row = db.execute(_records().where(Certificate.code == code)).one_or_none()
    return (
        CertificateRecord(code, CertificateStatus.UNKNOWN) if row is None else _record(row, today)
    )


def my_certificates(db: Session, *, actor: Actor, today: date) -> Sequence[CertificateRecord]:
    """Returns the actor's own, newest first; none for somebody without a person."""
    rows = db.execute(
        _records().where(Certificate.person_id == actor.person_id).order_by(*_NEWEST_FIRST)
    )
    return [_record(row, today) for row in rows]


def my_certificate_of(
    db: Session, *, actor: Actor, enrolment_id: UUID, today: date
) -> CertificateRecord | None:
    """Returns the actor's own certificate for an enrolment; None while there is none."""
    wanted = (
        Certificate.person_id == actor.person_id,
        Certificate.enrolment_id == enrolment_id,
        Certificate.kind == CertificateKind.COMPLETION,
        ~is_replaced(),
    )
    row = db.execute(_records().where(*wanted)).one_or_none()
    return None if row is None else _record(row, today)


def certificates_of_country(
    db: Session, *, actor: Actor, country_code: str, today: date
) -> Sequence[CertificateRecord]:
    """Returns the certificates of one country, for its focal point; refused as not found for
    everybody else.
    """
    policy.require_may_see_country(actor, country_code)
    rows = db.execute(
        _records().where(Certificate.country_code == country_code).order_by(*_NEWEST_FIRST)
    )
    return [_record(row, today) for row in rows]


def pdf_source(db: Session, code: str, *, actor: Actor) -> PdfSource:
    """Returns what the PDF is drawn from, for the owner and the focal point of the country at
    issue.

    It is not found for everybody else.
    """
    source = pdf_to_draw(db, code)
    policy.require_may_download(actor, owner_id=source.owner_id, country_code=source.country_code)
    return source


def pdf_to_draw(db: Session, code: str, media_type: str = PDF) -> PdfSource:
    """Returns what the PDF is drawn from; not scoped, for the background task, which serves nobody."""
    query = (
        select(Certificate, CertificateFile.sha256)
        .outerjoin(
            CertificateFile,
            (CertificateFile.certificate_id == Certificate.id)
            & (CertificateFile.media_type == media_type),
        )
        .where(Certificate.code == code)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise NotFound
    certificate, sha256 = row
    return PdfSource(
        certificate_id=certificate.id,
        facts=facts_from(certificate.facts),
        owner_id=certificate.person_id,
        country_code=certificate.country_code,
        sha256=sha256,
    )


_NEWEST_FIRST = (Certificate.completed_on.desc(), Certificate.id.desc())


def _records() -> Select[str, Revocation, date | None, int, str, datetime, datetime]:
    """Selects the facts, the revocation if any, and what else decides the state of certificates.

    That is the day on which a later version of the Guidelines was adopted, if one was, and how many
    modules the edition announces. A version without a date of adoption counts as older than any
    with one.
    """
    printed, later = aliased(GuidelineVersion), aliased(GuidelineVersion)
    superseded_on = (
        select(func.min(later.adopted_on))
        .select_from(CourseEdition)
        .join(printed, printed.id == CourseEdition.guideline_version_id)
        .join(later, (printed.adopted_on.is_(None)) | (later.adopted_on > printed.adopted_on))
        .where(CourseEdition.id == Certificate.course_edition_id)
        .correlate(Certificate)
        .scalar_subquery()
    )
    announced = (
        select(func.count(Module.id))
        .where(Module.edition_id == Certificate.course_edition_id)
        .correlate(Certificate)
        .scalar_subquery()
    )
    corrected = aliased(Certificate)
    return (
        select(
            Certificate.facts,
            Revocation,
            superseded_on.label("superseded_on"),
            announced.label("announced"),
            corrected.code.label("replaced_by"),
            corrected.issued_at.label("replaced_at"),
            NameErasure.erased_at,
        )
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(corrected, corrected.replaces_id == Certificate.id)
        .outerjoin(NameErasure, NameErasure.certificate_id == Certificate.id)
    )


def _record(
    row: Row[str, Revocation, date | None, int, str, datetime, datetime], today: date
) -> CertificateRecord:
    facts = facts_from(row[0])
    revoked_on, reason = _end(row[1])
    # another course's documents are not followed by the next version of the Guidelines
    superseded_on = row[2] if facts.guideline_version else None
    return CertificateRecord(
        code=facts.code,
        status=rules.status_of(
            facts,
            revoked_on=revoked_on,
            superseded_on=superseded_on,
            is_replaced=row.replaced_by is not None,
            today=today,
        ),
        facts=facts,
        revoked_on=revoked_on,
        reason=reason,
        superseded_on=superseded_on,
        modules_announced=row[3],
        replaced_by=row.replaced_by or "",
        replaced_on=None
        if row.replaced_at is None
        else rules.local_day(row.replaced_at, REFERENCE_ZONE),
        has_name=row.erased_at is None,
    )


def _end(revocation: Revocation | None) -> tuple[date, RevocationReason] | tuple[None, None]:
    """Returns the day and reason of a revocation; None where the outer join found none."""
    if revocation is None:
        return None, None
    return rules.local_day(revocation.revoked_at, REFERENCE_ZONE), RevocationReason(
        revocation.reason
    )


_COURSES_CERTIFIED = (
    select(Certificate.code, Course.slug)
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Certificate.person_id == bindparam("person_id"))
)


@dataclass(frozen=True)
class Renewal:
    """The certificate of a course that was earned last, and the way on from it; `kind` is None
    while there is no reason to renew it.
    """

    kind: RenewalKind | None
    course_slug: str
    record: CertificateRecord
    step: EditionStep

    @property
    def code(self) -> str:
        return self.record.code


def renewals_of(db: Session, *, actor: Actor, today: date) -> dict[str, Renewal]:
    """Returns the actor's own renewals by course, in seven statements at most.

    A course that is being taken again already is not among them.
    """
    if actor.person_id is None:
        return {}
    slugs = dict(db.execute(_COURSES_CERTIFIED, {"person_id": actor.person_id}).all())
    if not slugs:
        return {}
    own = own_courses(db, person_id=actor.person_id)
    latest: dict[str, CertificateRecord] = {}
    for record in my_certificates(db, actor=actor, today=today):
        if record.code in slugs:
            latest.setdefault(slugs[record.code], record)
    renewals = {}
    for slug, record in latest.items():
        step = own.steps.get(slug)
        if step is None or slug in own.open or record.facts is None:
            continue
        kind = renewal_kind(
            record.status, record.facts.last_valid_on, has_changes=bool(step.to_take), today=today
        )
        renewals[slug] = Renewal(kind=kind, course_slug=slug, record=record, step=step)
    return renewals


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns a person's certificates, with all that is printed on each, when they were told that
    one ends, and what a country recognised of theirs. Certificates are kept for good, because
    whoever holds a code may ask whether it stands.
    """
    own = (
        select(Certificate)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at)
    )
    notices: defaultdict[int, list[str]] = defaultdict(list)
    told = (
        select(RenewalNotice)
        .join(Certificate, Certificate.id == RenewalNotice.certificate_id)
        .where(Certificate.person_id == person_id)
        .order_by(RenewalNotice.told_at)
    )
    for notice in db.scalars(told):
        notices[notice.certificate_id].append(notice.told_at.isoformat())
    elsewhere = (
        select(RecognisedTraining)
        .where(RecognisedTraining.person_id == person_id)
        .order_by(RecognisedTraining.id)
    )
    return {
        "certificates": [
            {
                "code": row.code,
                "kind": row.kind,
                "issued_at": row.issued_at.isoformat(),
                "printed": json.loads(row.facts),
                "told_of_its_end": notices[row.id],
            }
            for row in db.scalars(own)
        ],
        "recognised_training": [
            {
                "source": row.source,
                "title": row.source_title,
                "completed_on": row.completed_on.isoformat(),
                "hours": row.hours,
                "taken_back": row.taken_back_reason,
            }
            for row in db.scalars(elsewhere)
        ],
    }
