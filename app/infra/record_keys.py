"""The keys with which the record is kept, and the mark that each row of it bears.

They lie in a file that the database knows nothing of: the one that JOURNAL_KEY_FILE names, else one
of the data folder. Each line is a key, the last one marks what is written from now on, and the
earlier ones prove what was written before. Without the file nothing is marked (decision 100).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.orm import Base
from config import Settings, replace_file

OWN_FILE = "journal.key"
KEYS = "record_keys"
"""Where a session has what reads the keys of its installation."""
KEY_BYTES = 32
NONCE_BYTES, MARK_BYTES = 9, 18
MARK_LENGTH = 36


class Marked(Base):
    """A row of a table on record: its mark, null where no record is kept."""

    __abstract__ = True

    record_mark: Mapped[str | None] = mapped_column(String(MARK_LENGTH), sort_order=99)


class RecordKeysUnfit(Exception):
    """The file of the keys cannot be read or written, or holds no keys."""


def key_file(settings: Settings) -> Path:
    return settings.journal_key_file or settings.data / OWN_FILE


def record_keys(settings: Settings) -> tuple[bytes, ...]:
    """Returns the keys, the oldest first; none where there is no file. Raises RecordKeysUnfit.

    A file that was replaced is read anew, so that a key is changed without a restart.
    """
    path = key_file(settings)
    try:
        changed_at = path.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise RecordKeysUnfit("the file of the record's keys cannot be read") from error
    return _read(path, changed_at)


def keys_at_hand(db: Session) -> tuple[bytes, ...]:
    """Returns the keys of the installation that a session is of."""
    read: Callable[[], tuple[bytes, ...]] | None = db.info.get(KEYS)
    return read() if read else ()


def add_key(settings: Settings) -> None:
    """Writes a new key behind those of before. Raises RecordKeysUnfit."""
    keys = (*record_keys(settings), secrets.token_bytes(KEY_BYTES))
    lines = "".join(base64.urlsafe_b64encode(key).decode("ascii") + "\n" for key in keys)
    try:
        replace_file(key_file(settings), lines)
    except OSError as error:
        raise RecordKeysUnfit("the file of the record's keys cannot be written") from error


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def content_of(*values: object) -> str:
    """Returns values as one text, in which none can be taken for a part of another."""
    return _ENCODER.encode(values)


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
"""Made once: `json.dumps` makes one for each text, which takes longer than the text."""


def mark(db: Session, content: str) -> str | None:
    """Returns the mark of a row that this installation writes; None where it keeps no record."""
    keys = keys_at_hand(db)
    return mark_with(keys[-1], content) if keys else None


def mark_with(key: bytes, content: str) -> str:
    """Returns a mark that only the key gives: HMAC-SHA-256 of a nonce and the content. With the nonce
    no two rows bear the same, and nobody who reads it can try names.
    """
    return _marked(key, secrets.token_bytes(NONCE_BYTES), content)


def key_of(keys: Sequence[bytes], content: str, marked: str | None) -> int:
    """Returns the number of the key, counted from 1, with which the content was marked; 0 for none
    of them.
    """
    if marked is None or len(marked) != MARK_LENGTH:
        return 0
    try:
        nonce = base64.urlsafe_b64decode(marked)[:NONCE_BYTES]
    except ValueError:
        return 0
    for number in range(len(keys), 0, -1):
        if hmac.compare_digest(_marked(keys[number - 1], nonce, content), marked):
            return number
    return 0


def fingerprint(key: bytes) -> str:
    """Returns what names a key and does not tell it."""
    return hashlib.sha256(b"record key " + key).hexdigest()


def _marked(key: bytes, nonce: bytes, content: str) -> str:
    mac = hmac.digest(key, nonce + content.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(nonce + mac[:MARK_BYTES]).decode("ascii")


@cache
def _read(path: Path, _changed_at: int) -> tuple[bytes, ...]:
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = tuple(base64.b64decode(line, altchars=b"-_", validate=True) for line in lines)
    except (OSError, ValueError) as error:
        raise RecordKeysUnfit("the file of the record's keys cannot be read") from error
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise RecordKeysUnfit("the file of the record's keys holds something else")
    return keys
