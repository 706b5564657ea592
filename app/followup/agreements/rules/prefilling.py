"""Where the priority issues go in the agenda of a congress: half hours in the free time of its
first day (R24).
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan

HALF_HOUR = timedelta(minutes=30)
DAY_OPENS, DAY_CLOSES = time(8), time(17)


def free_half_hours(
    event: Timespan, timezone: str, taken: Iterable[Timespan], count: int
) -> list[Timespan]:
    """The first `count` half hours of the event's first day that meet no session, or as many as
    there are: from 08:00 to 17:00 of the event's zone and within the event, on the hour and half
    past.
    """
    zone = ZoneInfo(timezone)
    day = event.starts_at.astimezone(zone).date()
    at = max(event.starts_at, datetime.combine(day, DAY_OPENS, zone))
    closes = min(event.ends_at, datetime.combine(day, DAY_CLOSES, zone))
    busy, found = sorted(taken), list[Timespan]()
    at = _next_half_hour(at, zone)
    while len(found) < count and at + HALF_HOUR <= closes:
        span = Timespan(at, at + HALF_HOUR)
        if not any(span.overlaps(other) for other in busy):
            found.append(span)
        at += HALF_HOUR
    return found


def _next_half_hour(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    over = timedelta(
        minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond
    )
    return at if not over else at + HALF_HOUR - over
