"""Which certificates can be renewed, and how: somebody's own, and those that end soon."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.infra.orm import in_force
from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.policy import may_answer_for
from app.training.certificates import policy
from app.training.certificates.models import (
    Certificate,
    RenewalNotice,
    Revocation,
)
from app.training.certificates.queries.register import CertificateRecord, counts, my_certificates
from app.training.certificates.rules import RENEWABLE_DAYS, renewal_kind
from app.training.certificates.values import (
    CertificateKind,
    RenewalKind,
)
from app.training.learning.models import Course, CourseEdition, Enrolment
from app.training.learning.queries.courses import own_courses
from app.training.learning.values import EditionStep

_COURSES_CERTIFIED = (
    select(Certificate.code, Course.slug)
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(
        Certificate.person_id == bindparam("person_id"),
        Certificate.kind == CertificateKind.COMPLETION,
    )
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
            record.status, record.facts.last_valid_on, keeps=step.keeps, today=today
        )
        renewals[slug] = Renewal(kind=kind, course_slug=slug, record=record, step=step)
    return renewals


# Certificates that end soon: whom the platform tells, and whom somebody renews at one press.

_LATER, _LATER_EDITION = aliased(Certificate), aliased(CourseEdition)
_RENEWED = (
    exists()
    .where(
        _LATER.person_id == Certificate.person_id,
        _LATER.kind == CertificateKind.COMPLETION,
        _LATER_EDITION.id == _LATER.course_edition_id,
        _LATER_EDITION.course_id == CourseEdition.course_id,
        or_(_LATER.last_valid_on.is_(None), _LATER.last_valid_on > Certificate.last_valid_on),
        ~exists().where(Revocation.certificate_id == _LATER.id),
    )
    .correlate(Certificate, CourseEdition)
)
_BEGUN = exists().where(
    Enrolment.person_id == Certificate.person_id,
    Enrolment.course_id == CourseEdition.course_id,
    Enrolment.closed_at.is_(None),
)
_ENDING = (
    select(
        Certificate.id,
        Certificate.person_id,
        Person.full_name,
        Person.own_name,
        Course.slug,
        Course.title,
        Certificate.last_valid_on,
        Certificate.issued_at,
        _BEGUN.label("is_begun"),
    )
    .join(CourseEdition, CourseEdition.id == Certificate.course_edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .join(Person, Person.id == Certificate.person_id)
    .where(
        Certificate.kind == CertificateKind.COMPLETION,
        Certificate.last_valid_on <= bindparam("until"),
        Certificate.last_valid_on >= bindparam("today"),
        counts(bindparam("today")),
        ~_RENEWED,
    )
    .order_by(Certificate.last_valid_on, Certificate.id)
)
_SERVING = (
    select(Appointment.person_id)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(Post.is_target, in_force(Appointment, bindparam("today")))
)


def _count_of(ending: Select[*tuple[Any, ...]]) -> Select[int]:
    return select(func.count()).select_from(ending.where(~_BEGUN).order_by(None).subquery())


_OWN_ENDING = _ENDING.where(Certificate.person_id == bindparam("person_id"))
_ENDING_OF_ALL = _ENDING.where(Certificate.person_id.in_(_SERVING))
_ENDING_OF_COUNTRIES = _ENDING.where(
    Certificate.person_id.in_(
        _SERVING.where(Institution.country_code.in_(bindparam("countries", expanding=True)))
    )
)
TO_RENEW = _count_of(_ENDING.where(Certificate.person_id.in_(_SERVING)))
"""How many end soon that nobody has begun to renew, of all countries; wants the values of `soon`."""
TO_RENEW_OF_COUNTRY = _count_of(
    _ENDING.where(
        Certificate.person_id.in_(_SERVING.where(Institution.country_code == bindparam("country")))
    )
)
"""The same of one country."""
_COUNTRIES_SERVED = (
    _SERVING.with_only_columns(Appointment.person_id, Institution.country_code)
    .where(Appointment.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Institution.country_code)
)


@dataclass(frozen=True)
class EndingCertificate:
    """A certificate that holds, ends within RENEWABLE_DAYS and was not renewed. `is_begun`: its
    holder takes the course again already.
    """

    id: int
    person_id: int
    holder: str
    course_slug: str
    course_title: LocalizedText
    last_valid_on: date
    issued_at: datetime
    is_begun: bool


@dataclass(frozen=True)
class ToRenew:
    """How many certificates end soon that nobody has begun to renew, by the country in which their
    holder serves, the most first; `told`: how many holders had a letter about it.
    """

    count: int
    told: int
    where: Sequence[tuple[str, int]]


def ending_to_tell(db: Session, *, today: date) -> Sequence[EndingCertificate]:
    """Returns all that end soon, whoever holds them; not scoped: for letters to their holders.

    Who left keeps the certificate and is told as well: it belongs to the person, not to the post.
    Locked, so that of two that go round the second finds what the first told.
    """
    rows = db.execute(_ENDING.with_for_update(of=Certificate, key_share=True), soon(today))
    return [_ending(row) for row in rows]


def steps_told(db: Session, certificate_ids: Collection[int]) -> dict[int, set[int]]:
    """Returns of which steps the holder of each certificate was told."""
    told: defaultdict[int, set[int]] = defaultdict(set)
    rows = select(RenewalNotice.certificate_id, RenewalNotice.days)
    for certificate_id, days in db.execute(
        rows.where(RenewalNotice.certificate_id.in_(certificate_ids))
    ):
        told[certificate_id].add(days)
    return told


def ending_of(
    db: Session, *, actor: Actor, country_code: str = "", course_slug: str = "", today: date
) -> Sequence[EndingCertificate]:
    """Returns those that end soon of officials who serve in a target post: of one country, else of
    all that the actor answers for. What ends first comes first.
    """
    if country_code:
        policy.require_may_renew_officials_of(actor, country_code)
    query, params = _of_actor(actor, country_code)
    if course_slug:
        query = query.where(Course.slug == course_slug)
    rows = db.execute(query, params | soon(today))
    return [_ending(row, is_named=not policy.may_see_register(actor)) for row in rows]


def to_renew(db: Session, *, actor: Actor, country_code: str = "", today: date) -> ToRenew:
    """Returns how many of `ending_of` wait for their renewal, in three statements."""
    waiting = [
        one
        for one in ending_of(db, actor=actor, country_code=country_code, today=today)
        if not one.is_begun
    ]
    served = countries_served(db, {one.person_id for one in waiting}, today=today)
    where = Counter(served[one.person_id][0] for one in waiting if served[one.person_id])
    return ToRenew(
        count=len(waiting),
        told=len(steps_told(db, {one.id for one in waiting})),
        where=sorted(where.items(), key=lambda one: (-one[1], one[0])),
    )


def own_ending(db: Session, *, actor: Actor, today: date) -> Sequence[EndingCertificate]:
    """Returns the actor's own that end soon."""
    rows = db.execute(_OWN_ENDING, {"person_id": actor.person_id, **soon(today)})
    return [_ending(row) for row in rows]


