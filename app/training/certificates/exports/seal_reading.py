"""Reads the seal of a PDF that somebody brought. Imported late, as `exports.seal` is."""

import asyncio
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.training.certificates import rules
from app.training.certificates.values import SealRead, SealState

SIGNED = b"/ByteRange"
BREAK_THEIR_READER = (
    *(PdfError, ValueError, LookupError, TypeError, AttributeError),
    *(AssertionError, ArithmeticError, RuntimeError, OSError),
)
"""What pyHanko was seen to raise over files that were changed at random, and their kin."""


def seal_of(pdf: bytes, known: Collection[str]) -> SealRead:
    """Returns what the first seal of a file says. `known` are the SHA-256, in hexadecimal, of the
    certificates with which this installation seals and sealed.

    Whom a certificate names is for the reader to weigh: only that of a known key is called ours,
    however long ago its time was over.
    """
    try:
        signatures = PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures
        return _read(_status(signatures[0]), known) if signatures else SealRead(SealState.NONE)
    except BREAK_THEIR_READER:
        return SealRead(SealState.BROKEN if SIGNED in pdf else SealState.NONE)


def _read(status: PdfSignatureStatus, known: Collection[str]) -> SealRead:
    signer, at = status.signing_cert, status.signer_reported_dt
    return SealRead(
        _state(status),
        signer=str(signer.subject.native.get("common_name") or signer.subject.human_friendly),
        sealed_at=None if at is None else at.astimezone(UTC),
        is_ours=signer.sha256.hex() in known,
    )


def _status(signature: EmbeddedPdfSignature) -> PdfSignatureStatus:
    """Returns what pyHanko finds, which is asked about the bytes and not about whom to trust: the
    signer's own certificate is taken as good for the day on which it says to have sealed.
    """
    own = ValidationContext(
        trust_roots=[signature.signer_cert],
        moment=signature.self_reported_timestamp,
        allow_fetching=False,
    )
    judging = async_validate_pdf_signature(signature, own)
    with ThreadPoolExecutor(1) as apart:  # as in `exports.seal`
        status: PdfSignatureStatus = apart.submit(asyncio.run, judging).result()
    return status


def _state(status: PdfSignatureStatus) -> SealState:
    if not (status.intact and status.valid):
        return SealState.BROKEN
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE and status.docmdp_ok:
        return SealState.WHOLE
    return SealState.ADDED


def code_in(pdf: bytes) -> str:
    """Returns the code that a file says to be of, in stored form, "" for none.

    It is in the file's description, which anybody can write: it says where to look, and proves
    nothing.
    """
    try:
        told = str(PdfFileReader(BytesIO(pdf), strict=False).trailer["/Info"]["/Subject"])
    except BREAK_THEIR_READER:
        return ""
    typed = told.rpartition(" ")[2]
    try:
        return rules.read_code(typed)
    except rules.CodeMalformed:
        return ""
