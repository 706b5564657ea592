"""Hours, days and months in words; hours always with the zone they are counted in."""

from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, date_locale, in_every_language
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import local_days
from app.planning.scheduling.values import Standing
from app.web.render import zone_label

_DAY = {"es": "d 'de' MMMM", "en": "d MMMM"}


def when(other: Standing, *, asked_for: Timespan, reader_timezone: str) -> Sentence:
    """Returns the hours of the other engagement in its own zone, and in the reader's where the
    clock shows something else.
    """
    starts_at = other.span.starts_at
    there, here = (
        starts_at.astimezone(ZoneInfo(zone)) for zone in (other.timezone, reader_timezone)
    )
    event = hours(other.span, other.timezone, known_day=local_days(asked_for, other.timezone)[0])
    if there.utcoffset() == here.utcoffset():
        return event
    reader = hours(other.span, reader_timezone, known_day=local_days(other.span, other.timezone)[0])
    return Sentence(N_("%(event)s —for you, %(reader)s—"), {"event": event, "reader": reader})


def hours(span: Timespan, timezone: str, *, known_day: date) -> Sentence:
    """Returns hours with their zone; the day too, unless it is the one that is spoken of anyway."""
    zone = ZoneInfo(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    days = local_days(span, timezone)
    label = in_every_language(lambda language: zone_label(timezone, span.starts_at, language))
    words = {"start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}", "zone": label}
    if len(days) > 1:
        words |= {"first_day": day_of(starts.date()), "last_day": day_of(ends.date())}
        return Sentence(
            N_("from %(start)s on %(first_day)s to %(end)s on %(last_day)s (%(zone)s)"), words
        )
    if days[0] != known_day:
        return Sentence(
            N_("on %(day)s from %(start)s to %(end)s (%(zone)s)"), words | {"day": day_of(days[0])}
        )
    return Sentence(N_("from %(start)s to %(end)s (%(zone)s)"), words)


def day_of(on: date) -> LocalizedText:
    return in_every_language(
        lambda language: format_date(on, _DAY.get(language, "d MMMM"), locale=date_locale(language))
    )


def days_of(span: Timespan, timezone: str) -> LocalizedText:
    """Returns the days it touches in the zone: "10 December", "22–23 June", "30 June – 2 July"."""
    first, *rest = local_days(span, timezone)
    if not rest:
        return day_of(first)
    last = day_of(rest[-1])
    if first.month == rest[-1].month:
        return last.map(lambda day: f"{first.day}–{day}")
    return in_every_language(lambda language: f"{day_of(first)[language]} – {last[language]}")


def month_of(on: date) -> LocalizedText:
    return in_every_language(
        lambda language: format_skeleton("yMMMM", on, locale=date_locale(language))
    )
