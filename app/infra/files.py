"""Files that belong to rows: a folder beside the database, or S3-compatible storage where one
machine is outgrown.

A file is named by its content and never changes: writing the same bytes again is the same file, and
a reader never meets half of one. `FILES_URL=s3://bucket/prefix` with AWS_ENDPOINT_URL,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION in the environment, as every S3 client reads
them.
"""

import hashlib
from typing import Any

import obstore
from flask import current_app
from obstore.store import LocalStore, from_url

from config import Settings

PROBE = "probe"


class Files:
    """`put` returns the key to keep in a row; `get` raises FileNotFoundError for what is not
    there.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store: Any = None

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        key = f"{sha256[:2]}/{sha256}"
        obstore.put(self._opened(), key, content)
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
