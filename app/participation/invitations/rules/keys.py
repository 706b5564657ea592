"""Keys in addresses: 256 bits made from the site's secret and the row's own random bits; only a
hash is stored.

So a letter that is printed or sent later bears the same link, while a copy of the database opens
nothing: without the secret nobody makes a key of the random bits. New bits are a new key, and the
old link is dead.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

INVITATION, GUEST, SPEAKER = "invitation", "guest", "speaker"


@dataclass(frozen=True)
class Keyring:
    """Made at the edge from the site's secret, which it never shows."""

    secret: str = field(repr=False)

    def invitation_key(self, bits: str) -> str:
        return self._key(INVITATION, bits)

    def guest_key(self, bits: str) -> str:
        return self._key(GUEST, bits)

    def speaker_key(self, bits: str) -> str:
        return self._key(SPEAKER, bits)

    def _key(self, purpose: str, bits: str) -> str:
        made = hmac.digest(self.secret.encode(), f"convoca:{purpose}:{bits}".encode(), "sha256")
        return urlsafe_b64encode(made).decode().rstrip("=")


def fresh_bits() -> str:
    return secrets.token_hex(32)


def digest(key: str) -> str:
    """Returns what is stored and looked for: finding by the hash takes the same time for a key that
    is nearly right.
    """
    return hashlib.sha256(key.encode()).hexdigest()
