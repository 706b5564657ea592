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

from app.infra.secret_keys import SecretKeys

TAG_BYTES = 16
UUID_BYTES = 16


class KeyPurpose(StrEnum):
    LAUNCH = "package launch"
    FILES = "package files"


def key_of(id_: UUID, purpose: KeyPurpose, *, keys: SecretKeys, host: str) -> str:
    content = id_.bytes + keys.tag(_tagged_text(id_, purpose, host))[:TAG_BYTES]
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def id_of(key: str, purpose: KeyPurpose, *, keys: SecretKeys, host: str) -> UUID | None:
    """Returns the id that the key names, or None when it was not signed for this purpose and host."""
    try:
        content = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) != UUID_BYTES + TAG_BYTES:
        return None
    id_ = UUID(bytes=content[:UUID_BYTES])
    tag = content[UUID_BYTES:]
    is_ours = any(
        hmac.compare_digest(tag, ours[:TAG_BYTES])
        for ours in keys.tags(_tagged_text(id_, purpose, host))
    )
    return id_ if is_ours else None


def _tagged_text(id_: UUID, purpose: KeyPurpose, host: str) -> bytes:
    return b"\x00".join((purpose.encode(), host.lower().encode(), id_.bytes))
