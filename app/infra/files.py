"""Files that belong to rows: a folder beside the database, or S3-compatible storage where one
machine is outgrown.

A file is named by its content and written once: writing the same bytes again changes nothing, other
bytes under the same name are refused, and a reader never meets half a file.
`FILES_URL=s3://bucket/prefix` with AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_REGION in the environment, as every S3 client reads them.
"""

import hashlib
from typing import Any

import obstore
from flask import current_app
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, from_url

from config import Settings

PROBE = "probe"


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

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self._opened(), key).bytes())

    def delete(self, key: str) -> None:
        """Only for what must not be kept; rows with the same content share a file, so ask whether
        others name it.
        """
        obstore.delete(self._opened(), key)

    def probe(self) -> None:
        """Writes a file as `put` does. Raises OSError or obstore's BaseError when the storage takes
        none.
        """
        obstore.put(self._opened(), PROBE, b"written to see whether files can be stored")

    def _opened(self) -> Any:
        """Opened late, so that a fork inherits no connection."""
        if self._store is None:
            url = self._settings.files_url
            folder = self._settings.data / "files"
            self._store = from_url(url) if url else LocalStore(folder, mkdir=True)
        return self._store


def files() -> Files:
    found: Files = current_app.extensions["convoca_files"]
    return found
