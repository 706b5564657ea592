"""Where the priority issues go in the agenda of a congress: half hours in the free time of its
days (R24).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan

HALF_HOUR = timedelta(minutes=30)
DAY_OPENS, DAY_CLOSES = time(8), time(17)


def free_half_hours(
    event: Timespan, timezone: str, taken: Iterable[Timespan], count: int
) -> list[Timespan]:
    """Returns the first `count` half hours of the event that meet no session, or as many as there
    are: on each of its days from 08:00 to 17:00 of the event's zone, on the hour and half past.
    """
    busy = sorted(taken)
    free = (
        span
        for span in _half_hours(event, ZoneInfo(timezone))
        if not any(span.overlaps(other) for other in busy)
    )
    return list(islice(free, count))


def _half_hours(event: Timespan, zone: ZoneInfo) -> Iterator[Timespan]:
    day = event.starts_at.astimezone(zone).date()
    while day <= event.ends_at.astimezone(zone).date():
        opens, closes = (datetime.combine(day, hour, zone) for hour in (DAY_OPENS, DAY_CLOSES))
        at = _next_half_hour(max(event.starts_at, opens), zone)
        while at + HALF_HOUR <= min(event.ends_at, closes):
            yield Timespan(at, at + HALF_HOUR)
            at += HALF_HOUR
        day += timedelta(days=1)


def _next_half_hour(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    over = timedelta(
        minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond
    )
    return at if not over else at + HALF_HOUR - over
