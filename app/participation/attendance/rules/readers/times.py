"""Times and lengths as meeting programs write them, in Spanish and in English; whole files at once.

"10/12/2026" is October or December by the program's language, which the file does not name. So both
orders are tried on all of its times, and the one that lies nearer to the event is right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from app.kernel.months import MONTHS
from app.participation.attendance.rules.readers.tables import folded

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
        order: [_instant(text, around, zone, order) for text in tried] for order in ("mdy", "dmy")
    }
    order = max(ways, key=lambda way: _worth(ways[way], around))
    return [_instant(text, around, zone, order) for text in words]


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