def countries_served(
    db: Session, person_ids: Collection[int], *, today: date
) -> dict[int, list[str]]:
    """Returns the countries in which each person serves in a target post."""
    served: defaultdict[int, list[str]] = defaultdict(list)
    params = {"people": list(person_ids), "today": today}
    for person_id, code in db.execute(_COUNTRIES_SERVED, params):
        if code not in served[person_id]:
            served[person_id].append(code)
    return served


def _ending(row: Any, *, is_named: bool = True) -> EndingCertificate:
    number, person_id, shown, own_name, *rest = row
    return EndingCertificate(number, person_id, own_name if is_named else shown, *rest)


def _of_actor(actor: Actor, country_code: str) -> tuple[Any, dict[str, object]]:
    if country_code:
        return _ENDING_OF_COUNTRIES, {"countries": [country_code]}
    if actor.holds(Role.ORGANIZER):
        return _ENDING_OF_ALL, {}
    own = [code for code in actor.scopes(Role.FOCAL_POINT) if may_answer_for(actor, code)]
    return _ENDING_OF_COUNTRIES, {"countries": own}


def soon(today: date) -> dict[str, object]:
    """Returns the values of the statements above for a day."""
    return {"today": today, "until": today + timedelta(days=RENEWABLE_DAYS)}
