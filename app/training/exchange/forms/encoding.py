"""Decodes the text of a file whose encoding is not known."""

import codecs
import re

from app.kernel.first_bytes import GZIP, JPEG, OLE, PDF, PNG, ZIP
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
PACKED = N_(
    "This is a packed file, such as a Word document or an archive. Save the questions as plain text"
    " or as Moodle XML."
)
NOT_TEXT = N_("This file is not text. Save it as plain text in UTF-8.")
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BINARIES = (ZIP, GZIP, PDF, OLE, PNG, JPEG)
DECLARED = re.compile(rb'^\s*<\?xml[^>]{0,80}encoding=["\']([A-Za-z0-9._-]{1,20})["\']')
ENCODINGS = {"iso-8859-1": "cp1252", "iso-8859-15": "iso-8859-15", "windows-1252": "cp1252"}
"""What an XML file may declare beside UTF-8. Latin-1 is read as Windows-1252, as browsers do."""
FEW_CONTROLS = 0.05


def decoded(data: bytes) -> str:
    """Returns the text; a byte that no encoding explains becomes half a surrogate pair. Raises
    InvalidInput for what is not text.
    """
    if data.startswith(BINARIES):
        raise InvalidInput({"file": Sentence(PACKED)})
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _refused_if_binary(data[len(mark) :].decode(encoding, _errors(encoding)))
    try:
        return _refused_if_binary(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _refused_if_binary(_decoded_otherwise(data))


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding == "utf-8" else "replace"


def _decoded_otherwise(data: bytes) -> str:
    """Decodes Windows-1252, or UTF-8 with a few broken bytes where most letters beyond ASCII are
    sound.
    """
    declared = DECLARED.match(data[:200])
    if declared and (encoding := ENCODINGS.get(declared[1].decode("ascii").lower())):
        return data.decode(encoding, "replace")
    escaped = data.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= letter <= "\udcff" for letter in escaped)
    sound = sum(letter > "\x7f" for letter in escaped) - broken
    return escaped if 4 * sound >= broken else data.decode("cp1252", "replace")


def _refused_if_binary(text: str) -> str:
    start = text[:10_000]
    controls = sum(letter < " " and letter not in "\t\n\r\x0b\x0c" for letter in start)
    if controls > FEW_CONTROLS * len(start):
        raise InvalidInput({"file": Sentence(NOT_TEXT)})
    return text
