"""The seal, looked at by programs that did not make it."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import (
    Certificate,
    CertificateBuilder,
    ExtendedKeyUsage,
    Name,
    NameAttribute,
    ObjectIdentifier,
    UnrecognizedExtension,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from page import ValidationProfile
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from app.infra.signing_key import OWN_FILE, SigningKey, SigningKeyUnfit, signing_key
from app.training.certificates.exports import render_pdf, seal
from app.training.certificates.exports.standards import SEAL_BYTES
from app.training.certificates.values import PaperSize
from config import Settings
from tests.training.certificates.builders import SAMPLES, sample
from tests.training.certificates.test_conformance import PROMISED, broken_rules
from tests.training.certificates.test_exports import text_of

NOW = datetime.now(UTC).replace(microsecond=0)
WEEK = timedelta(days=7)


CREDENTIAL = '{"name": "Certificado de finalización"}'


@cache
def to_seal(name: str = "two-surnames") -> bytes:
    """A paper with its credential attached, as it is where there are keys to sign one."""
    return render_pdf(sample(name), credential=CREDENTIAL, to_seal=True)


def asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def judged(pdf: bytes, *trusted: Certificate) -> PdfSignatureStatus:
    """What pyHanko finds, which trusts these authorities."""
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[asn1(one) for one in trusted])
    judge = partial(validate_pdf_signature, signature, context, ts_validation_context=context)
    with ThreadPoolExecutor(1) as apart:  # pyHanko runs a loop; that of the browser's tests goes on
        return apart.submit(judge).result()


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler says."""
    path = folder / "sealed.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        ["pdfsig", "-nssdir", str(folder), str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.mark.parametrize("profile", PROMISED, ids=lambda profile: profile.value)
@pytest.mark.parametrize("name", SAMPLES)
def test_sealed_paper_keeps_the_rules_of_its_standards(
    name: str, profile: ValidationProfile, key: SigningKey
) -> None:
    assert broken_rules(seal.sealed(to_seal(name), key, now=NOW), profile) == []


@pytest.mark.parametrize("profile", PROMISED, ids=lambda profile: profile.value)
def test_sealed_letter_keeps_the_rules_too(profile: ValidationProfile, key: SigningKey) -> None:
    pdf = seal.sealed(render_pdf(sample(), PaperSize.LETTER, to_seal=True), key, now=NOW)
    assert broken_rules(pdf, profile) == []
    assert judged(pdf, *key.chain).bottom_line


def test_other_programs_accept_the_seal(key: SigningKey, tmp_path: Path) -> None:
    """Given a certificate, when it is sealed, then pyHanko and poppler find it whole."""
    pdf = seal.sealed(to_seal(), key, now=NOW)
    status = judged(pdf, *key.chain)
    assert status.bottom_line
    assert status.docmdp_ok
    assert status.signer_reported_dt == NOW
    told = pdfsig(pdf, tmp_path)
    assert "Signature Type: ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    assert "Signature is Valid." in told
    assert sample().holder_name in text_of(pdf)


def test_a_changed_byte_breaks_the_seal(key: SigningKey, tmp_path: Path) -> None:
    pdf = bytearray(seal.sealed(to_seal(), key, now=NOW))
    pdf[pdf.index(b"/CreationDate") + len(b"/CreationDate (D:202")] ^= 1
    status = judged(bytes(pdf), *key.chain)
    assert not status.intact
    assert not status.bottom_line
    assert "Signature is Valid." not in pdfsig(bytes(pdf), tmp_path)


def test_a_white_box_over_the_text_breaks_the_seal(key: SigningKey, tmp_path: Path) -> None:
    """Written behind the sealed bytes, which stay whole: only who asks what was added notices."""
    writer = IncrementalPdfFileWriter(BytesIO(seal.sealed(to_seal(), key, now=NOW)))
    box = writer.add_object(StreamObject(stream_data=b"q 1 g 100 300 600 100 re f Q"))
    writer.add_stream_to_page(0, box)
    covered = BytesIO()
    writer.write(covered)
    status = judged(covered.getvalue(), *key.chain)
    assert status.intact
    assert not status.docmdp_ok
    assert not status.bottom_line
    assert "Not total document signed" in pdfsig(covered.getvalue(), tmp_path)


