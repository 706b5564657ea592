"""Keys that sign credentials, for tests that are not about making them: that takes a second of CPU."""

from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy.orm import Session

from app.infra.issuer_keys import IssuerKeys, enter_key, public_jwk, thumbprint


@cache
def a_pair() -> tuple[Ed25519PrivateKey, RSAPrivateKey]:
    return Ed25519PrivateKey.generate(), generate_private_key(public_exponent=65537, key_size=2048)


def kept_keys(begins_at: datetime) -> IssuerKeys:
    """The keys as the application holds them."""
    for_proof, for_jwt = a_pair()
    proof_kid, jwt_kid = (thumbprint(public_jwk(key)) for key in a_pair())
    return IssuerKeys(for_proof, for_jwt, proof_kid, jwt_kid, begins_at)


def lay_keys(db: Session, path: Path, *, begins_at: datetime) -> None:
    """Writes the keys into a file and puts them on record."""
    for key in a_pair():
        enter_key(db, public_jwk(key), begins_at=begins_at)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"".join(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in a_pair()
        )
    )
