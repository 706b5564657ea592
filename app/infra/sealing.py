"""Keeps a secret of somebody else's in the database, readable only with the application's own.

Two keys are derived from the application's secret for each purpose (HKDF with SHA-256, RFC 5869).
The text is masked by HMAC-SHA-256 in counter mode under a fresh nonce, and then the nonce and the
masked text are authenticated by HMAC-SHA-256 (encrypt, then authenticate). Only Python's own
library is needed; docs/decisions/0035 says why.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

NONCE_BYTES = 16
BLOCK = 32
VERSION = "1."


class CannotUnseal(Exception):
    """It was sealed with another secret, for another purpose, or it is damaged."""


def seal(text: str, *, secret: str, purpose: str) -> str:
    """Returns printable ASCII from which only `unseal` with the same secret makes the text."""
    mask_key, tag_key = _keys(secret, purpose)
    nonce = secrets.token_bytes(NONCE_BYTES)
    masked = nonce + _masked(text.encode(), mask_key, nonce)
    tag = hmac.digest(tag_key, masked, "sha256")
    return VERSION + base64.urlsafe_b64encode(masked + tag).decode("ascii")


def unseal(sealed: str, *, secret: str, purpose: str) -> str:
    """Returns the text. Raises CannotUnseal when it was not sealed so, or was changed since."""
    try:
        content = base64.b64decode(
            sealed.removeprefix(VERSION).encode("ascii"), altchars=b"-_", validate=True
        )
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise CannotUnseal from None
    mask_key, tag_key = _keys(secret, purpose)
    masked, tag = content[:-BLOCK], content[-BLOCK:]
    expected = hmac.digest(tag_key, masked, "sha256")
    if not sealed.startswith(VERSION) or not hmac.compare_digest(tag, expected):
        raise CannotUnseal
    return _masked(masked[NONCE_BYTES:], mask_key, masked[:NONCE_BYTES]).decode()


def _keys(secret: str, purpose: str) -> tuple[bytes, bytes]:
    """Derives two keys by HKDF: extracts, then makes one block for the mask and one for the tag."""
    extracted = hmac.digest(b"convoca sealing", secret.encode(), "sha256")
    first = hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")
    second = hmac.digest(extracted, first + purpose.encode() + b"\x02", "sha256")
    return first, second


def _masked(content: bytes, key: bytes, nonce: bytes) -> bytes:
    """Returns the content XORed with a stream that only the key and the nonce give; doing it twice
    restores the content.
    """
    blocks = range((len(content) + BLOCK - 1) // BLOCK)
    stream = b"".join(
        hmac.digest(key, nonce + block.to_bytes(8, "big"), hashlib.sha256) for block in blocks
    )
    return bytes(a ^ b for a, b in zip(content, stream, strict=False))
