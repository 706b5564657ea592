"""Content lines of iCalendar: escaping, folding and characters that have no place there (RFC 5545
§3.1, §3.3.11).

icalendar writes the calendar's own properties; the events are put together here, because its Event
needs 170 µs and a feed has a thousand of them. tests/planning/programme/test_icalendar.py holds the two against
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
LINE_END, FOLD = b"\r\n", b"\r\n "
LATER_OCTETS = LINE_OCTETS - 1
"""The space that begins the later pieces of a line counts."""
CONTINUES, TRAILING = 0b1100_0000, 0b1000_0000
"""The bits that tell an octet within a character of UTF-8, and how they stand there."""
TWO_DIGITS = tuple(f"{number:02d}" for number in range(100))


def text(value: str) -> str:
    """Returns a TEXT value: no line end and no control character of it can begin a line of its own."""
    if not value.isprintable():
        value = plain(value)
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def plain(value: str) -> str:
    """Returns the same words with one kind of line end and without control characters."""
    return FORBIDDEN.sub("", LINE_ENDS.sub("\n", value))


def uri(value: str) -> str:
    """Returns a URI value: whatever may not stand in an address, line ends included, is
    percent-encoded.
    """
    return quote(value.strip(), safe=URI_SAFE)


def utc(value: datetime) -> str:
    """Returns a DATE-TIME in UTC (RFC 5545 §3.3.5, form 2)."""
    return f"{local(value.astimezone(UTC))}Z"


def local(value: datetime) -> str:
    """Returns a DATE-TIME as the clock on the wall shows it (form 1, or 3 with a TZID).

    `isoformat` takes three times as long, `strftime` five times; a feed writes three thousand of
    them.
    """
    two = TWO_DIGITS
    day = f"{two[value.year // 100]}{two[value.year % 100]}{two[value.month]}{two[value.day]}"
    return f"{day}T{two[value.hour]}{two[value.minute]}{two[value.second]}"


def folded(line: bytes) -> bytes:
    """Returns the line without its CRLF, in pieces of at most 75 octets that split no character."""
    pieces, start, end = [], 0, LINE_OCTETS
    while end < len(line):
        while line[end] & CONTINUES == TRAILING:
            end -= 1
        pieces.append(line[start:end])
        start, end = end, end + LATER_OCTETS
    return FOLD.join((*pieces, line[start:]))


def joined(lines: Iterable[str], *, after: str = "") -> bytes:
    """Returns every line with its CRLF, in UTF-8.

    `after`: lines that are complete already. No line holds a CRLF.
    """
    whole = CRLF.join(lines)
    if not whole:
        return after.encode()
    pieces = [
        line if len(line) <= LINE_OCTETS else folded(line)
        for line in whole.encode().split(LINE_END)
    ]
    return b"%b%b\r\n" % (after.encode(), LINE_END.join(pieces))
