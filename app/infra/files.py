"""Files that belong to rows: a folder beside the database, or S3-compatible storage where one
machine is outgrown.

A file is named by its content and written once: writing the same bytes again changes nothing, other
bytes under the same name are refused, and a reader never meets half a file.
`FILES_URL=s3://bucket/prefix` with AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_REGION in the environment, as every S3 client reads them.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, from_url

from app.infra import clock
from app.infra.platform import platform
from config import Settings

PROBE = "probe"
CHUNK = 1024 * 1024
SMALL = 4 * CHUNK
"""Files up to here are put from memory, in one step that refuses to write over another."""

KEYED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")
STAGED = re.compile(r"[0-9a-f]{64}#\d+")
STAGED_SECONDS = 24 * 60 * 60


class FileDamaged(OSError):
    """The storage holds other bytes than those that the key names: restore them from the backup."""


def key_of(sha256: str) -> str:
    """Returns the key under which the bytes with this hash are kept."""
    return f"{sha256[:2]}/{sha256}"


class Files:
    """`put` returns the key to keep in a row; `get` raises FileNotFoundError for what is not
    there.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store: Any = None

    def put(self, content: bytes) -> str:
        """Keeps the bytes, unless they are kept already. Raises FileDamaged when the storage holds
        other bytes in their place.
        """
        key = key_of(hashlib.sha256(content).hexdigest())
        try:
            obstore.put(self._opened(), key, content, mode="create")
        except AlreadyExistsError:
            if self.get(key) != content:
                raise FileDamaged(key) from None
        return key

    def put_file(self, path: Path) -> str:
        """Stores the bytes of a file as `put` does, in memory of a few chunks whatever its size.

        Raises FileDamaged as `put` does, where another length lies in their place.
        """
        with path.open("rb") as content:
            return self.put_open(content)

    def put_open(self, content: BufferedReader | BufferedRandom) -> str:
        """Stores the bytes of an open file as `put_file` does."""
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        if size <= SMALL:
            return self.put(content.read())
        key = key_of(hashlib.file_digest(content, "sha256").hexdigest())
        content.seek(0)
        try:
            length = obstore.head(self._opened(), key)["size"]
        except FileNotFoundError:
            obstore.put(self._opened(), key, content)
        else:
            if length != size:
                raise FileDamaged(key)
        return key

    def fetch(self, key: str, path: Path) -> None:
        """Writes the bytes to a file, chunk by chunk. Raises FileNotFoundError."""
        with path.open("wb") as out:
            for chunk in self.chunks(key):
                out.write(chunk)

    def chunks(self, key: str) -> Iterator[bytes]:
        """Returns the bytes, chunk by chunk; raises FileNotFoundError at once."""
        found = obstore.get(self._opened(), key)
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def part(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Yields `length` bytes from `start` on, chunk by chunk."""
        end = start + length
        for begin in range(start, end, CHUNK):
            size = min(CHUNK, end - begin)
            yield bytes(obstore.get_range(self._opened(), key, start=begin, length=size))

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self._opened(), key).bytes())

    def delete(self, key: str) -> None:
        """Deletes a file, which is only for what must not be kept.

        Rows with the same content share a file, so callers ask whether others name it.
        """
        obstore.delete(self._opened(), key)

    def every_key(self) -> Iterator[str]:
        """Yields the keys of all files that are kept."""
        for listed in obstore.list(self._opened()):
            for one in listed:
                if KEYED.fullmatch(one["path"]):
                    yield one["path"]

    def sweep(self) -> int:
        """Deletes what a process left of a file that was killed while it wrote; returns how many
        those were.

        obstore writes to `<key>#<number>` in a folder and renames it. What lies under such a name
        for a day belongs to nobody. A bucket takes whole objects only; the operator lets it drop
        uploads that were not completed.
        """
        folder = self._folder()
        before, count = clock.now().timestamp() - STAGED_SECONDS, 0
        for path in folder.glob("??/*#*") if folder is not None else ():
            if STAGED.fullmatch(path.name) and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                count += 1
        return count

    def probe(self) -> None:
        """Writes a file as `put` does. Raises OSError or obstore's BaseError when the storage takes
        none.
        """
        obstore.put(self._opened(), PROBE, b"written to see whether files can be stored")

    def _opened(self) -> Any:
        """Returns the store, opened at the first use so that a fork inherits no connection."""
        if self._store is None:
            url, folder = self._settings.files_url, self._folder()
            if folder is None:
                # By itself obstore keeps whoever waits for three minutes when no bucket answers.
                self._store = from_url(
                    url, retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
                )
            else:
                self._store = LocalStore(folder, mkdir=True)
        return self._store

    def _folder(self) -> Path | None:
        """Returns the folder of the store, None for a bucket."""
        url = urlsplit(self._settings.files_url)
        if not url.scheme:
            return self._settings.data / "files"
        return Path(unquote(url.path)) if url.scheme == "file" else None


def files() -> Files:
    return platform().files
