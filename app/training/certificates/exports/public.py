"""What is public about a certificate, for machines."""

from datetime import date

from pydantic import BaseModel

from app.training.certificates import rules
from app.training.certificates.queries.register import CertificateRecord
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    CertificateStatus,
    RevocationReason,
)
from app.web.texts import Words

JSON, CREDENTIAL, CREDENTIAL_JWT = "application/json", "application/vc", "application/vc+jwt"
CREDENTIALS = (CREDENTIAL, CREDENTIAL_JWT, "application/ld+json", "application/vc+ld+json")
"""What programs ask for that want a credential; the last two are of before VC 2.0."""


class Issuer(BaseModel):
    name: str
    role: Words


class CertificateFactsOut(BaseModel):
    """What the paper says, so that nothing on it can be swapped unnoticed; no address of its holder,
    no result and no other certificate.

    `holder_name` is "" where another certificate corrects this one, or where the holder had it
    taken away. `institution` and `country` are null for somebody who served nowhere. `modules` are
    the numbers of those taken, of `modules_total` that the course announces. `hours` is decimal
    text, measured in the texts; `is_demo` marks what a demonstration issued. `completed_on` is the
    day at the desk; `valid_until` the last valid day, null for ever.
    """

    kind: CertificateKind
    holder_name: str
    institution: Words | None
    country: Words | None
    course_title: Words
    edition: str
    guideline_version: str
    hours: str
    modules: list[int]
    modules_total: int
    is_demo: bool
    completed_on: date
    valid_until: date | None
    issuer: Issuer


class PublicCertificate(BaseModel):
    """`facts` is null when the code is unknown. `replaced_by` is the code of the certificate that
    corrects this one; `is_name_erased` says that the name was taken away.
    """

    code: str
    status: CertificateStatus
    facts: CertificateFactsOut | None
    revoked_on: date | None
    reason: RevocationReason | None
    superseded_on: date | None
    replaced_by: str | None
    replaced_on: date | None
    is_name_erased: bool


def public_answer(record: CertificateRecord) -> PublicCertificate:
    """Returns what anybody who holds the code may know."""
    return PublicCertificate(
        code=rules.grouped(record.code),
        status=record.status,
        facts=None if record.facts is None else _facts(record, record.facts),
        revoked_on=record.revoked_on,
        reason=record.reason,
        superseded_on=record.superseded_on,
        replaced_by=rules.grouped(record.replaced_by) or None,
        replaced_on=record.replaced_on,
        is_name_erased=not record.has_name,
    )


def _facts(record: CertificateRecord, facts: CertificateFacts) -> CertificateFactsOut:
    return CertificateFactsOut(
        kind=facts.kind,
        holder_name=facts.holder_name if record.shows_name else "",
        institution=facts.institution.as_dict() if facts.institution else None,
        country=facts.country.as_dict() if facts.country else None,
        course_title=facts.course_title.as_dict(),
        edition=facts.edition,
        guideline_version=facts.guideline_version,
        hours=facts.hours,
        modules=[module.number for module in facts.modules],
        modules_total=facts.modules_total or record.modules_announced,
        is_demo=facts.is_demo,
        completed_on=facts.completed_on,
        valid_until=facts.last_valid_on,
        issuer=Issuer(
            name=facts.issuer_name or facts.body_name.in_(), role=facts.issuer_role.as_dict()
        ),
    )