def test_credential_is_attached_once_as_data_of_the_paper(key: SigningKey) -> None:
    reader: Any = PdfReader(BytesIO(seal.sealed(to_seal(), key, now=NOW)))
    assert reader.attachments == {"credential.json": [CREDENTIAL.encode()]}
    (associated,) = reader.root_object["/AF"]
    assert associated.get_object()["/AFRelationship"] == "/Data"
    embedded = associated.get_object()["/EF"]["/F"].get_object()
    assert embedded["/Subtype"] == "/application/json"


def test_time_stamp_is_in_the_seal_when_an_authority_gives_it(key: SigningKey) -> None:
    """PAdES B-T: the time is the authority's and not this machine's."""
    name = Name([NameAttribute(NameOID.COMMON_NAME, "An authority for time")])
    own = generate_private_key(public_exponent=65537, key_size=2048)
    builder = CertificateBuilder(name, name, own.public_key(), 8, NOW - WEEK, NOW + WEEK)
    stamps_only = ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = builder.add_extension(stamps_only, critical=True).sign(own, SHA256())
    pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    authority = DummyTimeStamper(
        tsa_cert=asn1(certificate),
        tsa_key=load_private_key_from_pemder_data(pem, passphrase=None),
        fixed_dt=NOW - timedelta(minutes=3),
    )
    pdf = seal.sealed(to_seal(), key, now=NOW, time_stamps=authority)
    status = judged(pdf, *key.chain, certificate)
    assert status.bottom_line
    stamp = status.timestamp_validity
    assert stamp is not None
    assert stamp.valid
    assert stamp.trusted
    assert stamp.timestamp == NOW - timedelta(minutes=3)
    assert [broken_rules(pdf, profile) for profile in PROMISED] == [[], []]


def test_seal_without_its_time_stamp_is_refused(key: SigningKey) -> None:
    nobody = seal.HttpTimeStamper("http://127.0.0.1:9/")
    with pytest.raises(OSError, match="no time stamp"):
        seal.sealed(to_seal(), key, now=NOW, time_stamps=nobody)


def test_key_out_of_its_time_seals_nothing(key: SigningKey) -> None:
    with pytest.raises(SigningKeyUnfit):
        seal.sealed(to_seal(), key, now=key.ends_at)


def test_certificates_that_need_more_room_are_refused(key: SigningKey) -> None:
    """No seal is cut short."""
    above = key.chain[0]
    wordy = UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.32473.1"), bytes(SEAL_BYTES))
    builder = CertificateBuilder(above.issuer, above.subject, above.public_key(), 7, NOW, NOW)
    own = generate_private_key(public_exponent=65537, key_size=2048)
    large = builder.add_extension(wordy, critical=False).sign(own, SHA256())
    with pytest.raises(SigningKeyUnfit, match="room"):
        seal.sealed(to_seal(), replace(key, chain=(above, large)), now=NOW)


def test_file_without_room_is_not_sealed(key: SigningKey) -> None:
    with pytest.raises(ValueError, match="not found"):
        seal.sealed(render_pdf(sample()), key, now=NOW)


def test_seals_of_an_earlier_key_are_accepted_after_it_was_changed(tmp_path: Path) -> None:
    """Given a sealed file, when the operator puts another key into the same file, then the next one
    is sealed by the new key without a restart, and each is accepted by the authority of its own.
    """
    settings = Settings(environment="test", seal_file=tmp_path / "seal.pem")
    papers: list[bytes] = []
    keys: list[SigningKey] = []
    for number in range(2):
        made = signing_key(Settings(environment="development", convoca_data=tmp_path / f"{number}"))
        assert made is not None
        (tmp_path / f"{number}" / OWN_FILE).replace(tmp_path / "seal.pem")
        in_use = signing_key(settings)
        assert in_use is not None
        papers.append(seal.sealed(to_seal(), in_use, now=NOW))
        keys.append(in_use)
    assert keys[0].certificate != keys[1].certificate
    for paper, own, other in zip(papers, keys, reversed(keys), strict=True):
        assert judged(paper, *own.chain).bottom_line
        assert judged(paper, *own.chain, *other.chain).bottom_line
        assert not judged(paper, *other.chain).bottom_line
        assert "Signature is Valid." in pdfsig(paper, tmp_path)
