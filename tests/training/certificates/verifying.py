"""Programs that had no part in writing our credentials, asked what they find, and a site that they
can ask in turn: over TLS, because a did:web is fetched by https alone.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from werkzeug.serving import make_server

from tests.support import apps
from tests.support.databases import settings_for
from tests.support.lifetime import close_app

VERIFIERS = Path(__file__).parent / "verifiers"
SECONDS = 60
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Verdict:
    """What a program found. `revoked` is None where it did not come to ask."""

    verified: bool
    revoked: bool | None
    error: str


@dataclass(frozen=True)
class Site:
    """`url` has no trailing slash; `authority` is the certificate that its visitors trust."""

    url: str
    app: Flask
    authority: Path


def verdict(script: str, given: str, site: Site, *arguments: str) -> Verdict:
    """What a program finds of what it is given."""
    require_installed()
    done = subprocess.run(
        ["node", str(VERIFIERS / script), *arguments],
        input=given,
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=SECONDS,
        env={"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": str(site.authority)},
    )
    return Verdict(**json.loads(done.stdout.splitlines()[-1]))  # one of them talks while it works


def by_digital_bazaar(credential: Mapping[str, Any], site: Site) -> Verdict:
    return verdict("digital_bazaar.mjs", json.dumps(credential), site)


def by_credentials_consortium(credential: Mapping[str, Any], site: Site) -> Verdict:
    return verdict("credentials_consortium.mjs", json.dumps(credential), site)


def by_jose(jwt: str, site: Site) -> Verdict:
    return verdict("jose.mjs", jwt, site, f"{site.url}/.well-known/jwks.json")


def require_installed() -> None:
    """Skips with the command that mends it; where CI is set, fails."""
    if shutil.which("node") and (VERIFIERS / "node_modules" / "jose").is_dir():
        return
    sentence = "verifiers of credentials are not installed: ./run test installs them"
    pytest.fail(sentence) if "CI" in os.environ else pytest.skip(sentence)


@contextmanager
def serving_securely(database_url: str, folder: Path, **changes: object) -> Iterator[Site]:
    """Serves an application on `https://localhost:…` until the block ends."""
    authority, key = _certificate_of_localhost(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = f"https://localhost:{port}"
        app = apps.made(
            settings_for(database_url, folder / "data", base_url=url, port=port, **changes)
        )
        server = make_server(
            "127.0.0.1", port, app, threaded=True, fd=listener.fileno(), ssl_context=context
        )
        thread = threading.Thread(target=server.serve_forever, name="secure-server")
        thread.start()
        try:
            yield Site(url, app, authority)
        finally:
            server.shutdown()
            thread.join(timeout=10)
            server.server_close()
            close_app(app)


def _certificate_of_localhost(folder: Path) -> tuple[Path, Path]:
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    paths = folder / "localhost.crt", folder / "localhost.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths
