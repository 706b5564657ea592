"""`GET /api/v1/certificates/<code>`: the public answer for machines."""

import json
from functools import partial

from flask import Blueprint, Response, jsonify, request
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading
from app.kernel.refusal import NotFound
from app.kernel.text import in_every_language
from app.training.certificates import rules, wording
from app.training.certificates.exports.credential import credential_jwt, signed_credential
from app.training.certificates.exports.public import (
    CREDENTIAL,
    CREDENTIAL_JWT,
    CREDENTIALS,
    PublicCertificate,
    public_answer,
)
from app.training.certificates.queries.credentials import credential_source, issuer_to_ask
from app.training.certificates.queries.register import public_certificate
from app.web.downloads import name_file
from app.web.errors import problem
from app.web.guards import anyone, requires
from app.web.limits import VERIFY
from app.web.openapi import spec

bp = Blueprint("certificates_api", __name__, url_prefix="/api/v1")


@bp.get("/certificates/<code>")
@requires(anyone, costs=VERIFY)
@spec.validate(
    resp=Answers(HTTP_200=PublicCertificate, HTTP_404=PublicCertificate), tags=["certificates"]
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
    with reading() as db:
        record = public_certificate(db, stored, today=clock.today())
    answer = jsonify(public_answer(record).model_dump(mode="json"))
    answer.status_code = 404 if record.facts is None else 200
    return _private(answer)


@bp.get("/certificates/<code>/credential")
@requires(anyone, costs=VERIFY)
@spec.validate(resp=Answers("HTTP_200", "HTTP_404", "HTTP_410", "HTTP_503"), tags=["certificates"])
def credential(code: str) -> Response:
    """Returns the certificate as an Open Badges 3.0 credential: with a Data Integrity proof
    (`application/vc`), or as a JWT where `Accept` asks for `application/vc+jwt`. 404 for an unknown
    code and where none are signed; 410 for a certificate that was revoked or replaced, or whose
    name was taken away.
    """
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        raise NotFound from refusal
    with reading() as db:
        facts, number = credential_source(db, stored, today=clock.today())
        issuer = issuer_to_ask(db)
    if request.accept_mimetypes.best_match(CREDENTIALS) == CREDENTIAL_JWT:
        answer = Response(credential_jwt(facts, number, issuer), content_type=CREDENTIAL_JWT)
    else:
        body = signed_credential(facts, number, issuer)
        answer = Response(json.dumps(body, ensure_ascii=False), content_type=CREDENTIAL)
    ending = "jwt" if answer.mimetype == CREDENTIAL_JWT else "json"
    name_file(answer, f"{rules.grouped(stored)}.{ending}")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.vary.add("Accept")
    return _private(answer)


def _private(answer: Response) -> Response:
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer
