"""Signs verifiable credentials: with a Data Integrity proof (eddsa-rdfc-2022), and as a JWT.

What the terms of a credential mean stands in `contexts/`, which is pinned here and never fetched.
Imported late: PyLD takes a third of a second.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from pyld import jsonld  # type: ignore[import-untyped]  # ships no types

from app.infra.issuer_keys import (
    IssuerKeys,
    PublishedKey,
    from_multibase,
    multibase,
)
from app.infra.record_keys import base64url

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CONTEXTS = {CREDENTIALS: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}
JWT_PARTS = 3
UNDEFINED = "https://undefined.invalid/"
"""What a term becomes that no context defines, and an address that leads nowhere by itself."""

Document = dict[str, Any]


class TermUndefined(ValueError):
    """A member or a type of a document is in none of its contexts.

    PyLD would leave it out without a word: it would stand in the credential and not be signed.
    """


def with_proof(document: Document, keys: IssuerKeys, *, did: str, at: datetime) -> Document:
    """Returns the document with its proof, made as of an instant. Some 2 ms of CPU.

    The same document, keys and instant give the same proof. Raises TermUndefined.
    """
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": moment(at),
        "verificationMethod": f"{did}#{keys.proof_kid}",
        "proofPurpose": "assertionMethod",
    }
    told = _told_of_proof(tuple(document["@context"]), tuple(proof.items()))
    signature = keys.for_proof.sign(told + _digest(document))
    return {**document, "proof": {**proof, "proofValue": multibase(signature)}}


def as_jwt(document: Document, keys: IssuerKeys, *, did: str) -> str:
    """Returns the document as a JWT (RS256) whose claims are its members and those that repeat them
    (Open Badges 3.0, 8.2).
    """
    header = {"alg": "RS256", "kid": f"{did}#{keys.jwt_kid}", "typ": "JWT"}
    claims = {
        **document,
        "iss": did,
        "jti": document["id"],
        "nbf": _seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"])
    signed = f"{_part(header)}.{_part(claims)}"
    signature = keys.for_jwt.sign(signed.encode("ascii"), PKCS1v15(), SHA256())
    return f"{signed}.{base64url(signature)}"


def read_signed(content: str, keys: Sequence[PublishedKey], *, did: str) -> Document | None:
    """Returns a document that one of these keys signed, with a proof or as a JWT; None where the
    signature is none of theirs or does not match. Raises ValueError for what is neither.
    """
    by_name = {f"{did}#{key.kid}": key.jwk for key in keys}
    if content.lstrip().startswith("{"):
        return _read_proof(json.loads(content), by_name)
    parts = content.strip().split(".")
    if len(parts) != JWT_PARTS:
        raise ValueError("neither a credential nor a JWT")
    header, claims = (json.loads(_bytes(part)) for part in parts[:2])
    jwk = by_name.get(header.get("kid"))
    if jwk is None or jwk["kty"] != "RSA":
        return None
    numbers = RSAPublicNumbers(*(int.from_bytes(_bytes(jwk[one])) for one in ("e", "n")))
    try:
        signed = ".".join(parts[:2]).encode()
        numbers.public_key().verify(_bytes(parts[2]), signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return None
    document: Document = claims
    return document


def _read_proof(document: Document, by_name: Mapping[str, Mapping[str, str]]) -> Document | None:
    proof = dict(document.get("proof") or {})
    jwk = by_name.get(proof.get("verificationMethod", ""))
    if jwk is None or jwk["kty"] != "OKP" or proof.get("cryptosuite") != "eddsa-rdfc-2022":
        return None
    signature = from_multibase(proof.pop("proofValue", ""))
    unsigned = {name: document[name] for name in document if name != "proof"}
    try:
        signed = _digest({"@context": document["@context"], **proof}) + _digest(unsigned)
    except jsonld.JsonLdError as error:
        raise ValueError("not JSON-LD") from error
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"])).verify(signature, signed)
    except InvalidSignature:
        return None
    return document


def moment(at: datetime) -> str:
    """Returns an instant in UTC as "2026-12-10T15:00:00Z"."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(document: Document) -> str:
    """Returns what a document says as sorted statements (RDFC-1.0). Raises TermUndefined."""
    statements: str = jsonld.normalize(
        document,
        {
            "algorithm": "URDNA2015",
            "format": "application/n-quads",
            "documentLoader": _pinned,
            "base": UNDEFINED,
            "expandContext": {"@vocab": UNDEFINED},
        },
    )
    _before, mark, after = statements.partition(f"<{UNDEFINED}")
    if mark:
        raise TermUndefined(after.partition(">")[0])
    return statements


def _digest(document: Document) -> bytes:
    return hashlib.sha256(canonical(document).encode()).digest()


@lru_cache(maxsize=8)
def _told_of_proof(contexts: tuple[str, ...], proof: tuple[tuple[str, str], ...]) -> bytes:
    """Returns the digest of what a proof says of itself, which those of one closing have in common."""
    return _digest({"@context": list(contexts), **dict(proof)})


def _pinned(address: str, _options: Mapping[str, Any]) -> Document:
    """Returns a context of ours in PyLD's form, marked as one that PyLD may keep worked out. Raises
    KeyError for any other address.
    """
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": _context(CONTEXTS[address]),
        "tag": "static",
    }


@cache
def _context(file: str) -> Document:
    path = Path(__file__).parent / "contexts" / file
    context: Document = json.loads(path.read_text(encoding="utf-8"))
    return context


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _part(members: Mapping[str, Any]) -> str:
    return base64url(json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode())
