"""Facts in, PDF out, drawn by the process that draws documents (`app.infra.pdf`)."""

from pathlib import Path

from app.infra.pdf import drawn_by
from app.training.certificates.values import CertificateFacts, PaperSize, canonical_json

DESIGNS = Path(__file__).resolve().parents[4] / "certificates"
ENGINES = {
    PaperSize.A4: "app.training.certificates.exports.engine:certificate",
    PaperSize.LETTER: "app.training.certificates.exports.engine:certificate_on_letter",
}
TO_SEAL = {
    PaperSize.A4: "app.training.certificates.exports.engine:certificate_to_seal",
    PaperSize.LETTER: "app.training.certificates.exports.engine:certificate_on_letter_to_seal",
}


def render_pdf(
    facts: CertificateFacts, size: PaperSize = PaperSize.A4, *, to_seal: bool = False
) -> bytes:
    """Returns the PDF/A-3a and PDF/UA-1 file of a certificate; the same facts give the same bytes on
    the same machine. With `to_seal` it has room for a seal, to be filled in by `exports.seal`.

    It takes about 60 ms of CPU after the first one, which also draws the art (seconds). It waits
    for its turn: a certificate is drawn once for ever, so no crowd asks for it. Raises
    PdfEngineMissing, or DrawingFailed for more text than the paper takes.
    """
    engine = (TO_SEAL if to_seal else ENGINES)[size]
    return drawn_by(engine, canonical_json(facts).encode(), can_wait=True)
