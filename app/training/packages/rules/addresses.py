"""Keys that stand in addresses on the second origin: nobody else can make one.

A launch has a key of its own, for the player and what it records. The files have one for each
enrolment, so that a browser on a slow line fetches them once and not at each launch. Both are signed
for one host, so that the same address on the platform's own host opens nothing.
"""

import base64
import binascii
import hmac
from enum import StrEnum
from uuid import UUID

TAG_BYTES = 16
UUID_BYTES = 16


class KeyPurpose(StrEnum):
    LAUNCH = "package launch"
    FILES = "package files"


def key_of(id_: UUID, purpose: KeyPurpose, *, secret: str, host: str) -> str:
    content = id_.bytes + _tag(id_, purpose, secret, host)
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def id_of(key: str, purpose: KeyPurpose, *, secret: str, host: str) -> UUID | None:
    """Returns the id that the key names, or None when it was not signed for this purpose and host."""
    try:
        content = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) != UUID_BYTES + TAG_BYTES:
        return None
    id_ = UUID(bytes=content[:UUID_BYTES])
    tag = content[UUID_BYTES:]
    return id_ if hmac.compare_digest(tag, _tag(id_, purpose, secret, host)) else None


def _tag(id_: UUID, purpose: KeyPurpose, secret: str, host: str) -> bytes:
    text = b"\x00".join((purpose.encode(), host.lower().encode(), id_.bytes))
    return hmac.digest(secret.encode(), text, "sha256")[:TAG_BYTES]
