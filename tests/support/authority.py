"""A certification authority on this machine: it certifies a key that seals, stamps the time (RFC 3161)
and says what it revoked, by OCSP and in a list. Each of its addresses can fall silent.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DAY = timedelta(days=1)
STAMPS, ANSWERS, REVOKED, ROOT = "/stamps", "/ocsp", "/revoked.crl", "/root.cer"


class Authority:
    """`silent` are those of its addresses that answer with an error; `asked` is what was asked. The
    key that seals is checked by OCSP and brings its root; the one that stamps by the list, and its
    root is fetched.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self.is_seal_revoked = False
        self._began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
        self._key, self._seal_key, self._stamp_key = (
            generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)
        )
        root = self._begun("A root", self._key)
        self.root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), True).sign(
            self._key, SHA256()
        )
        by_answers = _access(AuthorityInformationAccessOID.OCSP, address + ANSWERS)
        self.seal = (
            self._begun("A seal", self._seal_key)
            .add_extension(by_answers, critical=False)
            .sign(self._key, SHA256())
        )
        by_list = x509.CRLDistributionPoints(
            [
                x509.DistributionPoint(
                    [x509.UniformResourceIdentifier(address + REVOKED)], None, None, None
                )
            ]
        )
        stamps_only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self.stamp = (
            self._begun("A clock", self._stamp_key)
            .add_extension(stamps_only, critical=True)
            .add_extension(by_list, critical=False)
            .add_extension(_access(AuthorityInformationAccessOID.CA_ISSUERS, address + ROOT), False)
            .sign(self._key, SHA256())
        )

    def write_key(self, path: Path) -> None:
        """Writes the key that seals, its certificate and the root, as PEM."""
        parts = [
            _pem(self._seal_key),
            *(one.public_bytes(Encoding.PEM) for one in (self.seal, self.root)),
        ]
        path.write_bytes(b"".join(parts))

    def answer(self, path: str, content: bytes) -> bytes:
        if path == ROOT:
            return bytes(self.root.public_bytes(Encoding.DER))
        if path == REVOKED:
            return self._list()
        return self._stamped(content) if path == STAMPS else self._state(content)

    def _stamped(self, content: bytes) -> bytes:
        clock = DummyTimeStamper(
            tsa_cert=asn1.Certificate.load(self.stamp.public_bytes(Encoding.DER)),
            tsa_key=load_private_key_from_pemder_data(_pem(self._stamp_key), passphrase=None),
        )
        request = tsp.TimeStampReq.load(content)
        given: bytes = asyncio.run(clock.async_request_tsa_response(request)).dump()
        return given

    def _state(self, content: bytes) -> bytes:
        request = ocsp.load_der_ocsp_request(content)
        now = datetime.now(UTC)
        is_revoked = self.is_seal_revoked and request.serial_number == self.seal.serial_number
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.seal,
            issuer=self.root,
            algorithm=SHA1(),  # only names the issuer, as every client does
            cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + DAY,
            revocation_time=now if is_revoked else None,
            revocation_reason=None,
        )
        for extension in request.extensions:  # the nonce
            builder = builder.add_extension(extension.value, extension.critical)
        signed = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root).sign(
            self._key, SHA256()
        )
        return bytes(signed.public_bytes(Encoding.DER))

    def _list(self) -> bytes:
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.root.subject,
            last_update=self._began,
            next_update=self._began + DAY,
        )
        return bytes(builder.sign(self._key, SHA256()).public_bytes(Encoding.DER))

    def _begun(self, name: str, key: RSAPrivateKey) -> x509.CertificateBuilder:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("A root"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._began)
            .not_valid_after(self._began + 365 * DAY)
            .add_extension(_usage(certifies=key is self._key), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
            )
        )


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def _access(method: x509.ObjectIdentifier, address: str) -> x509.AuthorityInformationAccess:
    place = x509.UniformResourceIdentifier(address)
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, place)])


def _pem(key: RSAPrivateKey) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextmanager
def an_authority() -> Iterator[Authority]:
    """Serves an authority on a free port of this machine."""

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._reply()

        def do_GET(self) -> None:
            self._reply()

        def _reply(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            authority.asked.append(self.path)
            is_silent = self.path in authority.silent
            answer = b"" if is_silent else authority.answer(self.path, content)
            self.send_response(503 if is_silent else 200)
            if self.path == ROOT:
                self.send_header("Content-Type", "application/pkix-cert")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_parts: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        authority = Authority(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()
