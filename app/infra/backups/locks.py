"""Encryption of backups by age (https://age-encryption.org): what goes in can be read with the
identity of a recipient alone.

With a passphrase, each place has an identity of its own, which the passphrase opens: scrypt takes a
second by design, which a file each time would not bear.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Protocol

import pyrage

from config import Settings

PREFIX = "AGE-SECRET-KEY-"


class CannotOpen(Exception):
    """The backup is encrypted, and what was given does not open it. The message says what does."""


class KeyShelf(Protocol):
    """Where a place keeps the identity that its passphrase opens."""

    def own_key(self) -> bytes | None: ...

    def keep_key(self, content: bytes) -> None: ...


@dataclass(frozen=True)
class Lock:
    """Encrypts for `recipient`; without one nothing is encrypted. `identity` opens, where it is
    known.
    """

    recipient: Any = None
    identity: Any = None

    @property
    def encrypts(self) -> bool:
        return self.recipient is not None

    def shut(self, source: IO[bytes], target: IO[bytes]) -> None:
        """Copies a file, encrypted unless nothing is to be."""
        if self.encrypts:
            pyrage.encrypt_io(source, target, [self.recipient])
        else:
            _copy(source, target)

    def open(self, source: IO[bytes], target: IO[bytes], *, is_shut: bool) -> None:
        """Copies what `shut` wrote, decrypted. Raises CannotOpen."""
        if not is_shut:
            _copy(source, target)
            return
        if self.identity is None:
            raise CannotOpen(
                "This backup is encrypted. Name the file of its identity in BACKUP_IDENTITY_FILE, "
                "or that of its passphrase in BACKUP_PASSPHRASE_FILE."
            )
        try:
            pyrage.decrypt_io(source, target, [self.identity])
        except pyrage.DecryptError as error:
            raise CannotOpen(
                f"This backup cannot be opened with what was given: {error}."
            ) from None


def lock_of(settings: Settings, shelf: KeyShelf, *, makes: bool = False) -> Lock:
    """Returns the lock of a place by the settings. `makes` gives a place that has none yet an
    identity for the passphrase. Raises CannotOpen.
    """
    identity = _identity_in(settings.backup_identity_file)
    if settings.backup_recipient:
        return Lock(pyrage.x25519.Recipient.from_str(settings.backup_recipient), identity)
    if settings.backup_passphrase_file is None:
        return Lock(None, identity)
    passphrase = _first_line(settings.backup_passphrase_file)
    kept = shelf.own_key()
    if kept is None:
        own = pyrage.x25519.Identity.generate()
        if makes:
            shelf.keep_key(pyrage.passphrase.encrypt(str(own).encode(), passphrase))
    else:
        own = pyrage.x25519.Identity.from_str(_opened(kept, passphrase))
    return Lock(own.to_public(), own)


@lru_cache(maxsize=8)
def _opened(kept: bytes, passphrase: str) -> str:
    """Returns the identity of a place; kept, because opening it takes a second."""
    try:
        return str(pyrage.passphrase.decrypt(kept, passphrase).decode("ascii"))
    except pyrage.DecryptError:
        raise CannotOpen(
            "The passphrase of BACKUP_PASSPHRASE_FILE is not the one these backups were made with."
        ) from None


def _identity_in(path: Path | None) -> Any:
    if path is None:
        return None
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith(PREFIX):
            return pyrage.x25519.Identity.from_str(line.strip())
    raise CannotOpen("BACKUP_IDENTITY_FILE holds no line that begins with AGE-SECRET-KEY-.")


def _first_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].strip():
        raise CannotOpen("The first line of BACKUP_PASSPHRASE_FILE says no passphrase.")
    return lines[0].strip()


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while chunk := source.read(1024 * 1024):
        target.write(chunk)


def digest_of(path: Path) -> str:
    """Returns the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
