"""Tables as text: which letters, which separator, which lines. Used by `sheets.py`, which knows all
kinds of files.
"""

import csv
import io
from collections import Counter

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

MOST_ROWS = 50_000
MOST_CELLS = 1_000_000
SEPARATORS = ("\t", ";", ",")
LOOKED_AT = 200  # lines from which the separator is told
MARKUP = ("<html", "<!doctype", "<?xml", "<table", "<head", "<body", "<meta")
CONTROLS = frozenset(map(chr, [*range(9), 11, *range(14, 32), *range(127, 160)])) - {"\x85"}


class TooManyRows(Refusal):
    kind = Kind.INVALID
    rule = "too-many-rows"
    msgid = N_("This table is too long or too wide. Up to %(rows)s rows are read.")


class NotATable(Refusal):
    kind = Kind.INVALID
    rule = "not-a-table"
    msgid = N_(
        "This is not a table that can be read. Send CSV, TSV, XLSX, XLS or ODS, as the program made it."
    )


class WrongEncoding(Refusal):
    kind = Kind.INVALID
    rule = "wrong-encoding"
    msgid = N_("The letters of this file cannot be read. Save it as CSV in UTF-8 and send that.")


def _decoded(content: bytes) -> str:
    """Decodes by the byte order mark, by the NULs of unmarked UTF-16, as UTF-8, or as what Windows
    writes in Latin America.
    """
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        elif content[1:2] == b"\x00" and content[3:4] == b"\x00":
            text = content.decode("utf-16-le")
        elif content[0:1] == b"\x00" and content[2:3] == b"\x00":
            text = content.decode("utf-16-be")
        else:
            text = _eight_bits(content)
    except UnicodeDecodeError as wrong:
        raise WrongEncoding from wrong
    if "\x00" in text or text.lstrip("\ufeff \r\n\t").lower().startswith(MARKUP):
        raise NotATable
    if any(not letter.isprintable() and letter in CONTROLS for letter in set(text)):
        raise WrongEncoding
    return text.removeprefix("\ufeff")


def _eight_bits(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def rows_of_text(content: bytes) -> list[tuple[str, ...]]:
    """Returns the rows of CSV or TSV in whatever encoding and with whatever separator an office
    program wrote.
    """
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"').lower()
    if told.startswith("sep=") and len(told) <= len("sep=;"):  # a tab was stripped with the spaces
        separator, text = told.removeprefix("sep=") or "\t", rest
    else:
        separator = _separator(text)
    rows: list[tuple[str, ...]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(trimmed(row))
            cells += len(row)
            if len(rows) > MOST_ROWS or cells > MOST_CELLS:
                raise TooManyRows(rows=MOST_ROWS)
    except (
        csv.Error,
        TypeError,
        ValueError,
    ) as broken:  # a cell longer than a page, a separator that is none
        raise NotATable from broken
    return rows


def _separator(text: str) -> str:
    """Returns the separator that cuts most lines into the same number of pieces, more pieces
    counting more.
    """
    lines = [line for line in text.split("\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]

    def worth(separator: str) -> int:
        counts = Counter(line.count(separator) for line in lines)
        del counts[0]
        return max((times * number for number, times in counts.items()), default=0)

    return max(SEPARATORS, key=worth)


def trimmed(row: list[str]) -> tuple[str, ...]:
    cells = [cell.replace("\xa0", " ").replace("\u202f", " ").strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)
