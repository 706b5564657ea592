"""`GET /api/v1/certificates/<code>`: the public answer for machines."""

from datetime import date
from functools import partial

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading
from app.kernel.text import in_every_language
from app.training.certificates import rules, wording
from app.training.certificates.queries.register import CertificateRecord, public_certificate
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    CertificateStatus,
    RevocationReason,
)
from app.training.certificates.views.verify import require_calm
from app.web.errors import problem
from app.web.guards import anyone, requires
from app.web.openapi import spec
from app.web.texts import Words

bp = Blueprint("certificates_api", __name__, url_prefix="/api/v1")


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
    corrects this one; `is_name_erased` says that the holder had the name taken away.
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


@bp.get("/certificates/<code>")
@requires(anyone)
@spec.validate(
    resp=Answers("HTTP_429", HTTP_200=PublicCertificate, HTTP_404=PublicCertificate),
    tags=["certificates"],
)
def certificate(code: str) -> Response:
    """Returns 200 with state and public facts; 404 with state "unknown"; 400 when it cannot be a code,
    without a query; 429 where very many are asked for from one network address.
    """
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        said = in_every_language(partial(wording.mistake_sentence, refusal))
        return problem(400, refusal.rule, said.as_dict())
    require_calm()
    with reading() as db:
        record = public_certificate(db, stored, today=clock.today())
    answer = jsonify(_resource(record).model_dump(mode="json"))
    answer.status_code = 404 if record.facts is None else 200
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _resource(record: CertificateRecord) -> PublicCertificate:
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
