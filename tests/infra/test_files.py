"""Files by content: the same bytes are one file, in a folder or in a bucket that speaks S3.

The bucket is a stand-in that keeps what it is given and notes how it was asked; signatures are only
looked for.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.infra.files import Files
from config import SettingsInvalid, read_settings
from tests.support.databases import settings_for


@dataclass
class Bucket:
    port: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    signed: list[str] = field(default_factory=list)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    one = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, body: bytes = b"") -> None:
            one.signed.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"mark"')
            self.send_header("Last-Modified", "Tue, 24 Nov 2026 16:00:00 GMT")
            self.end_headers()
            self.wfile.write(body)

        def do_PUT(self) -> None:
            one.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200)

        def do_GET(self) -> None:
            found = one.kept.get(self.path)
            self._answer(404 if found is None else 200, found or b"")

        def do_POST(self) -> None:
            """Deleting several at once (DeleteObjects)."""
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            keys = re.findall("<Key>(.*?)</Key>", asked)
            for key in keys:
                one.kept.pop(f"/convoca/{key}", None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "ENDPOINT_URL": f"http://127.0.0.1:{one.port}",
        "ALLOW_HTTP": "true",
        "REGION": "us-east-1",
        "ACCESS_KEY_ID": "key",
        "SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    yield one
    server.shutdown()
    server.server_close()


def files_in(folder: Path, **changes: object) -> Files:
    return Files(settings_for(f"sqlite:///{folder}/a.sqlite3", folder, **changes))


def test_a_folder_keeps_the_same_bytes_once_under_their_name(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    key = files.put(b"ficha")
    assert files.put(b"ficha") == key
    assert files.get(key) == b"ficha"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [key.partition("/")[2]]
    files.delete(key)
    with pytest.raises(FileNotFoundError):
        files.get(key)


def test_a_bucket_is_put_signed_got_and_emptied(tmp_path: Path, bucket: Bucket) -> None:
    files = files_in(tmp_path, files_url="s3://convoca/files")
    key = files.put("ñandú".encode())
    assert bucket.kept == {f"/convoca/files/{key}": "ñandú".encode()}
    assert files_in(tmp_path, files_url="s3://convoca/files").get(key) == "ñandú".encode()
    assert all(line.startswith("AWS4-HMAC-SHA256 ") for line in bucket.signed)
    files.delete(key)
    with pytest.raises(FileNotFoundError):
        files.get(key)


def test_an_address_that_is_no_storage_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FILES_URL", "ftp://example.org/files")
    with pytest.raises(SettingsInvalid, match="FILES_URL"):
        read_settings()
