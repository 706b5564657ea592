"""The register of certificates: public facts by code, everything else scoped by the actor."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.training.certificates import policy, rules
from app.training.certificates.models import (
    Certificate,
    CertificateFile,
    NameErasure,
    RenewalNotice,
    Revocation,
)
from app.training.certificates.queries.record import is_file_on_record, stands_on_record
from app.training.certificates.values import (
    MEDIA_OF,
    PDF,
    CertificateFacts,
    CertificateKind,
    CertificateStatus,
    RevocationReason,
    facts_from,
)
from app.training.learning.models import CourseEdition, Module
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


@dataclass(frozen=True)
class CertificateRecord:
    """A certificate with its state on the day asked for. `facts` is None when the code is unknown.

    `modules_announced` is how many modules its edition has, open or in preparation; 0 for what is
    no course. `replaced_by` is the code of the certificate that corrects it, "" for none.
    `has_name` is False where the name was taken away.
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
    form. Of one that was corrected several times, `replaced_by` is the last of them. Of one that is
    not as it was issued, nothing is told but that.
    """
    row = db.execute(_BY_CODE, {"code": code}).one_or_none()
    if row is None:
        return CertificateRecord(code, CertificateStatus.UNKNOWN)
    if not stands_on_record(db, code):
        return CertificateRecord(code, CertificateStatus.UNCONFIRMED)
    record = record_from(row, today)
    if not record.replaced_by:
        return record
    if not stands_on_record(db, record.replaced_by):
        return CertificateRecord(code, CertificateStatus.UNCONFIRMED)
    return replace(record, replaced_by=db.scalar(_LAST_IN_CHAIN, {"code": code}) or "")


_OF_FILE = (
    select(Certificate.id, Certificate.code, CertificateFile.media_type)
    .join(Certificate, Certificate.id == CertificateFile.certificate_id)
    .where(CertificateFile.sha256 == bindparam("sha256"))
    .limit(1)
)


def certificate_of_file(db: Session, sha256: str) -> tuple[str, str] | None:
    """Returns the code of the certificate that these very bytes were issued for and their media
    type, for whoever has them; None for a file that is not ours. `sha256` in small hexadecimals.
    """
    row = db.execute(_OF_FILE, {"sha256": sha256}).one_or_none()
    if row is None or not is_file_on_record(db, certificate_id=row.id, media_type=row.media_type):
        return None
    return row.code, row.media_type


def _chain() -> Select[Any]:
    """Selects the code of the certificate that holds in the end, from the one with `code`, through
    as many corrections as there were.
    """
    start = select(Certificate.id, Certificate.code, literal(0).label("place")).where(
        Certificate.code == bindparam("code")
    )
    chain = start.cte("chain", recursive=True)
    chain = chain.union_all(
        select(Certificate.id, Certificate.code, chain.c.place + 1).join(
            chain, Certificate.replaces_id == chain.c.id
        )
    )
    return select(chain.c.code).order_by(chain.c.place.desc()).limit(1)


_LAST_IN_CHAIN = _chain()


def replaced_code(db: Session, code: str) -> str:
    """Returns the code of the certificate that the one with this code corrects, "" for none."""
    earlier = aliased(Certificate)
    corrects = select(earlier.code).join(Certificate, Certificate.replaces_id == earlier.id)
    return db.scalar(corrects.where(Certificate.code == code)) or ""


def my_certificates(db: Session, *, actor: Actor, today: date) -> Sequence[CertificateRecord]:
    """Returns the actor's own, newest first; none for somebody without a person."""
    rows = db.execute(_OWN, {"person_id": actor.person_id})
    return [record_from(row, today) for row in rows]


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
    row = db.execute(records().where(*wanted)).one_or_none()
    return None if row is None else record_from(row, today)


def pdf_source(db: Session, code: str, *, actor: Actor) -> PdfSource:
    """Returns what the PDF is drawn from, for the owner and the focal point of the country at
    issue.

    It is not found for everybody else.
    """
    source = pdf_to_draw(db, code)
    policy.require_may_download(actor, owner_id=source.owner_id, country_code=source.country_code)
    return source


_NEWEST_LACKS = (
    select(CertificateFile.seal_lacks)
    .where(CertificateFile.media_type.in_(MEDIA_OF.values()))
    .order_by(CertificateFile.stored_at.desc())
    .limit(1)
)


def newest_seal_lacks(db: Session) -> str:
    """Returns what the seal of the newest file lacks (a SealLack), "" for nothing; not scoped, for
    whoever checks the platform.
    """
    return db.scalar(_NEWEST_LACKS) or ""


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


def records() -> Select[str, Revocation, date | None, int, str, datetime, datetime]:
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


_BY_CODE = records().where(Certificate.code == bindparam("code"))
_OWN = records().where(Certificate.person_id == bindparam("person_id")).order_by(*_NEWEST_FIRST)


def record_from(
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


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns a person's certificates, with all that is printed on each, when the name was taken
    away from it, and when they were told that one ends. Certificates are kept for good, because
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
    taken_away = (
        select(NameErasure)
        .join(Certificate, Certificate.id == NameErasure.certificate_id)
        .where(Certificate.person_id == person_id)
    )
    erased = {one.certificate_id: one.erased_at.isoformat() for one in db.scalars(taken_away)}
    return {
        "certificates": [
            {
                "code": row.code,
                "kind": row.kind,
                "issued_at": row.issued_at.isoformat(),
                "printed": json.loads(row.facts),
                "told_of_its_end": notices[row.id],
                "name_taken_away_at": erased.get(row.id),
            }
            for row in db.scalars(own)
        ],
    }
