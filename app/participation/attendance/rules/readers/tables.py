"""The table in a participant report: its heading and lines, its times, the stays they say."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.kernel.days import MONTHS
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, without_accents
from app.participation.attendance.values import ParticipantReport, ReportProvider, Span, Stay

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


# Times and lengths as meeting programs write them, in Spanish and in English; whole files at once.
#
# "10/12/2026" is October or December by the program's language, which the file does not name. So both
# orders are tried on all of its times, and the one that lies nearer to the event is right.

NEAR = timedelta(days=1)
TRIED = 300  # times of a file from which the order of day and month is told
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
DAY_FIRST = re.compile(r"(\d{1,2})[ -](?:de )?([a-z]{3})[a-z]*\.?,?[ -](?:de )?(\d{4})")
MONTH_FIRST = re.compile(r"\b([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
HOUR = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?!\d)\s*(?:([ap])\s?\.?\s?m\b\.?)?"
)
OFFSET = re.compile(
    r"\s*(?:\(?(?:utc|gmt)\s*([+-]\d{1,2})?:?(\d{2})?\)?|(?<![a-z])(z)\b|([+-]\d{2}):?(\d{2})(?!\d))"
)
UNITS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(h|m|s)[a-z]*\.?")
CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})")
LONGEST = timedelta(days=3)


@dataclass(frozen=True)
class Around:
    """The event whose report it should be; `zone` is what times without a zone of their own are
    in.
    """

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo

    def is_near(self, at: datetime) -> bool:
        return self.starts_at - NEAR <= at <= self.ends_at + NEAR

    def instant_of(self, clock: time) -> datetime:
        """Reads one time. An hour without a day is of that day on which it lies nearest to the
        event, which may last past midnight.
        """
        day = self.starts_at.astimezone(clock.tzinfo).date()
        tried = [
            datetime.combine(day + timedelta(days=days), clock).astimezone(UTC)
            for days in (0, 1, -1)
        ]
        return min(tried, key=lambda at: max(self.starts_at - at, at - self.ends_at, timedelta()))


def instants(texts: Sequence[str], around: Around, *, heading: str = "") -> list[datetime | None]:
    """Returns all times of one file, in UTC; None for what is no time.

    A zone in the column's heading holds for the column.
    """
    zone = offset_in(folded(heading))
    words = [folded(text[:60]) for text in texts]
    tried = [text for text in words if text][:TRIED]
    ways = {
        order: [_instant(text, around, zone=zone, order=order) for text in tried]
        for order in ("mdy", "dmy")
    }
    order = max(ways, key=lambda way: _worth(ways[way], around))
    return [_instant(text, around, zone=zone, order=order) for text in words]


def _worth(times: Sequence[datetime | None], around: Around) -> tuple[int, int]:
    instants = [at for at in times if at is not None]
    return sum(map(around.is_near, instants)), len(instants)


def offset_in(text: str) -> timezone | None:
    """Returns the offset that a text ends in: "Z", "UTC", "(GMT-06:00)", "+02:00"."""
    match = OFFSET.search(text)
    if match is None:
        return None
    hours, minutes = int(match[1] or match[4] or 0), int(match[2] or match[5] or 0)
    if abs(hours) > 14 or minutes > 59:  # noqa: PLR2004 - no zone is further from Greenwich
        return None
    return timezone(timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes))


def _instant(words: str, around: Around, zone: timezone | None, order: str) -> datetime | None:
    hour = HOUR.search(words)
    if hour is None:
        return None
    try:
        day, end = _day(words, order)
        if hour.start() < end and day is not None:  # digits of the date itself
            hour = HOUR.search(words, end) or hour
        clock = time(
            _hour(hour),
            int(hour[2]),
            int(hour[3] or 0),
            tzinfo=offset_in(words[hour.end() :]) or zone or around.zone,
        )
        return (
            around.instant_of(clock)
            if day is None
            else datetime.combine(day, clock).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        return None


def _hour(match: re.Match[str]) -> int:
    hour = int(match[1])
    if match[4] is None:
        return hour
    if not 1 <= hour <= 12:  # noqa: PLR2004 - "13:05 p. m." is written by programs that mean 13:05
        return hour
    return hour % 12 + (12 if match[4] == "p" else 0)


def _day(words: str, order: str) -> tuple[date | None, int]:
    """Returns the date and where it ends; None when there is only an hour, as in Google Meet.

    ValueError for 31 February.
    """
    if match := ISO.search(words):
        return date(int(match[1]), int(match[2]), int(match[3])), match.end()
    if match := NUMBERS.search(words):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        month, day = (first, second) if order == "mdy" else (second, first)
        return date(year + 2000 if year < 100 else year, month, day), match.end()  # noqa: PLR2004 - two digits
    if (match := DAY_FIRST.search(words)) and match[2] in MONTHS:
        return date(int(match[3]), MONTHS[match[2]], int(match[1])), match.end()
    if (match := MONTH_FIRST.search(words)) and match[1] in MONTHS:
        return date(int(match[3]), MONTHS[match[1]], int(match[2])), match.end()
    return None, 0


def length_of(text: str) -> timedelta | None:
    """Reads a length: "1h 2m 3s", "1 h 2 min", "62" (minutes), "62 mins", "1:02:03"; "62:03" is
    minutes and seconds.
    """
    words = folded(text)[:40]
    if clock := CLOCK.fullmatch(words):
        length = timedelta(hours=int(clock[1] or 0), minutes=int(clock[2]), seconds=int(clock[3]))
    elif units := UNITS.findall(words):
        seconds = {"h": 3600, "m": 60, "s": 1}
        length = timedelta(
            seconds=sum(
                float(number.replace(",", ".")) * seconds[unit] for number, unit in units[:3]
            )
        )
    elif re.fullmatch(r"\d{1,5}(?:[.,]\d+)?", words):
        length = timedelta(minutes=float(words.replace(",", ".")))
    else:
        return None
    return length if length <= LONGEST else None


# Turns the lines of a table into stays: with both times where they are known, otherwise with one
# time and a length.

LONGEST_NAME = 200
LONGEST_ADDRESS = 254


def name_of(line: Line) -> str:
    return line["name"] or f"{line['first']} {line['last']}".strip()


def report_of(
    provider: ReportProvider,
    own_tables: Iterable[ReportTable],
    around: Around,
    *,
    is_total: bool = False,
) -> ParticipantReport:
    """Returns one stay for each line. `is_total`: the length counts, because the time between
    joining and leaving includes absences.
    """
    stays: list[Stay] = []
    skipped = 0
    for table in own_tables:
        lines = [line for line in table.lines if name_of(line) or line["email"]]
        skipped += len(table.lines) - len(lines)
        for line, span in zip(
            lines, spans_of(table, lines, around, is_total=is_total), strict=True
        ):
            if span is None:
                skipped += 1
            else:
                stays.append(Stay(name_of(line)[:LONGEST_NAME], address_of(line), span))
    return ParticipantReport(provider, tuple(stays), skipped)


def address_of(line: Line) -> str:
    """Returns the e-mail address in lower case, or "" for what is none."""
    text = line["email"].strip().lower()
    return (
        text if 3 <= len(text) <= LONGEST_ADDRESS and "@" in text[1:-1] and " " not in text else ""  # noqa: PLR2004
    )


def spans_of(
    table: ReportTable, lines: Sequence[Line], around: Around, *, is_total: bool
) -> list[Span | None]:
    joined = instants(
        [line["joined"] for line in lines], around, heading=table.heading.get("joined", "")
    )
    left = instants([line["left"] for line in lines], around, heading=table.heading.get("left", ""))
    lengths = [length_of(line["length"]) for line in lines]
    return [span_of(*times, is_total=is_total) for times in zip(joined, left, lengths, strict=True)]


def span_of(
    joined: datetime | None, left: datetime | None, length: timedelta | None, *, is_total: bool
) -> Span | None:
    """Returns the span of a stay; None when it cannot be told or is longer than three days. A time
    of leaving that is less than a day before the time of joining is taken to be after midnight.
    """
    if joined is None and left is not None and length is not None:
        joined = left - length
    if joined is None:
        return None
    if left is None or (is_total and length is not None and joined + length < left):
        left = joined + length if length is not None else None
    if left is not None and left < joined and joined - left < timedelta(days=1):
        left += timedelta(days=1)
    return (
        Span(joined, left)
        if left is not None and joined <= left <= joined + timedelta(days=3)
        else None
    )
