"""Tables within a report: a report is a few lines of preamble and then one or more tables, each
with its heading.

Headings are compared folded (no case, no accents, single spaces), because programs translate and
re-spell them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, without_accents

Row = Sequence[str]
HAS_DIGITS = re.compile(r"\d(?![^(]*\))")  # but for those of a zone in brackets
ZONE = re.compile(r"\s*\((?:utc|gmt)[^)]*\)|\s*\((?:hora local|local time)\)")


class DuplicateColumn(Refusal):
    kind = Kind.INVALID
    rule = "duplicate-column"
    msgid = N_(
        "Two columns of this report are called “%(column)s”. Delete one of them and send it again."
    )


@dataclass(frozen=True)
class Line:
    """A row by the meaning of its columns; what a row does not have is ""."""

    cells: Mapping[str, str]

    def __getitem__(self, meaning: str) -> str:
        return self.cells.get(meaning, "")


@dataclass(frozen=True)
class ReportTable:
    """`heading` is by meaning as well: the words above each column, which may name a zone, "First
    Join (UTC)".
    """

    heading: Mapping[str, str]
    lines: tuple[Line, ...]

    def has(self, *meanings: str) -> bool:
        return all(meaning in self.heading for meaning in meanings)


def folded(text: str) -> str:
    return " ".join(without_accents(text.casefold()).split())


def tables(
    rows: Sequence[Row], columns: Mapping[str, frozenset[str]], needed: frozenset[str]
) -> Iterator[ReportTable]:
    """Yields every table whose heading has all the `needed` meanings.

    It ends at an empty row, a title or the next heading.
    """
    number = 0
    while number < len(rows):
        heading = _heading(rows[number], columns)
        number += 1
        if not needed <= heading.keys():
            continue
        _require_single(rows[number - 1], heading)
        first = number
        while (
            number < len(rows)
            and _is_line(rows[number])
            and not needed <= _heading(rows[number], columns).keys()
        ):
            number += 1
        words = {meaning: rows[first - 1][place] for meaning, place in heading.items()}
        yield ReportTable(words, tuple(_line(row, heading) for row in rows[first:number]))


def _is_line(row: Row) -> bool:
    """Returns True for a row of a table. A single cell is a section's title, "3. In-Meeting
    Activities" or "Attendee Details".
    """
    return sum(1 for cell in row if cell) > 1


def _heading(row: Row, columns: Mapping[str, frozenset[str]]) -> dict[str, int]:
    heading: dict[str, int] = {}
    for place, cell in enumerate(row):
        words = _words(cell)
        for meaning, names in columns.items() if words else ():
            if words in names:
                heading.setdefault(meaning, place)
    return heading


@lru_cache(maxsize=4096)
def _words(cell: str) -> str:
    """Returns what a cell would be called as a heading, "" for what is none.

    Each row is asked by each reader.
    """
    if not cell or len(cell) > 80 or HAS_DIGITS.search(cell):  # noqa: PLR2004 - no heading is as long
        return ""
    return ZONE.sub("", folded(cell)).rstrip(" :")


def _require_single(row: Row, heading: Mapping[str, int]) -> None:
    words = [folded(cell) for cell in row]
    for place in heading.values():
        if words.count(words[place]) > 1:
            raise DuplicateColumn(column=row[place][:60])


def _line(row: Row, heading: Mapping[str, int]) -> Line:
    return Line({meaning: row[place] for meaning, place in heading.items() if place < len(row)})
