"""Content lines of iCalendar: escaping, folding and characters that have no place there (RFC 5545
§3.1, §3.3.11).

icalendar writes the calendar's own properties; the events are put together here, because its Event
needs 170 µs and a feed has a thousand of them. tests/planning/events/test_icalendar.py holds the two against
each other.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

LINE_OCTETS = 75
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
URI_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
NEW_LINE = "\\n"
"""As it stands in a TEXT value."""
CRLF = "\r\n"
FIRST_PIECE = re.compile(rb"(?s).{1,75}(?![\x80-\xbf])")
NEXT_PIECE = re.compile(rb"(?s).{1,74}(?![\x80-\xbf])")
"""As much of a line as fits and ends with a whole character; the space that begins the later pieces
counts.
"""


def text(value: str) -> str:
    """A TEXT value: no line end and no control character of it can begin a line of its own."""
    if not value.isprintable():
        value = plain(value)
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def plain(value: str) -> str:
    """The same words with one kind of line end and without control characters."""
    return FORBIDDEN.sub("", LINE_ENDS.sub("\n", value))


def uri(value: str) -> str:
    """A URI value: whatever may not stand in an address, line ends included, is percent-encoded."""
    return quote(value.strip(), safe=URI_SAFE)


def utc(value: datetime) -> str:
    """A DATE-TIME in UTC (RFC 5545 §3.3.5, form 2)."""
    return f"{local(value.astimezone(UTC))}Z"


def local(value: datetime) -> str:
    """A DATE-TIME as the clock on the wall shows it (form 1, or 3 with a TZID). strftime would take
    twice as long.
    """
    iso = value.isoformat()
    return f"{iso[:4]}{iso[5:7]}{iso[8:13]}{iso[14:16]}{iso[17:19]}"


def folded(line: str) -> str:
    """The line without its CRLF, in pieces of at most 75 octets that split no character."""
    raw = line.encode()
    first = FIRST_PIECE.match(raw) if len(raw) > LINE_OCTETS else None
    if first is None:
        return line
    return b"\r\n ".join((first[0], *NEXT_PIECE.findall(raw, first.end()))).decode()


def joined(lines: Iterable[str], *, after: str = "") -> bytes:
    """Every line with its CRLF, in UTF-8. `after`: lines that are complete already."""
    whole = [
        line if len(line) <= LINE_OCTETS and line.isascii() else folded(line) for line in lines
    ]
    return f"{after}{CRLF.join(whole)}{CRLF}".encode() if whole else after.encode()
