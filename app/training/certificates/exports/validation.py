"""What shows for years that no certificate of a seal was revoked when it was made (PAdES B-LT).

These are the answers of the authorities, by OCSP or as a list of what they revoked, about the key
that seals and the key that stamps the time, with all certificates up to the roots. They are fetched
before a file is drawn and lie in its only revision: docs/decisions/0086. Imported late, as
`exports.seal`.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from app.infra.signing_key import SigningKey
from app.training.certificates.exports.seal import (
    DIGEST,
    SILENT_SECONDS,
    HttpTimeStamper,
    asn1,
    done,
)

log = structlog.get_logger()

ValidationInfo = Mapping[str, tuple[bytes, ...]]
"""DER by the keys of the dictionary in a PDF file: "Certs", "OCSPs" and "CRLs"."""

KEPT_SECONDS = 3600
FETCH_SECONDS = 20
LONGEST_INFO = 256 * 1024
"""In bytes. The lists of large authorities are longer than all else in the file, many times over."""
LONGEST_PATH = 6

_kept: dict[tuple[bytes, str], tuple[float, ValidationInfo]] = {}
"""By the key's certificate and the authority's address: until when, and what."""


def validation_info(key: SigningKey, time_stamps: str) -> ValidationInfo:
    """Returns what a file is drawn with whose seal is to be B-LT; `time_stamps` is the address of the
    authority that stamps the time. It is empty where something cannot be fetched, is revoked, or is
    too long for a file: the log says which.

    Fetched once an hour, for some hundred milliseconds.
    """
    own = asn1(key.certificate)
    until, info = _kept.get((own.dump(), time_stamps), (0.0, {}))
    if time.monotonic() < until:
        return info
    try:
        stamper = HttpTimeStamper(time_stamps)
        gathered = _gathered(own, [asn1(one) for one in key.chain], stamper)
        info = done(asyncio.wait_for(gathered, FETCH_SECONDS))
    # Strangers answer here, in many ways: a certificate is issued whatever they say.
    except Exception as error:
        log.warning("seal_without_validation_info", reason=f"{type(error).__name__}: {error}")
        info = {}
    kept_for = KEPT_SECONDS if info else SILENT_SECONDS
    _kept[own.dump(), time_stamps] = (time.monotonic() + kept_for, info)
    return info


async def _gathered(
    own: x509.Certificate, above: Iterable[x509.Certificate], stamper: HttpTimeStamper
) -> ValidationInfo:
    await stamper.async_dummy_response(DIGEST)
    backend = AIOHttpFetcherBackend()
    try:
        certificates: dict[bytes, None] = {}
        answers: dict[str, dict[bytes, None]] = {"OCSPs": {}, "CRLs": {}}
        stamping = [x509.Certificate.load(signer) for signer in stamper.signers]
        for leaf, known in [(own, above), *((one, stamper.cert_registry) for one in stamping)]:
            fetchers = backend.get_fetchers()
            path = await _path(leaf, known, fetchers.cert_fetcher)
            context = ValidationContext(
                trust_roots=path[-1:],
                other_certs=path[1:-1],
                allow_fetching=True,
                revocation_mode="require",
                fetchers=fetchers,
            )
            await CertificateValidator(leaf, validation_context=context).async_validate_path()
            certificates |= dict.fromkeys(one.dump() for one in path)
            answers["OCSPs"] |= dict.fromkeys(one.dump() for one in context.ocsps)
            answers["CRLs"] |= dict.fromkeys(one.dump() for one in context.crls)
    finally:
        await backend.close()
    info = {"Certs": tuple(certificates), **{name: tuple(answers[name]) for name in answers}}
    if sum(len(one) for part in info.values() for one in part) > LONGEST_INFO:
        raise ValueError("the answers of the authorities are too long for a file")
    return {name: part for name, part in info.items() if part}


async def _path(
    leaf: x509.Certificate, known: Iterable[x509.Certificate], fetcher: Any
) -> list[x509.Certificate]:
    """Returns the certificate and those above it, up to the root or as far as they can be had."""
    path = [leaf]
    others = list(known)
    while path[-1].self_signed == "no" and len(path) < LONGEST_PATH:
        below = path[-1]
        if not any(one.subject == below.issuer for one in others):
            others += [one async for one in fetcher.fetch_cert_issuers(below)]
        issuer = next((one for one in others if one.subject == below.issuer), None)
        if issuer is None:
            break
        path.append(issuer)
    return path
