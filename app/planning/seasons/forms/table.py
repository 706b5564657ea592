"""Reads a pasted table, or CSV, into rows of wishes. Errors name their row and column."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText, field_in, fields_of, in_every_language
from app.planning.seasons.values import MOST_WISHES, WishRow
from app.web.fields import NOT_A_DAY, day_in, number_in

OTHERS = (
    "groups",
    "people",
    "countries",
    "minutes",
    "earliest",
    "latest",
    "spacing",
    "after",
)
NEEDED = ("groups", "minutes")
DELIMITERS = ("\t", ";", ",")
MOST_CHARACTERS = 200_000
GREATEST = 9_999

NO_HEADER = N_("The first line must name the columns; “%(column)s” is missing.")
UNKNOWN_COLUMN = N_("There is no column “%(value)s”. The columns are: %(columns)s.")
TWICE = N_("The column “%(value)s” is there twice.")
NO_ROWS = N_("There is no line below the names of the columns.")
TOO_MANY = N_("At most %(most)d lines.")
TOO_LONG = N_("The table is too long: at most %(most)d characters.")
NO_NUMBER = N_("“%(value)s” is not a whole number.")
NOT_A_TABLE = N_("This cannot be read as a table: a quotation mark is open.")
MORE_CELLS = N_("There are more cells than columns.")


def columns() -> tuple[str, ...]:
    """Returns the names of the columns: a title in each language, then the others."""
    return (*fields_of("title", LocalizedText()), *OTHERS)


def rows_in(text: str) -> tuple[WishRow, ...]:
    """The rows in order; empty lines are left out. Refuses with InvalidInput, everything at once:
    "table" for the whole, "rows.3.minutes" for a cell of the third row below the header."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput({"table": Sentence(TOO_LONG, {"most": MOST_CHARACTERS})})
    lines = [line for line in _cells(text) if any(cell.strip() for cell in line)]
    header = [_column(cell) for cell in lines[0]] if lines else []
    _require_header(header)
    if len(lines) == 1:
        raise InvalidInput({"table": Sentence(NO_ROWS)})
    if len(lines) > MOST_WISHES + 1:
        raise InvalidInput({"table": Sentence(TOO_MANY, {"most": MOST_WISHES})})
    errors: dict[str, Sentence] = {}
    rows = []
    for number, line in enumerate(lines[1:], start=1):
        row = _Row(number, dict(zip(header, (cell.strip() for cell in line), strict=False)), errors)
        if len([cell for cell in line if cell.strip()]) > len(header):
            errors[f"rows.{number}.title"] = Sentence(MORE_CELLS)
        rows.append(row.read())
    if errors:
        raise InvalidInput(errors)
    return tuple(rows)


def _cells(text: str) -> list[list[str]]:
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return list(csv.reader(text.split("\n"), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InvalidInput({"table": Sentence(NOT_A_TABLE)}) from None


def _column(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().casefold())


def _require_header(header: list[str]) -> None:
    for column in NEEDED:
        if column not in header:
            raise InvalidInput({"table": Sentence(NO_HEADER, {"column": column})})
    titles = fields_of("title", LocalizedText()).keys()
    if not titles & set(header):
        raise InvalidInput({"table": Sentence(NO_HEADER, {"column": field_in("title")})})
    known = columns()
    for column in header:
        if column not in known:
            raise InvalidInput(
                {"table": Sentence(UNKNOWN_COLUMN, {"value": column, "columns": ", ".join(known)})}
            )
        if header.count(column) > 1:
            raise InvalidInput({"table": Sentence(TWICE, {"value": column})})


@dataclass
class _Row:
    number: int
    cells: dict[str, str]
    errors: dict[str, Sentence]

    def read(self) -> WishRow:
        defaults = WishRow(LocalizedText(), ())
        return WishRow(
            in_every_language(lambda code: self.cells.get(field_in("title", code), "")),
            tuple(self._names("groups")),
            tuple(self._names("people")),
            tuple(self._names("countries")),
            self._number("minutes", defaults.minutes),
            self._date("earliest"),
            self._date("latest"),
            self._number("spacing", defaults.spacing),
            self._number("after", 0) or None,
        )

    def _names(self, column: str) -> Iterator[str]:
        for name in re.split(r"[;|,\n]", self.cells.get(column, "")):
            if name.strip():
                yield name.strip()

    def _number(self, column: str, default: int) -> int:
        text = self.cells.get(column, "")
        if not text:
            return default
        number = number_in(text, GREATEST)
        if number is None:
            self.errors[f"rows.{self.number}.{column}"] = Sentence(NO_NUMBER, {"value": text[:40]})
            return default
        return number

    def _date(self, column: str) -> date | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        day = day_in(text)
        if day is None:
            self.errors[f"rows.{self.number}.{column}"] = Sentence(NOT_A_DAY)
        return day
