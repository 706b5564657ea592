"""The keys that sign credentials, and every one that did.

The private ones lie in the file that CREDENTIAL_FILE names, in development in the data folder; the
public ones in the database for good, because what they signed is verified as long as it exists. A
key signs from `begins_at` until the next one begins. They are not the key of the seal, which an
authority outside gives and which readers of PDF must know (decision 80).
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlsplit

from sqlalchemy import Integer, String, Text, exists, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra import journal
from app.infra.journal import JournalEntry
from app.infra.record import Recorded
from app.infra.record_check import is_kept
from app.infra.record_keys import Marked, base64url, content_of, key_of, keys_at_hand, mark
from app.kernel.actor import SYSTEM
from app.kernel.fact import Fact
from config import Settings, replace_file

if TYPE_CHECKING:  # 60 ms, which a process that signs nothing does not spend
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

OWN_FILE = "development-credentials.pem"
RSA_BITS = 3072
ED25519_MULTICODEC = b"\xed\x01"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class IssuerKeysUnfit(Exception):
    """The file cannot be read or written, does not hold an Ed25519 and an RSA key, or holds keys
    that are not on record or sign no longer.
    """


class IssuerKeyRow(Marked):
    """A public key. `kid` is its thumbprint (RFC 7638), `public_jwk` the key as JSON (RFC 7517);
    `number` counts them, for the record. `ends_at` is null while it signs. One that was withdrawn,
    because somebody else may have had it, is published no longer, so that nothing that it signed is
    accepted.
    """

    __tablename__ = "issuer_key"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    public_jwk: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    number: Mapped[int] = mapped_column(Integer, unique=True)


@dataclass(frozen=True)
class IssuerKeyWithdrawn(Fact):
    """Nothing that a key signed is accepted any more, because somebody else may have had it."""

    subject_kind: ClassVar[str] = "issuer-key"

    kid: str

    @property
    def subject_id(self) -> str:
        return self.kid


def _content(values: Mapping[str, Any]) -> str:
    """Returns what the mark of a key is of. That it was withdrawn stands in the journal, which is on
    record: whoever takes that back in this table leaves a row that is not as it was entered.
    """
    is_taken_back = values.get("was_withdrawn") and values["withdrawn_at"] is None
    taken_back = ("withdrawn once",) if is_taken_back else ()
    return content_of("issuer key", *(values[name] for name in ENTERED), *taken_back)


ENTERED = ("kid", "public_jwk", "begins_at")
_WAS_WITHDRAWN = exists().where(
    JournalEntry.subject_kind == IssuerKeyWithdrawn.subject_kind,
    JournalEntry.subject_id == IssuerKeyRow.kid,
    JournalEntry.fact == IssuerKeyWithdrawn.__name__,
)
ISSUER_KEYS = Recorded(
    kind="issuer_key",
    called="Key %d that signs credentials",
    model=IssuerKeyRow,
    keys=(IssuerKeyRow.number,),
    names=ENTERED,
    beside=(
        IssuerKeyRow.ends_at,
        IssuerKeyRow.withdrawn_at,
        _WAS_WITHDRAWN.label("was_withdrawn"),
    ),
    text=_content,
)
_ACCEPTED = (
    ISSUER_KEYS.marked_rows()
    .where(IssuerKeyRow.withdrawn_at.is_(None), ~_WAS_WITHDRAWN)
    .order_by(IssuerKeyRow.begins_at, IssuerKeyRow.kid)
)


@dataclass(frozen=True)
class IssuerKeys:
    """The two private keys that sign, kept parsed: for a Data Integrity proof, and for a JWT, which
    Open Badges signs with RS256 at the least. `begins_at`: since when they are on record.
    """

    for_proof: "Ed25519PrivateKey"
    for_jwt: "RSAPrivateKey"
    proof_kid: str
    jwt_kid: str
    begins_at: datetime


@dataclass(frozen=True)
class PublishedKey:
    """`jwk` has the members of the public key alone."""

    kid: str
    jwk: Mapping[str, str]
    begins_at: datetime
    ends_at: datetime | None


def key_file(settings: Settings) -> Path | None:
    """Returns where the private keys lie or are to lie; None in production without
    CREDENTIAL_FILE, and in tests that set none.
    """
    if settings.credential_file is None and settings.environment == "development":
        return settings.data / OWN_FILE
    return settings.credential_file


def has_keys(settings: Settings) -> bool:
    """Returns True where credentials are issued, as long as the keys are fit."""
    path = key_file(settings)
    return path is not None and (settings.credential_file is not None or path.exists())


def issuer_keys(db: Session, settings: Settings) -> IssuerKeys | None:
    """Returns the keys that sign here, None where no credentials are issued: without a file, or on
    a development machine before `flask certificates new-keys`. Raises IssuerKeysUnfit.

    A file that was replaced is read anew, so that keys are changed without a restart.
    """
    path = key_file(settings)
    if path is None or not has_keys(settings):
        return None
    try:
        changed_at = path.stat().st_mtime_ns
    except OSError as error:
        raise IssuerKeysUnfit("the file of the keys cannot be read") from error
    for_proof, for_jwt, proof_kid, jwt_kid = _read(path, changed_at, settings.credential_passphrase)
    on_record = {key.kid: key.begins_at for key in published_keys(db) if key.ends_at is None}
    if not {proof_kid, jwt_kid} <= on_record.keys():
        raise IssuerKeysUnfit("the keys of the file are not those on record")
    begins_at = max(on_record[proof_kid], on_record[jwt_kid])
    return IssuerKeys(for_proof, for_jwt, proof_kid, jwt_kid, begins_at)


def published_keys(db: Session) -> Sequence[PublishedKey]:
    """Returns every key by which a credential may be verified, the oldest first; where a record is
    kept, those alone that this installation entered as they are. One that was withdrawn, by its row
    or by the journal, is never among them, whether a record is kept or not.
    """
    keys = keys_at_hand(db) if is_kept(db) else ()
    return [
        PublishedKey(row.kid, json.loads(row.public_jwk), row.begins_at, row.ends_at)
        for row in db.execute(_ACCEPTED)
        if not keys or key_of(keys, ISSUER_KEYS.content(row), row.record_mark)
    ]


def enter_key(db: Session, jwk: Mapping[str, str], *, begins_at: datetime) -> None:
    """Enters a public key, on record where one is kept."""
    kid, text = thumbprint(jwk), _canonical(jwk)
    last = db.scalar(select(func.max(IssuerKeyRow.number))) or 0
    values = {"kid": kid, "public_jwk": text, "begins_at": begins_at}
    db.add(IssuerKeyRow(**values, number=last + 1, record_mark=mark(db, _content(values))))
    db.flush()


def renew_issuer_keys(
    db: Session, settings: Settings, *, now: datetime, withdraws: bool = False
) -> None:
    """Makes new keys, which sign from now on, and ends those of before; with `withdraws` nothing
    that any earlier one signed is accepted any more. Raises IssuerKeysUnfit.

    The file comes last: where it cannot be written, the caller's transaction undoes the rest.
    """
    path = key_file(settings)
    if path is None:
        raise IssuerKeysUnfit("CREDENTIAL_FILE names no file")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    keys = (
        Ed25519PrivateKey.generate(),
        generate_private_key(public_exponent=65537, key_size=RSA_BITS),
    )
    now = now.replace(microsecond=0)
    db.execute(update(IssuerKeyRow).where(IssuerKeyRow.ends_at.is_(None)).values(ends_at=now))
    if withdraws:
        before = update(IssuerKeyRow).where(IssuerKeyRow.withdrawn_at.is_(None))
        kids = db.scalars(before.values(withdrawn_at=now).returning(IssuerKeyRow.kid))
        facts = [IssuerKeyWithdrawn(kid) for kid in kids]
        journal.record_all(db, facts, actor=SYSTEM, now=now)
    for key in keys:
        enter_key(db, public_jwk(key), begins_at=now)
    try:
        replace_file(path, _pem_of(keys, settings.credential_passphrase))
    except OSError as error:
        raise IssuerKeysUnfit("the file of the keys cannot be written") from error


def did_of(address: str) -> str:
    """Returns the did:web of a public address: that of `https://crm.example:8443` is
    `did:web:crm.example%3A8443`.
    """
    return f"did:web:{quote(urlsplit(address).netloc, safe='')}"


def did_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """Returns the document that a did:web leads to. Keys that sign no longer stay in it without an
    end: with `expires`, a verifier would refuse what they signed before.
    """
    methods = [_method(did, key) for key in keys]
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def jwk_set(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """Returns the keys as a JWK Set (RFC 7517). Each signed from `nbf` to `exp`, in seconds; what it
    signed then stays signed.
    """
    return {
        "keys": [
            {
                **key.jwk,
                "kid": f"{did}#{key.kid}",
                "use": "sig",
                "alg": "EdDSA" if key.jwk["kty"] == "OKP" else "RS256",
                "nbf": int(key.begins_at.timestamp()),
                **({} if key.ends_at is None else {"exp": int(key.ends_at.timestamp())}),
            }
            for key in keys
        ]
    }


def _method(did: str, key: PublishedKey) -> dict[str, Any]:
    method = {"id": f"{did}#{key.kid}", "controller": did}
    if key.jwk["kty"] == "OKP":
        raw = ED25519_MULTICODEC + _bytes_of(key.jwk["x"])
        return {**method, "type": "Multikey", "publicKeyMultibase": multibase(raw)}
    jwk = {**key.jwk, "alg": "RS256", "kid": key.kid}
    return {**method, "type": "JsonWebKey", "publicKeyJwk": jwk}


def multibase(raw: bytes) -> str:
    """Returns bytes in base 58 behind its mark, as Multikey and proofs write them."""
    number, digits = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, len(BASE58))
        digits = BASE58[digit] + digits
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "z" + BASE58[0] * zeros + digits


def from_multibase(text: str) -> bytes:
    """Returns the bytes that `multibase` wrote. Raises ValueError for other text."""
    if not text.startswith("z"):
        raise ValueError("not in base 58")
    number = 0
    for digit in text[1:]:
        number = number * len(BASE58) + BASE58.index(digit)
    zeros = len(text) - 1 - len(text[1:].lstrip(BASE58[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Returns the thumbprint (RFC 7638) of a public key that has its own members alone."""
    return base64url(hashlib.sha256(_canonical(jwk).encode()).digest())


