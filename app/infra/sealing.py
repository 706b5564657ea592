"""Keeps a secret of somebody else's in the database, readable only with the application's own.

AES-256-GCM under a key that HKDF (SHA-256, RFC 5869) derives from the application's secret for each
purpose, with a fresh nonce of 96 bits (NIST SP 800-38D). What was sealed before version 2 is still
read: docs/decisions/0035 says how it was made.
"""

import base64
import binascii
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT = b"convoca sealing"
NONCE_BYTES = 12
VERSION = "2."

FIRST_VERSION = "1."
FIRST_NONCE_BYTES = 16
BLOCK = 32


class CannotUnseal(Exception):
    """It was sealed with another secret, for another purpose, or it is damaged."""


def seal(text: str, *, secret: str, purpose: str) -> str:
    """Returns printable ASCII from which only `unseal` with the same secret makes the text."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    content = _cipher(secret, purpose).encrypt(nonce, text.encode(), None)
    return VERSION + base64.urlsafe_b64encode(nonce + content).decode("ascii")


def unseal(sealed: str, *, secret: str, purpose: str) -> str:
    """Returns the text. Raises CannotUnseal when it was not sealed so, or was changed since."""
    version, content = sealed[: len(VERSION)], _bytes(sealed[len(VERSION) :])
    if version == FIRST_VERSION:
        return _unsealed_by_first_version(content, secret=secret, purpose=purpose)
    if version != VERSION or len(content) < NONCE_BYTES:
        raise CannotUnseal
    nonce, content = content[:NONCE_BYTES], content[NONCE_BYTES:]
    try:
        text: bytes = _cipher(secret, purpose).decrypt(nonce, content, None)
    except InvalidTag:
        raise CannotUnseal from None
    return text.decode()


def _cipher(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=SALT, info=f"{VERSION}{purpose}".encode())
    return AESGCM(derived.derive(secret.encode()))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise CannotUnseal from None


def _unsealed_by_first_version(content: bytes, *, secret: str, purpose: str) -> str:
    """Reads what HMAC-SHA-256 masked in counter mode and authenticated (encrypt, then
    authenticate).
    """
    extracted = hmac.digest(SALT, secret.encode(), "sha256")
    mask_key = hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")
    tag_key = hmac.digest(extracted, mask_key + purpose.encode() + b"\x02", "sha256")
    masked, tag = content[:-BLOCK], content[-BLOCK:]
    if not hmac.compare_digest(tag, hmac.digest(tag_key, masked, "sha256")):
        raise CannotUnseal
    nonce, masked = masked[:FIRST_NONCE_BYTES], masked[FIRST_NONCE_BYTES:]
    stream = b"".join(
        hmac.digest(mask_key, nonce + block.to_bytes(8, "big"), "sha256")
        for block in range((len(masked) + BLOCK - 1) // BLOCK)
    )
    return bytes(a ^ b for a, b in zip(masked, stream, strict=False)).decode()
