"""Tables from files that strangers send: CSV, TSV, XLSX, XLS, ODS, recognised by content and never
by name.

Everything is checked before it is opened, and spreadsheets are read by a child process with limits
of its own (`workbooks.py`). What cannot be read is a `Refusal` with a sentence; no other exception
leaves this module. What is written calls no program to life either: no formulas, no links, no cell
that a spreadsheet would take for one.
"""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.kernel.first_bytes import GZIP, JPEG, OLE, PDF, PNG, RAR, SEVEN_ZIP, ZIP
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

# Tables as text: which letters, which separator, which lines.

MOST_ROWS = 50_000
MOST_CELLS = 1_000_000
SEPARATORS = ("\t", ";", ",")
LOOKED_AT = 200  # lines from which the separator is told
MARKUP = re.compile(r"[\ufeff\s]*<[!?A-Za-z]")
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
    if "\x00" in text or MARKUP.match(text):
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


MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 120  # office programs reach about 30 with very even tables
MOST_PARTS = 1_000
SECONDS = 30
FOREIGN = (
    PDF,
    PNG,
    JPEG,
    b"GIF8",
    GZIP,
    RAR,
    SEVEN_ZIP,
    b"{\\rtf",
    b"MZ",
    b"\x7fELF",
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767
READER = Path(__file__).with_name("workbooks.py")


class FileTooLarge(Refusal):
    kind = Kind.INVALID
    rule = "file-too-large"
    msgid = N_("This file is too large. Up to %(megabytes)s MB are read.")


class FileEmpty(Refusal):
    kind = Kind.INVALID
    rule = "file-empty"
    msgid = N_("This file is empty.")


class Damaged(Refusal):
    kind = Kind.INVALID
    rule = "file-damaged"
    msgid = N_("This spreadsheet is damaged. Open it, save it again as XLSX or CSV, and send that.")


class Encrypted(Refusal):
    kind = Kind.INVALID
    rule = "file-encrypted"
    msgid = N_("This file is protected with a password. Take the protection off and send it again.")


class Bomb(Refusal):
    kind = Kind.INVALID
    rule = "file-bomb"
    msgid = N_(
        "This file unpacks to far more than it should and is not opened. Save it as CSV and send that."
    )


@dataclass(frozen=True)
class Sheet:
    """`rows` as text, without trailing empty cells; an empty line is an empty tuple, so row numbers
    stay true.

    Days and times of a spreadsheet come as "2026-12-10 09:00:00", spans as "1:02:03", whole numbers
    without a point.

    `merged` are cells that were made one, as first row, first column, last row and last column;
    only the first of them has the text. `hidden` are the places of columns that the file hides, and
    `sheets` how many it has, of which only the first is read. All count from 0, and a file that is
    plain text has none.
    """

    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    sheets: int = 1

    def as_seen(self) -> tuple[tuple[str, ...], ...]:
        """Returns the rows as a reader of the sheet sees them: merged cells hold their text in each
        row, and hidden columns hold nothing.
        """
        cells = [list(row) for row in self.rows]
        for first_row, column, last_row, _last_column in self.merged:
            if first_row >= len(cells) or column >= len(cells[first_row]):
                continue
            for row in cells[first_row + 1 : last_row + 1]:
                row.extend([""] * (column + 1 - len(row)))
                row[column] = cells[first_row][column]
        for row in cells:
            for column in self.hidden:
                if column < len(row):
                    row[column] = ""
        return tuple(trimmed(row) for row in cells)


def rows_of(content: bytes, filename: str = "") -> Sheet:
    """Returns the first sheet of the file.

    `filename` decides nothing: people rename files, and so do mail programs.
    """
    if len(content) > MOST_BYTES:
        raise FileTooLarge(megabytes=MOST_BYTES // 1024 // 1024)
    if not content.strip(b"\x00\r\n\t ,;\xef\xbb\xbf\xff\xfe"):
        raise FileEmpty
    if content.startswith(FOREIGN):
        raise NotATable
    if content.startswith(ZIP):
        if not {part.filename for part in parts_of(content)} & {"xl/workbook.xml", "content.xml"}:
            raise NotATable
        sheet = _from_workbook(content)
    elif content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Encrypted
        sheet = _from_workbook(content)
    else:
        sheet = Sheet(tuple(rows_of_text(content)))
    sheet = replace(sheet, rows=_without_mark(sheet.rows))
    if not any(sheet.rows):
        raise FileEmpty
    return sheet


def _without_mark(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    last = next((number for number in reversed(range(len(rows))) if rows[number]), None)
    if last is None or len(rows[last]) > 1 or not rows[last][0].startswith(MARK_SIGN):
        return rows
    return rows[:last]


def parts_of(content: bytes) -> list[zipfile.ZipInfo]:
    """Returns the parts of an archive by its own table of contents. Raises Damaged, Encrypted and
    Bomb.

    One that lies about itself is stopped by the limits of the reading process.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as broken:
        raise Damaged from broken
    if any(part.flag_bits & 1 for part in parts):
        raise Encrypted
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * len(content):
        raise Bomb
    return parts


def _from_workbook(content: bytes) -> Sheet:
    command = [sys.executable, "-I", str(READER), str(MOST_ROWS), str(MOST_CELLS)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise Bomb from slow
    if (
        done.returncode != 0
    ):  # out of memory, or a fault of the library: the process took it, not this one
        raise Bomb if done.returncode < 0 else Damaged
    answer = json.loads(done.stdout)
    if answer["defect"] == "password":
        raise Encrypted
    if answer["defect"] == "long":
        raise TooManyRows(rows=MOST_ROWS)
    if answer["defect"]:
        raise Damaged
    return Sheet(
        rows=tuple(trimmed(row) for row in answer["rows"]),
        merged=tuple(tuple(span) for span in answer["merged"]),
        hidden=tuple(answer["hidden"]),
        sheets=answer["sheets"],
    )


Cell = str | int | float | date | None


@dataclass(frozen=True)
class SheetPage:
    """One sheet to write: a heading row and rows."""

    title: str
    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


MARK_SIGN = "# "
"""Begins the last line of a copy, which says who took it along and when. Whoever brings the copy in
again brings no such line: `rows_of` leaves it out.
"""
LONGEST_FOOT = 255


def workbook(pages: Sequence[SheetPage], *, made_at: datetime, mark: str = "") -> bytes:
    """Returns an XLSX file; the same pages and instant give the same bytes. `mark` says who takes
    the copy along and when: below the last row of each sheet, at the foot of each printed page, and
    in the properties of the file.

    Callers put instants into words.
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    import xlsxwriter

    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties(
            {"created": made_at.astimezone(UTC).replace(tzinfo=None), "comments": mark}
        )
        bold, small = (
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"italic": True}),
        )
        taken: set[str] = set()
        for page in pages:
            sheet = book.add_worksheet(_sheet_name(page.title, taken))
            for column in range(len(page.heading)):
                sheet.set_column(
                    column, column, page.widths[column] if column < len(page.widths) else 18
                )
            sheet.freeze_panes(1, 0)
            _write(sheet, 0, page.heading, bold)
            last = 0
            for last, row in enumerate(page.rows, start=1):
                _write(sheet, last, row, None)
            if mark:
                _write(sheet, last + 2, (MARK_SIGN + mark,), small)
                sheet.set_footer("&L" + mark.replace("&", "&&")[: LONGEST_FOOT - len("&L")])
    return buffer.getvalue()


def _write(sheet: Any, number: int, row: Sequence[Cell], style: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, datetime):
            raise TypeError("an instant in a sheet has no zone: write it in words")
        if isinstance(cell, str):
            sheet.write_string(number, column, cell[:LONGEST_CELL], style)
        elif isinstance(cell, date):
            sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), style)  # noqa: DTZ001 - a day
        elif cell is not None:
            sheet.write_number(number, column, cell, style)


def _sheet_name(title: str, taken: set[str]) -> str:
    """Returns a name of at most 31 letters, none of those that Excel reserves, and no name twice."""
    name = base = (
        "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip(" '")[:31] or "1"
    )
    number = 2
    while name.lower() in taken:
        name, number = f"{base[:27]} {number}", number + 1
    taken.add(name.lower())
    return name


def csv_of(rows: Iterable[Sequence[Cell]], *, mark: str = "") -> bytes:
    """Returns CSV in UTF-8 with its byte order mark, for Excel; lines end with CR LF, as RFC 4180
    wants. `mark` says in the last line who takes the copy along and when.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    if mark:
        writer.writerow([MARK_SIGN + mark])
    return buffer.getvalue().encode("utf-8-sig", "replace")


def harmless(text: str) -> str:
    """Returns the text with an apostrophe before it where a spreadsheet would take it for a formula
    (OWASP, CSV injection).
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text
