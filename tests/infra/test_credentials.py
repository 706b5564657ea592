"""Signing: what is said stands in pinned contexts, and what is not defined is not signed."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pyld.jsonld import JsonLdError  # type: ignore[import-untyped]  # ships no types

from app.infra.credentials import (
    CREDENTIALS,
    OPEN_BADGES,
    TermUndefined,
    as_jwt,
    canonical,
    with_proof,
)
from app.infra.issuer_keys import IssuerKeys
from tests.support.issuer import kept_keys

AT = datetime(2026, 11, 25, 3, 10, tzinfo=UTC)
DID = "did:web:convoca.example.org"


def keys() -> IssuerKeys:
    return kept_keys(AT)


def badge(**changes: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "https://convoca.example.org/verify/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": DID,
        "validFrom": "2026-11-25T03:10:00Z",
        "credentialSubject": {"type": ["AchievementSubject"], "narrative": "<b>«ñ»</b>"},
        **changes,
    }


def test_same_words_are_signed_the_same() -> None:
    first, again = (with_proof(badge(), keys(), did=DID, at=AT) for _ in range(2))
    assert first == again
    assert first["proof"]["created"] == "2026-11-25T03:10:00Z"
    assert first["proof"]["verificationMethod"] == f"{DID}#{keys().proof_kid}"


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": "10"},
        {"type": ["VerifiableCredential", "1EdTechJsonSchemaValidator2019"]},
        {"credentialSubject": {"type": ["AchievementSubject"], "institution": "A ministry"}},
        {"credentialSubject": {"type": ["Nobody"]}},
        {"issuer": "an-address-without-its-host"},
        {"id": "verify/1"},
    ],
)
def test_what_no_context_defines_is_not_signed(changes: dict[str, Any]) -> None:
    """PyLD leaves such members out in silence: a verifier would find them unsigned, or anybody
    could change them.
    """
    with pytest.raises(TermUndefined):
        with_proof(badge(**changes), keys(), did=DID, at=AT)


def test_no_context_is_fetched() -> None:
    with pytest.raises(JsonLdError):
        canonical(badge(**{"@context": [CREDENTIALS, "https://example.org/context.json"]}))


@pytest.mark.parametrize(
    ("file", "sha256"),
    [
        ("credentials-v2", "bf6fd611e6773d58f649459a45dbbb81f94e8cfd058a756644cd5a4a882c4050"),
        ("open-badges-3.0.3", "e407ae98563c7b4708be4c8198a7f254bc09c131afc68e73d5f90eb0a34c6f7f"),
    ],
)
def test_contexts_are_those_that_verifiers_have(file: str, sha256: str) -> None:
    """A word changed in one of them, and nothing that we sign is accepted elsewhere."""
    from app.infra.credentials import _context

    text = json.dumps(_context(f"{file}.json"), ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == sha256


def test_jwt_has_the_claims_of_open_badges_and_its_signature_holds() -> None:
    token = as_jwt(badge(validUntil="2028-11-25T05:59:59Z"), keys(), did=DID)
    signed, _, signature = token.rpartition(".")
    header, claims = (json.loads(_bytes(part)) for part in signed.split("."))
    assert header == {"alg": "RS256", "kid": f"{DID}#{keys().jwt_kid}", "typ": "JWT"}
    assert claims["iss"] == claims["issuer"] == DID
    assert claims["jti"] == claims["id"]
    assert claims["nbf"] == int(AT.timestamp())
    assert claims["exp"] == int(datetime(2028, 11, 25, 5, 59, 59, tzinfo=UTC).timestamp())
    assert "proof" not in claims
    public = keys().for_jwt.public_key()
    public.verify(_bytes(signature), signed.encode(), PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(_bytes(signature), signed.encode()[:-1] + b"A", PKCS1v15(), SHA256())


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
