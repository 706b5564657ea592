"""Every design with the names that are hard to set, on both sheets, sealed: read by programs that
did not make it. Each paper is in both languages.

What is not on the machine is a failure and no skip: `./run test` installs it.
"""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.infra.signing_key import SigningKey
from app.training.certificates.exports import render_pdf, seal
from app.training.certificates.values import CertificateFacts, PaperSize
from tests.training.certificates.builders import DESIGNS, SAMPLES, sample
from tests.training.certificates.test_conformance import PROMISED, broken_rules
from tests.training.certificates.test_exports import text_of
from tests.training.certificates.test_seal import NOW, judged, pdfsig

LOCKED = sorted(json.loads((DESIGNS / "designs.lock.json").read_text("utf-8")))
NAMES = {
    "two-surnames": "María José Ñáñez Güell de la O",
    "vietnamese": "Nguyễn Thị Ánh Tuyết",
    "longest": (
        "María de los Ángeles Guadalupe Hernández-Echeverría Fernández de Córdoba y Zúñiga "
        "Montealegre de la Santísima Trinidad"
    ),
}
DOTS = 100
"""To the inch, for the picture in which the code is read: coarser than any printer."""


def facts_of(design: str, name: str) -> CertificateFacts:
    """Returns the facts of the first sample of a design, for another name."""
    first = next(one for one in SAMPLES if sample(one).design == design)
    return replace(sample(first), holder_name=NAMES[name])


@pytest.mark.parametrize("size", PaperSize)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("design", LOCKED)
def test_r58_every_paper_is_accepted_by_other_programs(
    design: str, name: str, size: PaperSize, key: SigningKey, tmp_path: Path
) -> None:
    """Given a design, a name and a sheet, when the paper is drawn and sealed, then validators of
    PDF/A-3a and PDF/UA-1 find nothing, qpdf reads it without a warning, poppler and pyHanko accept
    the seal, both readers of text give the exact name, and zbar reads the address in its QR code.
    """
    facts = facts_of(design, name)
    pdf = seal.sealed(render_pdf(facts, size, to_seal=True), key, now=NOW)
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    assert [broken_rules(pdf, profile) for profile in PROMISED] == [[], []]
    assert "No syntax or stream encoding errors found" in told_by("qpdf", "--check", path)
    told = pdfsig(pdf, tmp_path)
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert judged(pdf, *key.chain).bottom_line
    sentence = f"certifies that {facts.holder_name}, "
    assert sentence in text_of(pdf)
    assert sentence in " ".join(told_by("pdftotext", path, "-").split())
    told_by("pdftoppm", "-singlefile", "-gray", "-r", str(DOTS), path, tmp_path / "paper")
    read = told_by("zbarimg", "--nodbus", "--quiet", "--raw", tmp_path / "paper.pgm")
    assert read.strip() == facts.verify_url.upper()


def told_by(*command: str | Path) -> str:
    """Returns what a program says; it ends well, and without a word of warning."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
