"""The rules about the clock on the wall and the calendar beside it, which only warn."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan
from app.scheduling.values import Finding, Holiday, InvitedCountry, Rule, Severity

OFFICE_OPENS, OFFICE_CLOSES = time(8), time(17)
ONE_DAY = timedelta(days=1)


@cache
def zone_of(timezone: str) -> ZoneInfo:
    """Kept for good: ZoneInfo itself remembers only eight, so that eleven countries would read files each time."""
    return ZoneInfo(timezone)


def local_days(span: Timespan, timezone: str) -> tuple[date, ...]:
    """The calendar days a span touches in a zone; one that ends at midnight does not touch the next day."""
    zone = zone_of(timezone)
    first = span.starts_at.astimezone(zone).date()
    last = (span.ends_at - timedelta.resolution).astimezone(zone).date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def within_office_hours(span: Timespan, timezone: str) -> bool:
    """08:00–17:00 on the wall, without a night between; of several days the first opening and last closing count."""
    zone = zone_of(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    if starts.date() != ends.date() and span.duration < ONE_DAY:
        return False
    return OFFICE_OPENS <= starts.time() < OFFICE_CLOSES and OFFICE_OPENS < ends.time() <= OFFICE_CLOSES


def outside_hours(span: Timespan, countries: Sequence[InvitedCountry]) -> tuple[Finding, ...]:
    outside = tuple(country for country in countries if not within_office_hours(span, country.timezone))
    return (Finding(Rule.OUTSIDE_HOURS, Severity.WARN, span, countries=outside),) if outside else ()


def on_holiday(span: Timespan, countries: Sequence[InvitedCountry], holidays: Iterable[Holiday]) -> tuple[Finding, ...]:
    """The invited countries that rest on a day the span touches there; for each the first such holiday."""
    closed = {(holiday.country_code, holiday.on): holiday for holiday in holidays}
    hits = []
    for country in countries:
        days = (closed.get((country.code, day)) for day in local_days(span, country.timezone))
        first = next((holiday for holiday in days if holiday), None)
        if first:
            hits.append((country, first))
    if not hits:
        return ()
    resting, names = zip(*hits, strict=True)
    return (Finding(Rule.HOLIDAY, Severity.WARN, span, countries=resting, holidays=names),)


def remarks(span: Timespan, countries: Sequence[InvitedCountry], holidays: Iterable[Holiday]) -> tuple[Finding, ...]:
    return outside_hours(span, countries) + on_holiday(span, countries, holidays)
