"""A passkey without a browser: answers what a page asks, as a device does (WebAuthn, "none"
attestation, ES256).
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Authenticator:
    """One device with one passkey. `counts`: False for a key that is synchronised between
    devices.
    """

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    counts: bool = True
    is_verified: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def made(self, asked: dict[str, Any]) -> str:
        """Returns what a device answers that was asked to make a passkey."""
        point = self.key.public_key().public_numbers()
        public = encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        )
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        attestation = encode_cbor(
            {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        )
        return self._answer(
            {
                "clientDataJSON": base64url(self._client("webauthn.create", asked)),
                "attestationObject": base64url(attestation),
            }
        )

    def used(self, asked: dict[str, Any]) -> str:
        """Returns what a device answers that was asked for its passkey."""
        self.count += self.counts
        client, data = self._client("webauthn.get", asked), self._data(0)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": base64url(client),
                "authenticatorData": base64url(data),
                "signature": base64url(signed),
            }
        )

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.is_verified else 0)
        return (
            hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)
        )

    def _answer(self, response: dict[str, str]) -> str:
        name = base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
