"""The seal of a certificate: a PAdES signature (B-B, with a time stamp B-T) over the whole file. What
makes it B-LT was drawn with the file (`exports.validation`).

The file was drawn with room for it (`exports.standards`): sealing fills in three values of known
width and moves nothing, so what a validator found before holds after. What the seal proves and what
it does not: docs/decisions/0078. Imported late, because pyHanko takes half a second.
"""

import asyncio
import hashlib
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
import urllib3
from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import extract_ts_certs
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.infra.signing_key import SigningKey, SigningKeyUnfit
from app.training.certificates.exports.standards import BYTE_RANGE, CONTENTS, SEALED_AT

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

DIGEST = "sha256"
PATTERN_DIGEST = hashlib.sha256(b"any file").digest()
STAMP_SECONDS = 10
LONGEST_STAMP = 64 * 1024
"""In bytes."""
SILENT_SECONDS = 60
"""How long an authority that failed is not asked again, so that a hundred files do not each wait."""
log = structlog.get_logger()
T = TypeVar("T")


def sealed(
    pdf: bytes, key: SigningKey, *, now: datetime, time_stamps: TimeStamper | None = None
) -> bytes:
    """Returns the file with its seal, of the same length. `pdf` was drawn with room for it.

    Some 2 ms of CPU; 30, and the wait for it, with a time stamp. Raises OSError when no time stamp
    comes, and SigningKeyUnfit outside the time of the key or when its certificates need more room
    than the file has.
    """
    key.require_valid(now)
    start = pdf.index(CONTENTS)
    end = start + len(CONTENTS)
    byte_range = b"[0 %d %d %d]" % (start, end, len(pdf) - end)
    day = f"(D:{now.astimezone(UTC):%Y%m%d%H%M%S}Z)".encode("ascii")
    pdf = _filled_in(pdf, BYTE_RANGE, byte_range.ljust(len(BYTE_RANGE)))
    pdf = _filled_in(pdf, SEALED_AT, day)
    digest = hashlib.sha256(pdf[:start] + pdf[end:]).digest()
    signature: bytes = (
        _signed(key, digest, time_stamps).dump() if time_stamps else _pattern(key).over(digest)
    )
    contents = b"<" + signature.hex().encode("ascii").ljust(len(CONTENTS) - 2, b"0") + b">"
    if len(contents) > len(CONTENTS):
        raise SigningKeyUnfit("its certificates need more room than the file has")
    return pdf[:start] + contents + pdf[end:]


def done(work: Coroutine[Any, Any, T]) -> T:
    """Returns what the work gives, done in a thread beside: one that runs a loop of its own refuses a
    second one.
    """
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


def _filled_in(pdf: bytes, placeholder: bytes, value: bytes) -> bytes:
    before, _, after = pdf.partition(placeholder)
    if pdf.count(placeholder) != 1 or len(value) != len(placeholder):
        raise ValueError("not one place of this width to fill in")
    return before + value + after


class KeptKeySigner(Signer):
    """Signs with a key that stays open; pyHanko's own signers read and check it each time."""

    def __init__(self, key: SigningKey) -> None:
        above = SimpleCertificateStore()
        above.register_multiple([asn1(certificate) for certificate in key.chain])
        super().__init__(signing_cert=asn1(key.certificate), cert_registry=above)
        self._sign = key.sign

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if digest_algorithm != DIGEST:
            raise ValueError(digest_algorithm)
        return self._sign(data)


@dataclass(frozen=True)
class SignaturePattern:
    """What pyHanko made of PATTERN_DIGEST with a key: the signed attributes, the signature over
    them, and the whole CMS. In that of another file only the digest and the signature differ, both
    of known width, and putting it together anew takes 10 ms.
    """

    key: SigningKey
    attributes: bytes
    signature: bytes
    whole: bytes

    def over(self, digest: bytes) -> bytes:
        """Returns the CMS of a file with this digest."""
        signature = self.key.sign(_filled_in(self.attributes, PATTERN_DIGEST, digest))
        whole = _filled_in(self.whole, PATTERN_DIGEST, digest)
        return _filled_in(whole, self.signature, signature)


@lru_cache(maxsize=1)
def _pattern(key: SigningKey) -> SignaturePattern:
    whole = _signed(key, PATTERN_DIGEST, None)
    (signer,) = whole["content"]["signer_infos"]
    attributes = signer["signed_attrs"].untag().dump()
    return SignaturePattern(key, attributes, signer["signature"].native, whole.dump())


def _signed(key: SigningKey, digest: bytes, time_stamps: TimeStamper | None) -> cms.ContentInfo:
    signer = KeptKeySigner(key)
    return done(signer.async_sign(digest, DIGEST, use_pades=True, timestamper=time_stamps))


_silent_until: dict[str, float] = {}
"""By addresses of authorities, on the clock of `time.monotonic`."""


class HttpTimeStamper(TimeStamper):
    """Asks a time stamp authority (RFC 3161) at an address that the operator has set. `signers` are
    the certificates of the keys whose stamps it gave.
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self.signers: set[bytes] = set()

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Returns a time stamp. Raises OSError when none comes, or none that can be read."""
        if time.monotonic() < _silent_until.get(self._address, 0):
            raise OSError("no time stamp came a moment ago")
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            self.signers |= {one.dump() for one in extract_ts_certs(stamp, self.cert_registry)}
        # Whatever a stranger's answer breaks in what reads it, it is no stamp.
        except Exception as error:
            log.warning("no_time_stamp", reason=f"{type(error).__name__}: {error}")
            _silent_until[self._address] = time.monotonic() + SILENT_SECONDS
            raise OSError("no time stamp came") from error
        return stamp

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = urllib3.request(
            "POST",
            self._address,
            body=req.dump(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=STAMP_SECONDS,
            retries=False,
            preload_content=False,
        )
        content = answer.read(LONGEST_STAMP)
        answer.release_conn()
        return tsp.TimeStampResp.load(content, strict=True)


def asn1(certificate: "Certificate") -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))
