"""Many certificates in one file for a printer, a page each.

The pages are those of the files that were issued; what they have in common, as the art, is written
once. The file is for paper alone: the seals and the tags that screen readers follow belong to each
certificate's own file and are left out. Imported late, because pyHanko takes half a second.
"""

import hashlib
from io import BytesIO
from typing import Any, BinaryIO

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.reader import PdfFileReader

KEPT = ("/MediaBox", "/TrimBox", "/BleedBox", "/Resources", "/Contents")
"""Of a page. Left out: its parent, its annotations (the seal) and its place in the tags."""
CATALOG, PAGES, INFO = 1, 2, 3


class PrintFile:
    """Writes pages as they come. Keeps in memory where each object lies and what it hashes to, some
    kilobytes a page.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._at = 0
        self._offsets = {CATALOG: 0, PAGES: 0, INFO: 0}
        self._numbers: dict[bytes, int] = {}
        self._pages: list[int] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, pdf: bytes) -> None:
        """Appends the first page of a file."""
        page = PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"][0]
        entries = b" ".join(
            b"%s %s" % (key.encode(), self._copied(page.raw_get(key)))
            for key in KEPT
            if key in page
        )
        number = self._begin()
        self._object(number, b"<< /Type /Page /Parent %d 0 R %s >>" % (PAGES, entries))
        self._pages.append(number)

    def finish(self, *, title: str, language: str) -> None:
        """Writes what comes last. No page may follow."""
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        pages = b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(self._pages), kids)
        self._object(PAGES, pages)
        self._object(INFO, b"<< /Title %s >>" % _written(TextStringObject(title)))
        self._object(
            CATALOG,
            b"<< /Type /Catalog /Pages %d 0 R /Lang (%s) "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>"
            % (PAGES, language.encode("ascii")),
        )
        table, size = self._at, len(self._offsets) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for number in range(1, size):
            self._write(b"%010d 00000 n \n" % self._offsets[number])
        trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R >>" % (size, CATALOG, INFO)
        self._write(b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, table))

    def _copied(self, item: Any) -> bytes:
        """Returns an object of another file as it is written in this one; what it refers to is
        written before it, once.
        """
        if isinstance(item, IndirectObject):
            return b"%d 0 R" % self._number_of(item.get_object())
        if isinstance(item, DictionaryObject):
            return b"<< %s >>" % self._entries(item)
        if isinstance(item, ArrayObject):
            parts = (self._copied(item.raw_get(place)) for place in range(len(item)))
            return b"[ %s ]" % b" ".join(parts)
        return _written(item)

    def _entries(self, item: DictionaryObject) -> bytes:
        return b" ".join(
            b"%s %s" % (_written(key), self._copied(item.raw_get(key)))
            for key in item
            if key != "/Length"
        )

    def _number_of(self, item: Any) -> int:
        content = self._stream(item) if isinstance(item, StreamObject) else self._copied(item)
        digest = hashlib.sha256(content).digest()
        if digest not in self._numbers:
            self._numbers[digest] = self._begin()
            self._object(self._numbers[digest], content)
        return self._numbers[digest]

    def _stream(self, item: StreamObject) -> bytes:
        data = item.encoded_data
        head = b"<< /Length %d %s >>" % (len(data), self._entries(item))
        return b"%s\nstream\n%s\r\nendstream" % (head, data)

    def _begin(self) -> int:
        number = len(self._offsets) + 1
        self._offsets[number] = 0
        return number

    def _object(self, number: int, content: bytes) -> None:
        self._offsets[number] = self._at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, content))

    def _write(self, content: bytes) -> None:
        self._out.write(content)
        self._at += len(content)


def _written(item: PdfObject) -> bytes:
    out = BytesIO()
    item.write_to_stream(out)
    return out.getvalue()
