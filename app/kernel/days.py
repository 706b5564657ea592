"""Days as people and spreadsheets write them, in Spanish and in English."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.text import without_accents

MONTHS = {
    short: number
    for number, names in enumerate(
        (
            "ene jan",
            "feb",
            "mar",
            "abr apr",
            "may",
            "jun",
            "jul",
            "ago aug",
            "sep set",
            "oct",
            "nov",
            "dic dec",
        ),
        start=1,
    )
    for short in names.split()
}
"""The number of a month by its first three letters, in Spanish and in English."""
ORDINALS = frozenset({"st", "nd", "rd", "th", "o"})
WEEKDAYS = frozenset({"lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"}) | {
    f"{day}day" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
}
FILLERS = ORDINALS | WEEKDAYS | {"de", "del", "el", "of", "the"}
"""Words that change nothing of the day beside them; the letters of an ordinal are a word, too."""
ENDS = frozenset({"fin", "fines", "finales", "end"})

WRITTEN_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]\d{1,2}:\d{2}(?::\d{2})?)?")
WRITTEN_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ t]0?0:00(?::00)?)?")
MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
MONTH_LAST = re.compile(r"(\d{4})[-/.](\d{1,2})")
MONTH_OF_YEAR = re.compile(r"([a-z]+)[-/.']+(\d{2})")
"""How spreadsheets write a month: "sep-27"."""
SERIAL = re.compile(r"[3-9]\d{4}(?:\.0+)?")
SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of the numbers by which spreadsheets keep days."""
CENTURY, SHORT_YEARS = 2000, 100
LARGEST_DAY, DIGITS_OF_YEAR = 31, 4


YEAR = re.compile(r"(?:19|20)\d{2}")
NUMBERED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:[ t]\d{1,2}:\d{2}(?::\d{2})?)?")
SHORT_SPAN = re.compile(r"(?:del? )?(\d{1,2}) ?(?:-|–|al?|y|to|and) ?(\d{1,2})((?: |-|/).+)")
"""Days of one month: "14-16 marzo 2023", "del 14 al 16 de marzo de 2023"."""
TIME_OF_DAY = re.compile(r"[t,\s]+(?:a las )?\d{1,2}:\d{2}.*$", re.IGNORECASE)
BETWEEN_DAYS = re.compile(r" (?:-|–|al?|to|hasta) ")


@dataclass(frozen=True, order=True)
class WrittenDate:
    """A date as exactly as it was written, in ISO 8601: "2023-03-14", "2023-03" or "2023". `ends` is
    the last day where several were written, "" otherwise.
    """

    found: str
    ends: str = ""

    @property
    def day(self) -> date | None:
        """Returns the first day, None where only month or year are known."""
        return date.fromisoformat(self.found) if len(self.found) == len("2023-03-14") else None

    @property
    def earliest(self) -> date:
        """Returns the first day of what may be meant."""
        return date.fromisoformat(f"{self.found}-01-01"[: len("2023-03-14")])


def dates_meant(text: str) -> tuple[WrittenDate, ...]:
    """Returns the dates that a text may mean, which need not be known to the day: none, one, or two
    as `days_meant` does.
    """
    plain = _plain(text)
    if YEAR.fullmatch(plain):
        return (WrittenDate(plain),)
    if days := days_meant(text):
        return tuple(WrittenDate(day.isoformat()) for day in days)
    if match := SHORT_SPAN.fullmatch(plain):
        first, last = (days_meant(f"{day}{match[3]}") for day in (match[1], match[2]))
    else:
        first, last = _ends_of_span(plain)
    if first and last:
        spans = zip(first, last, strict=False)
        return tuple(WrittenDate(a.isoformat(), b.isoformat()) for a, b in spans if a <= b)
    month = month_meant(text)
    return (WrittenDate(f"{month:%Y-%m}"),) if month else ()


