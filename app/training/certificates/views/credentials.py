"""What programs that verify a credential ask this site for: its keys and its status lists."""

import json
from typing import Any

from flask import Response, g, request

from app.infra.database import reading
from app.infra.installation import installation
from app.infra.issuer_keys import did_document, did_of, has_keys, jwk_set, published_keys
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from app.training.certificates import rules
from app.training.certificates.exports.credential import status_list, status_list_jwt
from app.training.certificates.exports.public import CREDENTIAL, CREDENTIAL_JWT
from app.training.certificates.queries.credentials import ended_in, issuer_to_ask, status_lists
from app.training.certificates.queries.register import CertificateRecord
from app.training.certificates.views import bp
from app.web.guards import anyone, requires
from app.web.headers import for_everybody


@bp.get("/.well-known/did.json")
@requires(anyone)
def did() -> Response:
    """Answers with the keys of this site as a did:web has them, those that sign no longer too."""
    return _keys(did_document, "application/did+json")


@bp.get("/.well-known/jwks.json")
@requires(anyone)
def jwks() -> Response:
    """Answers with the same keys as a JWK Set."""
    return _keys(jwk_set, "application/jwk-set+json")


@bp.get("/status/<int:number>")
@requires(anyone)
def status(number: int) -> Response:
    """Answers with a status list: the certificates of it that were revoked or replaced."""
    g.stateless = True
    with reading() as db:
        issuer = issuer_to_ask(db)
        if not 1 <= number <= status_lists(db):
            raise NotFound
        ended = ended_in(db, number)
    if request.accept_mimetypes.best_match((CREDENTIAL, CREDENTIAL_JWT)) == CREDENTIAL_JWT:
        answer = Response(status_list_jwt(number, ended, issuer), content_type=CREDENTIAL_JWT)
    else:
        answer = _json(status_list(number, ended, issuer), CREDENTIAL)
    answer.vary.add("Accept")
    return for_everybody(answer)


@bp.app_template_global()
def has_credential(record: CertificateRecord) -> bool:
    """Returns True where a page offers the credential of a certificate: where it is signed, and for
    what is authentic and has its name.
    """
    is_whole = record.has_name and record.status in rules.AUTHENTIC
    return is_whole and has_keys(platform().settings)


def _keys(written: Any, media_type: str) -> Response:
    g.stateless = True
    with reading() as db:
        keys, place = published_keys(db), installation(db)
    if not keys or not place.has_address:
        raise NotFound
    return for_everybody(_json(written(did_of(place.address), keys), media_type))


def _json(body: dict[str, Any], media_type: str) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, content_type=media_type)
