"""A month on the wall: which weeks it has, and which of its days an event covers; pure."""

from calendar import MONDAY, Calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from re import fullmatch
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOMENT = timedelta(microseconds=1)
MONTHS = 12


def month_of(text: str) -> date | None:
    """Returns the first of the month written as "2026-12"; None for anything else and for years far
    away.
    """
    found = fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, flags=0)
    if not found or not text.isascii() or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    return date(int(found[1]), int(found[2]), 1)


def next_month(month: date) -> date | None:
    return month_of(f"{month.year + month.month // MONTHS:04d}-{month.month % MONTHS + 1:02d}")


def previous_month(month: date) -> date | None:
    earlier = month - timedelta(days=1)
    return month_of(f"{earlier:%Y-%m}")


def weeks_of(month: date) -> list[list[date]]:
    """Whole weeks from Monday to Sunday, with the days of the neighbouring months that complete
    them.
    """
    return Calendar(MONDAY).monthdatescalendar(month.year, month.month)


def first_and_last_day(
    starts_at: datetime, ends_at: datetime, *, timezone: str, is_all_day: bool, reader_timezone: str
) -> tuple[date, date]:
    """Both included. A day-long event keeps its own calendar's days everywhere; hours fall on the
    reader's days.
    """
    zone = ZoneInfo(timezone if is_all_day else reader_timezone)
    return starts_at.astimezone(zone).date(), (ends_at - MOMENT).astimezone(zone).date()


def days_between(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