def public_jwk(key: "Ed25519PrivateKey | RSAPrivateKey") -> dict[str, str]:
    """Returns the public part of a key as JSON (RFC 7517), with the members of a thumbprint."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(key, RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {"e": _unsigned(numbers.e), "kty": "RSA", "n": _unsigned(numbers.n)}
    return {"crv": "Ed25519", "kty": "OKP", "x": base64url(key.public_key().public_bytes_raw())}


@cache
def _read(
    path: Path, _changed_at: int, passphrase: str
) -> "tuple[Ed25519PrivateKey, RSAPrivateKey, str, str]":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        parts = path.read_text(encoding="ascii").split("-----BEGIN")[1:]
        keys = [
            load_pem_private_key(f"-----BEGIN{part}".encode(), passphrase.encode() or None)
            for part in parts
        ]
    except (OSError, ValueError, TypeError) as error:
        raise IssuerKeysUnfit(
            "the file of the keys cannot be read, or not with this passphrase"
        ) from error
    for_proof = [key for key in keys if isinstance(key, Ed25519PrivateKey)]
    for_jwt = [key for key in keys if isinstance(key, RSAPrivateKey)]
    if len(for_proof) != 1 or len(for_jwt) != 1:
        raise IssuerKeysUnfit("the file does not hold one Ed25519 and one RSA key")
    proof_kid, jwt_kid = (thumbprint(public_jwk(key)) for key in (for_proof[0], for_jwt[0]))
    return for_proof[0], for_jwt[0], proof_kid, jwt_kid


def _pem_of(keys: "Sequence[Ed25519PrivateKey | RSAPrivateKey]", passphrase: str) -> str:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        KeySerializationEncryption,
        NoEncryption,
        PrivateFormat,
    )

    encryption: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    )
    return "".join(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode("ascii")
        for key in keys
    )


def _canonical(jwk: Mapping[str, str]) -> str:
    return json.dumps(jwk, sort_keys=True, separators=(",", ":"))


def _unsigned(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
