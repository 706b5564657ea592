"""A stand-in for a bucket that speaks S3: keeps what it is given and notes how it was asked.

Signatures are only looked for, and `If-None-Match` is honoured as AWS, MinIO and R2 do.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote


@dataclass
class Bucket:
    """`kept` maps paths to bytes; `environment` is what an S3 client reads."""

    port: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    signed: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }


def _listed(bucket: Bucket, name: str, asked: Mapping[str, list[str]]) -> bytes:
    """Answers ListObjectsV2 on one page."""
    prefix, delimiter = asked.get("prefix", [""])[0], asked.get("delimiter", [""])[0]
    keys = sorted(path.removeprefix(f"/{name}/") for path in bucket.kept)
    folders, lines = set(), []
    for key in keys:
        if not key.startswith(prefix):
            continue
        first, found, _rest = key.removeprefix(prefix).partition(delimiter or "\0")
        if found:
            folders.add(f"{prefix}{first}{delimiter}")
            continue
        lines.append(
            f"<Contents><Key>{key}</Key><LastModified>2026-11-24T16:00:00.000Z</LastModified>"
            f'<ETag>"mark"</ETag><Size>{len(bucket.kept[f"/{name}/{key}"])}</Size></Contents>'
        )
    lines += [f"<CommonPrefixes><Prefix>{one}</Prefix></CommonPrefixes>" for one in sorted(folders)]
    inside = f"<Name>{name}</Name><IsTruncated>false</IsTruncated>{''.join(lines)}"
    return f"<ListBucketResult>{inside}</ListBucketResult>".encode()


@contextmanager
def serving_bucket() -> Iterator[Bucket]:
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
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("If-None-Match") == "*" and self.path in one.kept:
                self._answer(412)
                return
            one.kept[self.path] = content
            self._answer(200)

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if "list-type=2" in query:
                self._answer(200, _listed(one, path.strip("/"), parse_qs(query)))
                return
            found = one.kept.get(unquote(path))
            self._answer(404 if found is None else 200, found or b"")

        def do_HEAD(self) -> None:
            found = one.kept.get(unquote(self.path))
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(found or b"")))
            self.send_header("ETag", '"mark"')
            self.send_header("Last-Modified", "Tue, 24 Nov 2026 16:00:00 GMT")
            self.end_headers()

        def do_DELETE(self) -> None:
            one.kept.pop(unquote(self.path), None)
            self._answer(204)

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
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
