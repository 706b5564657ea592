"""Which of somebody's certificates can be renewed, and how."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.training.certificates.models import (
    Certificate,
)
from app.training.certificates.queries.register import CertificateRecord, my_certificates
from app.training.certificates.rules import renewal_kind
from app.training.certificates.values import (
    RenewalKind,
)
from app.training.learning.models import Course, CourseEdition
from app.training.learning.queries.courses import own_courses
from app.training.learning.values import EditionStep

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
