"""Events as iCalendar (RFC 5545, 7986): one VEVENT for each event, and nothing that changes without
a change.

DTSTAMP is the event's last change and never the time of the request, or readers that compare
contents would rewrite everything at every poll. There is no UID at the level of VCALENDAR:
vdirsyncer would keep one event of all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from urllib.parse import quote
from zoneinfo import ZoneInfo

from app.infra.language import translate
from app.kernel.text import N_, Language
from app.planning.events.values import EventStatus, Mode
from app.planning.programme.exports.vtimezone import days_shown_twice, vtimezone
from app.planning.programme.queries.feeds import FeedEntry
from app.web.render import day_text, zone_words

# Content lines of iCalendar: escaping, folding and characters that have no place there (RFC 5545
# §3.1, §3.3.11).
#
# icalendar writes the calendar's own properties; the events are put together here, because its Event
# needs 170 µs and a feed has a thousand of them. tests/planning/programme/test_icalendar.py holds the two against
# each other.

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


RENDERER = f"4-{version('tzdata')}"
"""Part of every ETag: rises when the same event is written differently."""

REFRESH = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
STANDS, CALLED_OFF = ("CONFIRMED", "OPAQUE"), ("CANCELLED", "TRANSPARENT")
RESERVED = N_("Reserved meeting")
CANCELLED = N_("Cancelled: %(title)s")
ONLINE = N_("Online")
JOIN = N_("Join here: %(url)s")
JOIN_LABEL = N_("Join the meeting")
EVENT_PAGE = N_("Page of the event: %(url)s")
ALL_DAY = N_("%(day)s, all day (%(zone)s)")
DAYS = N_("%(first)s to %(last)s (%(zone)s)")
HOURS = N_("%(day)s, %(hours)s (%(zone)s)")
BLANK_LINE = NEW_LINE * 2
LONG = N_("%(first)s, %(start)s, to %(last)s, %(end)s (%(zone)s)")


def calendar(
    entries: Sequence[FeedEntry],
    *,
    name: str,
    color: str,
    language: Language,
    address: str,
    host: str,
) -> bytes:
    """Returns the whole file.

    `address` is the site's public address, `host` the name in UIDs, which outlives a move.

    `color` is a name of CSS 3 (RFC 7986 §5.9).
    """
    head, end = _frame(name, color, language)
    body = [vevent(entry, language, address, host) for entry in entries]
    return b"".join((head, joined(zones_of(entries)), *body, end))


def _frame(name: str, color: str, language: Language) -> tuple[bytes, bytes]:
    """Returns the calendar's own properties, before and after what it holds.

    `Calendar.new` would add a UID, leave commas of the name unescaped and VALUE=DURATION out (RFC
    7986 §5.7).
    """
    from icalendar import Calendar, vText

    frame = Calendar()
    frame.add("prodid", f"-//Convoca//Calendar//{language.upper()}")
    frame.add("version", "2.0")
    frame.add("calscale", "GREGORIAN")
    frame.add("method", "PUBLISH")
    for property_name in ("name", "x-wr-calname"):
        frame.add(property_name, vText(plain(name)))
    frame.add("color", color)
    frame.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    frame.add("x-published-ttl", "PT1H")
    head, mark, tail = frame.to_ical().rpartition(b"END:VCALENDAR")
    return head, mark + tail


def zones_of(entries: Iterable[FeedEntry]) -> Iterable[str]:
    """Yields the rules of every zone that a timed event names, for the years it is named in."""
    named = {
        (entry.timezone, entry.starts_at.year, entry.ends_at.year)
        for entry in entries
        if not entry.is_all_day
    }
    years: dict[str, set[int]] = {}
    for timezone, first, last in named:
        years.setdefault(timezone, set()).update((first, last))
    for timezone in sorted(years):
        # A year of margin, because the year in the zone may differ from the year in UTC.
        yield from vtimezone(timezone, min(years[timezone]) - 1, max(years[timezone]) + 1)


@lru_cache(maxsize=4096)
def vevent(entry: FeedEntry, language: Language, address: str, host: str) -> bytes:
    """Returns an event as a VEVENT. It depends on its arguments alone, so that the same event in
    the same language is written once for all who subscribe.
    """
    page = f"/events/{entry.id}"
    changed = utc(entry.changed_at)
    zone = ZoneInfo(entry.timezone)
    starts, ends = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    # What is cancelled takes nobody's time, even where a program goes on showing it.
    is_cancelled = entry.status is EventStatus.CANCELLED
    status, transparency = CALLED_OFF if is_cancelled else STANDS
    # The first lines are short and ASCII whatever the event is: only the others need to be looked at.
    return joined(
        (
            f"UID:event-{entry.id}@{host}",
            f"SUMMARY:{text(_summary(entry, language, is_cancelled=is_cancelled))}",
            *_where(entry, language),
            f"DESCRIPTION:{_description(entry, starts, ends, language, as_text(address) + page)}",
            *_page(entry, address + page),
            *_conference(entry, language),
            "END:VEVENT",
        ),
        after=f"BEGIN:VEVENT\r\nSEQUENCE:{entry.sequence}\r\nDTSTAMP:{changed}\r\nLAST-MODIFIED:{changed}\r\n"
        f"{_span(entry, starts, ends)}STATUS:{status}\r\nTRANSP:{transparency}\r\n",
    )


def _span(entry: FeedEntry, starts: datetime, ends: datetime) -> str:
    if entry.is_all_day:
        after = (ends - MOMENT).date() + timedelta(days=1)
        return f"DTSTART;VALUE=DATE:{starts:%Y%m%d}\r\nDTEND;VALUE=DATE:{after:%Y%m%d}\r\n"
    zone = entry.timezone
    if _is_repeated(starts, zone) or _is_repeated(ends, zone):
        return f"DTSTART:{utc(starts)}\r\nDTEND:{utc(ends)}\r\n"
    return f"DTSTART;TZID={zone}:{local(starts)}\r\nDTEND;TZID={zone}:{local(ends)}\r\n"


def _is_repeated(local_time: datetime, timezone: str) -> bool:
    """Returns True for an hour that the clocks of its zone show twice: a name of a zone cannot tell
    which of the two.
    """
    days = days_shown_twice(timezone, local_time.year)
    if not days or local_time.date() not in days:
        return False
    return local_time.replace(fold=0).utcoffset() != local_time.replace(fold=1).utcoffset()


def _summary(entry: FeedEntry, language: Language, *, is_cancelled: bool) -> str:
    title = translate(language, RESERVED) if entry.is_confidential else entry.title.in_(language)
    return translate(language, CANCELLED, title=title) if is_cancelled else title


def _where(entry: FeedEntry, language: Language) -> tuple[str, ...]:
    if entry.place:
        return (f"LOCATION:{text(entry.place)}",)
    return (f"LOCATION:{as_text(phrase(language, ONLINE))}",) if entry.mode is Mode.ONLINE else ()


def _page(entry: FeedEntry, url: str) -> tuple[str, ...]:
    """Returns the line with the address of its page; none for a reserved meeting.

    The page of a reserved meeting would not open for whoever merely subscribes.
    """
    return () if entry.is_confidential else (f"URL:{url}",)


def _conference(entry: FeedEntry, language: Language) -> tuple[str, ...]:
    if not entry.join_url:
        return ()
    label = translate(language, JOIN_LABEL)
    return (f'CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL="{label}":{uri(entry.join_url)}',)


def _description(
    entry: FeedEntry, starts: datetime, ends: datetime, language: Language, page: str
) -> str:
    """Returns date, hours and zone in words, because a phone may show them shifted, and some
    mailboxes strip the rest. It is a TEXT value already: its parts are escaped one by one. `page`:
    the address of the event's page, as a TEXT value.
    """
    parts = [_in_words(starts, ends, entry.timezone, entry.is_all_day, language, write=as_text)]
    summary = entry.summary.in_(language)
    if summary:
        parts.append(text(summary))
    if entry.join_url:
        parts.append(text(translate(language, JOIN, url=entry.join_url)))
    if not entry.is_confidential:
        parts.append(as_text(phrase(language, EVENT_PAGE)) % {"url": page})
    return BLANK_LINE.join(parts)


def when(
    starts_at: datetime, ends_at: datetime, *, timezone: str, is_all_day: bool, language: Language
) -> str:
    """Returns "jueves, 10 de diciembre de 2026, 09:00–10:30 (Costa Rica, UTC−6)" """
    zone = ZoneInfo(timezone)
    return _in_words(
        starts_at.astimezone(zone), ends_at.astimezone(zone), timezone, is_all_day, language
    )


def _in_words(
    starts: datetime,
    ends: datetime,
    timezone: str,
    is_all_day: bool,
    language: Language,
    *,
    write: Callable[[str], str] = str,
) -> str:
    """Returns when an event is, in words; `write` is applied to every word but the hours."""
    first, last = starts.date(), (ends - MOMENT).date()
    day, zone = (
        write(day_in_words(first, language)),
        write(zone_words(timezone, starts.utcoffset(), language)),
    )
    start, end = _hour(starts), _hour(ends)
    if first == last:
        sentence = write(phrase(language, ALL_DAY if is_all_day else HOURS))
        return sentence % {"day": day, "hours": f"{start}–{end}", "zone": zone}
    until = write(day_in_words(last, language))
    sentence = write(phrase(language, DAYS if is_all_day else LONG))
    return sentence % {"first": day, "last": until, "start": start, "end": end, "zone": zone}


def _hour(at: datetime) -> str:
    """Returns "09:00" """
    return f"{TWO_DIGITS[at.hour]}:{TWO_DIGITS[at.minute]}"


phrase = cache(translate)
"""A sentence whose parameters are put in by whoever asks: there are four of them and a thousand
events.
"""


as_text = lru_cache(maxsize=1024)(text)
"""For what stands in many events: sentences, days, zones, the address of the site."""


@lru_cache(maxsize=1024)
def day_in_words(on: date, language: Language) -> str:
    return day_text(on, language)