def _ends_of_span(plain: str) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Returns what both sides of "30 de mayo al 2 de junio de 2023" may mean; the first may leave the
    year to the last.
    """
    sides = BETWEEN_DAYS.split(plain)
    if len(sides) != 2:  # noqa: PLR2004 - from and until
        return (), ()
    last = days_meant(sides[1])
    first = days_meant(sides[0]) or (days_meant(f"{sides[0]} {last[0].year}") if last else ())
    return first, last


def without_time(text: str) -> str:
    """Returns a date without the time of day that is written after it."""
    return TIME_OF_DAY.sub("", text)


def month_name(text: str) -> str:
    """Returns the month of a column of its own as a word, so that no day is mistaken for it: "3" is
    "mar".
    """
    number = int(text) if text.isdecimal() else 0
    return next((short for short, each in MONTHS.items() if each == number), text)


def is_no_day(text: str) -> bool:
    """Returns whether a text is written as a day and there is no such day: 31/02/2024."""
    return bool(NUMBERED.fullmatch(_plain(text))) and not days_meant(text)


def orders_said(texts: Iterable[str]) -> frozenset[bool]:
    """Returns how the days of a list are written, as those say that can be read in one way only: True
    is month first. With one order all are read by it; none or both leave it open.
    """
    said = {begins for text in texts if (begins := begins_with_month(text)) is not None}
    return frozenset(said)


def days_meant(text: str) -> tuple[date, ...]:
    """Returns the days that a text may mean: none, one, or two.

    Of two (3/11/2026) the first begins with the day and the second with the month.
    """
    plain = _plain(text)
    if match := WRITTEN_FIRST.fullmatch(plain):
        year, month, day = map(int, match.groups())
        return _real((year, month, day))
    if match := WRITTEN_LAST.fullmatch(plain):
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == ".":  # nobody who writes points begins with the month
            return _real((year, two, one))
        return _real((year, two, one), (year, one, two))
    if SERIAL.fullmatch(plain):
        return (SERIAL_ZERO + timedelta(days=int(plain.partition(".")[0])),)
    read = _words(plain)
    if read is None or len(read[0]) != 2:  # noqa: PLR2004 - day and year
        return ()
    (day, year), month = read
    if day > LARGEST_DAY >= year:  # "2024-ene-15"
        day, year = year, day
    return _real((year, month, day))


def month_meant(text: str) -> date | None:
    """Returns the first day of the month that a text names with its year, None where it names none."""
    plain = _plain(text)
    if match := MONTH_FIRST.fullmatch(plain):
        year, month = int(match[2]), int(match[1])
    elif match := MONTH_LAST.fullmatch(plain):
        year, month = int(match[1]), int(match[2])
    elif (match := MONTH_OF_YEAR.fullmatch(plain)) and (named := _month(match[1])):
        year, month = int(match[2]), named
    elif (read := _words(plain)) and len(read[0]) == 1 and read[0][0] > LARGEST_DAY:
        [year], month = read
    else:
        return None
    return next(iter(_real((year, month, 1))), None)


def deadlines_meant(text: str, *, today: date) -> tuple[date, ...]:
    """Returns the days that a text may mean as `days_meant` does, and besides: a month means its
    last day, and without a year the next one is meant.
    """
    if days := days_meant(text):
        return days
    plain = " ".join(word for word in _plain(text).split() if word not in ENDS)
    if first := month_meant(plain):
        return _last(first.year, first.month)
    read = _words(plain)
    if read is None or len(read[0]) > 1:
        return ()
    numbers, month = read
    for year in (today.year, today.year + 1):
        days = _real((year, month, numbers[0])) if numbers else _last(year, month)
        if days and days[0] >= today:
            return days
    return ()


def begins_with_month(text: str) -> bool | None:
    """Returns whether a day in three numbers begins with the month; None where that cannot be known
    or it is written otherwise.
    """
    match, days = WRITTEN_LAST.fullmatch(_plain(text)), days_meant(text)
    return int(match[1]) != days[0].day if match and len(days) == 1 else None


def _plain(text: str) -> str:
    return " ".join(without_accents(text).casefold().replace(",", " ").split())


def _words(plain: str) -> tuple[list[int], int] | None:
    """Returns the numbers of a day in words, in order, and its month; None where other words stand
    there, or not one month.
    """
    parts = re.findall(r"\d+|[^\W\d_]+", plain)
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) <= DIGITS_OF_YEAR]
    months = [month for part in parts if (month := _month(part))]
    fillers = [part for part in parts if part in FILLERS]
    if len(months) != 1 or len(parts) != len(numbers) + len(months) + len(fillers):
        return None
    return numbers, months[0]


def _month(word: str) -> int | None:
    """Returns the month that a word names by its first three letters; Tuesday is no March."""
    return None if word in FILLERS else MONTHS.get(word[:3])


def _real(*readings: tuple[int, int, int]) -> tuple[date, ...]:
    """Returns those of the readings (year, month, day) that are days, each once."""
    days: dict[date, None] = {}
    for year, month, day in readings:
        try:
            days[date(year + CENTURY if year < SHORT_YEARS else year, month, day)] = None
        except ValueError:
            continue
    return tuple(days)


def _last(year: int, month: int) -> tuple[date, ...]:
    """Returns the last day of a month, where there is such a month."""
    return next((days for day in (31, 30, 29, 28) if (days := _real((year, month, day)))), ())
