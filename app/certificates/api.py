"""`GET /api/v1/certificates/<code>`: the public answer for machines."""

from typing import Any

from flask import Blueprint, Response, jsonify

from app.certificates import queries, rules
from app.certificates.queries.records import CertificateRecord
from app.infra import clock
from app.infra.database import reading
from app.infra.language import both
from app.web.errors import problem
from app.web.guards import anyone, requires

bp = Blueprint("certificates_api", __name__, url_prefix="/api/v1")


@bp.get("/certificates/<code>")
@requires(anyone)
def certificate(code: str) -> Response:
    """200 with state and public facts; 404 with state "unknown"; 400 when it cannot be a code, without a query."""
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        return problem(400, refusal.rule, both(refusal.sentence.msgid).as_dict())
    with reading() as db:
        record = queries.public_certificate(db, stored, today=clock.today())
    answer = jsonify(_resource(record))
    answer.status_code = 404 if record.facts is None else 200
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _resource(record: CertificateRecord) -> dict[str, Any]:
    """What the paper's holder may show: no address, institution, country or result."""
    resource: dict[str, Any] = {"code": rules.grouped(record.code), "status": record.status}
    facts = record.facts
    if facts is None:
        return resource
    return resource | {
        "kind": facts.kind,
        "holder_name": facts.holder_name,
        "course_title": facts.course_title.as_dict(),
        "edition": facts.edition,
        "guideline_version": facts.guideline_version,
        "hours": facts.hours,
        "completed_on": facts.completed_on.isoformat(),
        "valid_until": facts.valid_until and facts.valid_until.isoformat(),
        "issuer": {"name": facts.issuer_name, "role": facts.issuer_role.as_dict()},
        "revoked_on": record.revoked_on and record.revoked_on.isoformat(),
        "reason": record.reason,
        "superseded_on": record.superseded_on and record.superseded_on.isoformat(),
    }
