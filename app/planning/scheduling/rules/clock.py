"""Rules about the hour and the calendar of each country."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.values import (
    Finding,
    Holiday,
    InvitedCountry,
    Rule,
    Severity,
    Standing,
)

OFFICE_OPENS, OFFICE_CLOSES = time(8), time(17)
ONE_DAY = timedelta(days=1)


@cache
def zone_of(timezone: str) -> ZoneInfo:
    """Returns a time zone and keeps it. ZoneInfo itself keeps eight, so that eleven countries would
    read files again and again.
    """
    return ZoneInfo(timezone)


def local_days(span: Timespan, timezone: str) -> tuple[date, ...]:
    """Returns the calendar days that a span touches in a zone; one that ends at midnight does not
    touch the next day.
    """
    zone = zone_of(timezone)
    first = span.starts_at.astimezone(zone).date()
    last = (span.ends_at - timedelta.resolution).astimezone(zone).date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def within_office_hours(span: Timespan, timezone: str) -> bool:
    """Returns True between 08:00 and 17:00 on the wall clock, with no night between.

    Of several days the first start and the last end count.
    """
    zone = zone_of(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    if starts.date() != ends.date() and span.duration < ONE_DAY:
        return False
    return (
        OFFICE_OPENS <= starts.time() < OFFICE_CLOSES
        and OFFICE_OPENS < ends.time() <= OFFICE_CLOSES
    )


def outside_hours(
    question: Question, _standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds the invited countries in which the event lies outside office hours."""
    outside = tuple(
        country
        for country in question.countries
        if not within_office_hours(question.span, country.timezone)
    )
    if not outside:
        return ()
    setting = terms.setting(Rule.OUTSIDE_HOURS, question.span)
    return (
        Finding(
            Rule.OUTSIDE_HOURS,
            setting.severity,
            question.span,
            countries=outside,
            approver=setting.approver,
        ),
    )


def on_holiday(
    question: Question, _standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds the invited countries with a holiday on a day that the span touches there, each once
    and by its weightiest holiday.

    Binding, national and regional holidays are found separately. Where as many countries as the
    threshold have a national holiday, it must be confirmed; fewer get the severity that is set.
    """
    span = question.span
    closed: dict[tuple[str, date], list[Holiday]] = {}
    for holiday in question.holidays:
        closed.setdefault((holiday.country_code, holiday.on), []).append(holiday)
    if not closed:
        return ()
    resting: dict[Rule, list[tuple[InvitedCountry, Holiday]]] = {}
    for country in question.countries:
        days = local_days(span, country.timezone)
        holidays = [holiday for day in days for holiday in closed.get((country.code, day), ())]
        if holidays:
            weightiest = min(holidays, key=lambda holiday: WEIGHTS.index(rule_of(holiday)))
            resting.setdefault(rule_of(weightiest), []).append((country, weightiest))
    return tuple(_rest(rule, span, resting[rule], terms) for rule in WEIGHTS if rule in resting)


WEIGHTS = (Rule.BINDING_HOLIDAY, Rule.HOLIDAY, Rule.REGIONAL_HOLIDAY)


def rule_of(holiday: Holiday) -> Rule:
    if holiday.is_binding:
        return Rule.BINDING_HOLIDAY
    return Rule.HOLIDAY if holiday.scope == "national" else Rule.REGIONAL_HOLIDAY


def _rest(
    rule: Rule, span: Timespan, hits: Sequence[tuple[InvitedCountry, Holiday]], terms: Terms
) -> Finding:
    setting = terms.setting(rule, span)
    count, limit = len(hits), setting.threshold
    is_many = limit is not None and count >= limit
    severity = Severity.CONFIRM if is_many else setting.severity
    countries, names = zip(*hits, strict=True)
    return Finding(
        rule,
        severity,
        span,
        countries=countries,
        holidays=names,
        approver=setting.approver,
        limit=limit if is_many else None,
        count=count,
    )
