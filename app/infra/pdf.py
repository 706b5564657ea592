"""HTML in, PDF out. WeasyPrint and its Pango libraries load at the first document, not with the
application.
"""

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

if TYPE_CHECKING:
    from app.infra.printing import Printer


class PdfEngineMissing(Refusal):
    """WeasyPrint cannot load Pango. The rest of the application works; `./run doctor` says how to
    install it.
    """

    kind = Kind.UNAVAILABLE
    rule = "pdf-engine-missing"
    msgid = N_(
        "PDF files cannot be made on this server yet: the Pango libraries are missing. Run “./run doctor”."
    )


_printers: dict[str, "Printer"] = {}
"""The one printer of this process, under PRINTER; empty until the first document."""

PRINTER = "weasyprint"
_lock = threading.Lock()


def pdf_of(html: str) -> bytes:
    """The PDF/UA-1 file of a whole HTML document, which must have a title and a lang
    (templates/print/paper.html).

    Equal HTML gives equal bytes on the same machine. Whatever the document names is not fetched:
    the only files it may load are the house's fonts, and anything else raises. About 100 ms a page;
    PdfEngineMissing where Pango is not.
    """
    with drawing():
        return _printer_of_this_process().print(html)


@contextmanager
def drawing() -> Iterator[None]:
    """One document at a time per process; certificates have their own engine and wait at the same
    door.
    """
    with _lock:
        yield


def _printer_of_this_process() -> "Printer":
    if PRINTER not in _printers:
        try:
            from app.infra.printing import Printer
        except (ImportError, OSError) as error:
            raise PdfEngineMissing from error
        _printers[PRINTER] = Printer()
    return _printers[PRINTER]


def _forget_printer() -> None:
    """For a forked child: Pango's font maps do not survive fork(), it would hang for ever in its
    parent's.
    """
    global _lock  # noqa: PLW0603 - a fork may find the parent's lock taken by a thread that the child does not have
    _lock = threading.Lock()
    _printers.clear()


# At interpreter shutdown the Pango libraries are gone before a module's globals are: freed late,
# the fonts crash.
atexit.register(_forget_printer)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_printer)
