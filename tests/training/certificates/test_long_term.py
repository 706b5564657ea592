"""Seals that are checked from the file alone (PAdES B-LT), and what is issued while an authority is
silent.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pydantic import ValidationError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import PdfSignatureStatus
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.health import HealthReport
from app.infra.platform import platform
from app.office.status.wording import rows_of
from app.training.certificates import tasks
from app.training.certificates.exports import seal, validation
from app.training.certificates.models import Certificate, CertificateFile
from app.training.certificates.queries.register import pdf_to_draw
from app.training.certificates.values import PDF, SealLack
from config import Settings
from tests.support.authority import ANSWERS, REVOKED, ROOT, STAMPS, Authority, an_authority
from tests.support.faults import Tell
from tests.training.certificates.builders import an_edition, finished
from tests.training.certificates.test_conformance import PROMISED, broken_rules
from tests.training.certificates.test_seal import asn1, judged, pdfsig

NOW = clock.now().replace(microsecond=0)


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with an_authority() as authority:
        yield authority


@pytest.fixture
def sealing(
    app: Flask, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The application with a key of the authority, whose time stamps and answers it is to seal with.
    Nothing of earlier tests is kept, and no address is silent.
    """
    authority.write_key(tmp_path / "seal.pem")
    made = {"seal_file": tmp_path / "seal.pem", "seal_long_term": True}
    settings = platform(app).settings.model_copy(
        update={**made, "seal_tsa": authority.address + STAMPS}
    )
    monkeypatch.setattr(platform(app), "settings", settings)
    monkeypatch.setattr(authority, "silent", set())
    ask_anew(monkeypatch)
    return settings


def ask_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour later: what was kept, and who was silent, is forgotten."""
    monkeypatch.setattr(validation, "_kept", {})
    monkeypatch.setattr(seal, "_silent_until", {})


def issued(edition_id: int) -> tuple[bytes, str]:
    """Returns a new certificate's file and what is on record that its seal lacks."""
    with transaction() as db:
        somebody = finished(db, decided_at=NOW, edition_id=edition_id)
        code = somebody.certificate(db, now=NOW)
    pdf = tasks.stored_pdf(code, now=clock.now())
    with reading() as db:
        row = db.get(CertificateFile, (pdf_to_draw(db, code).certificate_id, PDF))
        assert row is not None
        return pdf, row.seal_lacks


def judged_offline(pdf: bytes, authority: Authority) -> PdfSignatureStatus:
    """What pyHanko finds in the file, which trusts the root and asks nobody."""
    reader = PdfFileReader(BytesIO(pdf))
    (signature,) = reader.embedded_signatures
    store = DocumentSecurityStore.read_dss(reader)
    context = store.as_validation_context(
        {
            "trust_roots": [asn1(authority.root)],
            "allow_fetching": False,
            "revocation_mode": "require",
        }
    )
    judge = partial(validate_pdf_signature, signature, context, ts_validation_context=context)
    with ThreadPoolExecutor(1) as apart:  # pyHanko runs a loop; that of the browser's tests goes on
        return apart.submit(judge).result()


@pytest.mark.usefixtures("app_context")
def test_seal_is_checked_from_the_file_alone_when_authorities_are_gone(
    authority: Authority, sealing: Settings, tmp_path: Path
) -> None:
    """Given time stamps, answers and lists of an authority, when a certificate is issued, then its
    file holds them in its only revision, keeps both standards, and is checked without asking.
    """
    with transaction() as db:
        edition_id = an_edition(db)
    pdf, lacks = issued(edition_id)
    assert lacks == ""
    assert {STAMPS, ANSWERS, REVOKED, ROOT} <= set(authority.asked)
    assert [broken_rules(pdf, profile) for profile in PROMISED] == [[], []]
    assert "Total document signed" in pdfsig(pdf, tmp_path)
    before = len(authority.asked)
    status = judged_offline(pdf, authority)
    assert status.bottom_line
    assert status.docmdp_ok
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    assert len(authority.asked) == before
    issued(edition_id)
    assert authority.asked[before:] == [STAMPS]  # the answers are kept for an hour
    assert tasks.seal().state == "ok"
    assert tasks.seal().details["level"] == "B-LT"


@pytest.mark.usefixtures("app_context")
@pytest.mark.fault("authority silent")
def test_certificate_is_issued_while_an_authority_is_silent_and_it_is_said(
    authority: Authority, sealing: Settings, monkeypatch: pytest.MonkeyPatch, fault: Tell
) -> None:
    """Given an authority that does not answer, or that revoked the key, when a certificate is issued,
    then it is sealed with what came, what is missing is on record and on the status page, and the
    next one that lacks nothing ends that.
    """
    with transaction() as db:
        edition_id = an_edition(db)
    for silent, lack in (
        ({STAMPS}, SealLack.TIME_STAMP),
        ({ANSWERS}, SealLack.VALIDATION),
        ({REVOKED}, SealLack.VALIDATION),
        ({STAMPS, ANSWERS, REVOKED, ROOT}, SealLack.TIME_STAMP),
    ):
        ask_anew(monkeypatch)
        authority.silent = silent
        pdf, lacks = issued(edition_id)
        assert lacks == lack
        status = judged(pdf, authority.root)
        assert status.intact
        assert (status.timestamp_validity is None) == (lack == SealLack.TIME_STAMP)
        assert b"/DSS" not in pdf
        with pytest.raises(NoDSSFoundError):
            judged_offline(pdf, authority)
        told = tasks.seal()
        assert (told.state, told.details["newest_lacks"]) == ("degraded", lack)
    [row] = rows_of(HealthReport((told,)), "en", str)
    authority.silent = set()
    before = len(authority.asked)
    assert issued(edition_id)[1] == SealLack.TIME_STAMP
    assert len(authority.asked) == before  # nobody waits again for who was silent a moment ago
    ask_anew(monkeypatch)
    assert issued(edition_id)[1] == ""
    assert tasks.seal().state == "ok"
    with reading() as db:
        certificates = db.scalar(select(func.count(Certificate.id))) or 0
    fault(lost=max(0, 6 - certificates), doubled=max(0, certificates - 6), page=row.facts[-1])
    monkeypatch.setattr(authority, "is_seal_revoked", True)
    ask_anew(monkeypatch)
    assert issued(edition_id)[1] == SealLack.VALIDATION


def test_long_term_seals_need_time_stamps() -> None:
    with pytest.raises(ValidationError, match="SEAL_TSA"):
        Settings(seal_long_term=True)
