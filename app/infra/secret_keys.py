"""The keys of this installation: one that makes, and those before it, which are accepted while they
are listed (SECRET_KEY and SECRET_KEY_FALLBACKS).

Whatever is signed, keyed or sealed goes through `SecretKeys`, so that an exchanged key ends nothing
that a listed one made. Signing is itsdangerous, HMAC is Python's, sealing is app/infra/sealing.py.
"""

import hmac
from dataclasses import dataclass, field

from itsdangerous import Signer, URLSafeSerializer, URLSafeTimedSerializer

from app.infra.sealing import CannotUnseal, seal, unseal


@dataclass(frozen=True)
class SecretKeys:
    """`current` makes; it and `earlier` (most recent first) check and open."""

    current: str = field(repr=False)
    earlier: tuple[str, ...] = field(default=(), repr=False)

    @property
    def listed(self) -> tuple[str, ...]:
        """Returns all of them, the current one first."""
        return (self.current, *self.earlier)

    @property
    def oldest_first(self) -> list[str]:
        """Returns them in the order of itsdangerous, which signs with the last one."""
        return list(reversed(self.listed))

    def signer(self, salt: str) -> Signer:
        return Signer(self.oldest_first, salt=salt)

    def serializer(self, salt: str) -> URLSafeSerializer:
        return URLSafeSerializer(self.oldest_first, salt=salt)

    def timed_serializer(self, salt: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.oldest_first, salt=salt)

    def tag(self, text: bytes) -> bytes:
        """Returns the HMAC-SHA-256 of the text under the current key."""
        return hmac.digest(self.current.encode(), text, "sha256")

    def tags(self, text: bytes) -> tuple[bytes, ...]:
        """Returns what `tag` returns or returned under each key, the current one first."""
        return tuple(hmac.digest(key.encode(), text, "sha256") for key in self.listed)

    def seal(self, text: str, *, purpose: str) -> str:
        """Returns printable ASCII from which only `unseal` makes the text."""
        return seal(text, secret=self.current, purpose=purpose)

    def unseal(self, sealed: str, *, purpose: str) -> str:
        """Returns the text. Raises CannotUnseal when no listed key sealed it for this purpose, or it
        was changed since.
        """
        for key in self.listed:
            try:
                return unseal(sealed, secret=key, purpose=purpose)
            except CannotUnseal:
                continue
        raise CannotUnseal

    def is_current(self, sealed: str, *, purpose: str) -> bool:
        """Returns True for what the current key opens, so that no earlier one is needed for it."""
        try:
            SecretKeys(self.current).unseal(sealed, purpose=purpose)
        except CannotUnseal:
            return False
        return True
