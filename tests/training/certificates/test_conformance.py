"""Each paper against the rules of its standards, which a validator reads in the file.

It sees structure, not sense: whether a passage says its language is asked in test_exports.
"""

from io import BytesIO

import pytest
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfWriter

from tests.training.certificates.builders import SAMPLES
from tests.training.certificates.test_exports import drawn, read

PROMISED = (ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1)


def broken_rules(pdf: bytes, profile: ValidationProfile) -> list[str]:
    report = validate_pdf_bytes(pdf, profile=profile)
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


@pytest.mark.parametrize("profile", PROMISED, ids=lambda profile: profile.value)
@pytest.mark.parametrize("name", SAMPLES)
def test_paper_keeps_the_rules_of_its_standards(name: str, profile: ValidationProfile) -> None:
    """Every sample of every design; each paper is in both languages."""
    assert broken_rules(drawn(name), profile) == []


def test_validator_notices_a_paper_without_its_language() -> None:
    writer = PdfWriter(clone_from=read(drawn()))
    del writer.root_object["/Lang"]
    changed = BytesIO()
    writer.write(changed)
    assert broken_rules(changed.getvalue(), ValidationProfile.PDF_UA_1)


def test_every_stream_ends_where_it_says() -> None:
    """A compressed stream that ends in CR, followed by LF, looks one byte too short to readers."""
    pdf = drawn()
    assert pdf.count(b"endstream") == pdf.count(b"\r\nendstream") > 5


def test_metadata_is_read_without_inflating_it() -> None:
    assert b'pdfaid:part="3" pdfaid:conformance="A"' in drawn()
    assert b'pdfuaid:part="1"' in drawn()
