"""Facts in, PDF out. WeasyPrint and its Pango libraries load at the first certificate, not with the
application.
"""

import atexit
import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.infra.pdf import PdfEngineMissing, drawing
from app.training.certificates.values import CertificateFacts

if TYPE_CHECKING:
    from app.training.certificates.exports.engine import Engine

DESIGNS = Path(__file__).resolve().parents[4] / "certificates"


_engines: dict[str, "Engine"] = {}
"""The one engine of this process, under ENGINE; empty until the first certificate."""

ENGINE = "weasyprint"


def render_pdf(facts: CertificateFacts) -> bytes:
    """The PDF/UA-1 file of a certificate. The same facts give the same bytes on the same machine.

    About 60 ms of CPU after the first call, which also draws the art (seconds). One certificate at
    a time per process.
    """
    with drawing():
        return _engine_of_this_process().render(facts)


def _engine_of_this_process() -> "Engine":
    if ENGINE not in _engines:
        try:
            from app.training.certificates.exports.engine import Engine
        except (ImportError, OSError) as error:
            raise PdfEngineMissing from error
        _engines[ENGINE] = Engine(DESIGNS)
    return _engines[ENGINE]


def _forget_engine() -> None:
    """For a forked child: Pango's font maps do not survive fork(), it would hang for ever in its
    parent's.
    """
    _engines.clear()


# At interpreter shutdown the Pango libraries are gone before a module's globals are: freed late,
# the fonts crash.
atexit.register(_forget_engine)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_engine)
