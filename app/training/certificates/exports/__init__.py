"""Facts in, PDF out, drawn by the process that draws documents (`app.infra.pdf`)."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.infra.pdf import drawn_by
from app.training.certificates.values import CertificateFacts, PaperSize, canonical_json

DESIGNS = Path(__file__).resolve().parents[4] / "certificates"
ENGINE = "app.training.certificates.exports.engine:certificate"


def render_pdf(
    facts: CertificateFacts,
    size: PaperSize = PaperSize.A4,
    *,
    pictures: Mapping[str, bytes] | None = None,
    credential: str = "",
    to_seal: bool = False,
    validation: Mapping[str, Sequence[bytes]] | None = None,
    with_reserve: bool = False,
    can_wait: bool = True,
) -> bytes:
    """Returns the PDF/A-3a and PDF/UA-1 file of a certificate; the same facts give the same bytes on
    the same machine. With `to_seal` it has room for a seal, to be filled in by `exports.seal`.

    `pictures` are the PNG files that the facts name, by their SHA-256; `credential`, as JSON, is
    attached; `validation` is what makes its seal B-LT (`exports.validation`). With `with_reserve`
    the text must fit without the smallest type, which is left for names longer than those of a
    preview.

    It takes about 60 ms of CPU after the first one, which also draws the art (seconds). Raises what
    `pdf_of` does, and DrawingFailed for more text than the paper takes.
    """
    order = {
        "facts": canonical_json(facts),
        "size": size,
        "credential": credential,
        "to_seal": to_seal,
        "validation": {
            name: [b64encode(one).decode("ascii") for one in contents]
            for name, contents in (validation or {}).items()
        },
        "with_reserve": with_reserve,
        "pictures": {
            sha256: b64encode(png).decode("ascii") for sha256, png in (pictures or {}).items()
        },
    }
    return drawn_by(ENGINE, json.dumps(order).encode(), can_wait=can_wait)
