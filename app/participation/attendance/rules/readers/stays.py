"""Turns the lines of a table into stays: with both times where they are known, otherwise with one
time and a length.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from app.participation.attendance.rules.readers.tables import Line, ReportTable
from app.participation.attendance.rules.readers.times import Around, instants, length_of
from app.participation.attendance.values import ParticipantReport, ReportProvider, Span, Stay

LONGEST_NAME = 200
LONGEST_ADDRESS = 254
Naming = Callable[[Line], str]


def name_of(line: Line) -> str:
    return line["name"] or f"{line['first']} {line['last']}".strip()


def report_of(
    provider: ReportProvider,
    own_tables: Iterable[ReportTable],
    around: Around,
    *,
    naming: Naming = name_of,
    is_total: bool = False,
) -> ParticipantReport:
    """Returns one stay for each line. `is_total`: the length counts, because the time between
    joining and leaving includes absences.
    """
    stays: list[Stay] = []
    skipped = 0
    for table in own_tables:
        lines = [line for line in table.lines if naming(line) or line["email"]]
        skipped += len(table.lines) - len(lines)
        for line, span in zip(
            lines, spans_of(table, lines, around, is_total=is_total), strict=True
        ):
            if span is None:
                skipped += 1
            else:
                stays.append(Stay(naming(line)[:LONGEST_NAME], address_of(line), span))
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
