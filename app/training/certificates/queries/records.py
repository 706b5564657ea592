"""Reads of certificates. Public facts by code; everything else scoped by actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.training.certificates import policy, rules
from app.training.certificates.models import Certificate, CertificateFile, Revocation
from app.training.certificates.values import (
    CertificateFacts,
    CertificateStatus,
    RevocationReason,
    facts_from,
)
from app.training.learning.models import CourseEdition, Module
from app.training.library.models import GuidelineVersion

PDF, PICTURE = "application/pdf", "image/webp"


@dataclass(frozen=True)
class CertificateRecord:
    """A certificate with its state on the day asked for. `facts` is None when the code is unknown.

    `modules_announced` is how many modules its edition has, open or in preparation; 0 for what is
    no course.
    """

    code: str
    status: CertificateStatus
    facts: CertificateFacts | None = None
    revoked_on: date | None = None
    reason: RevocationReason | None = None
    superseded_on: date | None = None
    modules_announced: int = 0


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


def _records() -> Select[str, Revocation, date | None, int]:
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
    return select(
        Certificate.facts,
        Revocation,
        superseded_on.label("superseded_on"),
        announced.label("announced"),
    ).outerjoin(Revocation, Revocation.certificate_id == Certificate.id)


def _record(row: Row[str, Revocation, date | None, int], today: date) -> CertificateRecord:
    facts = facts_from(row[0])
    revoked_on, reason = _end(row[1])
    # another course's documents are not followed by the next version of the Guidelines
    superseded_on = row[2] if facts.guideline_version else None
    return CertificateRecord(
        code=facts.code,
        status=rules.status_of(
            facts, revoked_on=revoked_on, superseded_on=superseded_on, today=today
        ),
        facts=facts,
        revoked_on=revoked_on,
        reason=reason,
        superseded_on=superseded_on,
        modules_announced=row[3],
    )


def _end(revocation: Revocation | None) -> tuple[date, RevocationReason] | tuple[None, None]:
    """Returns the day and reason of a revocation; None where the outer join found none."""
    if revocation is None:
        return None, None
    return rules.local_day(revocation.revoked_at, REFERENCE_ZONE), RevocationReason(
        revocation.reason
    )
