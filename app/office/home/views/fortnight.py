"""Two weeks of the programme beside the tasks: one line a working day, in the secretariat's hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.lists import format_list
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import date_locale, interface_language
from app.office.home.queries import FORTNIGHT, Fortnight, Today
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.rules import days_between, first_and_last_day
from app.planning.programme.views.month import Mark, Marks, words_of
from app.web.locale import reader_language
from app.web.render import zone_label

FRIDAY = 4
NAMED = 2


@dataclass(frozen=True)
class FortnightLine:
    hour: str
    mark: Mark | None
    text: str
    url: str | None


@dataclass(frozen=True)
class Day:
    on: date
    name: str
    is_past: bool
    is_today: bool
    starts_week: bool
    lines: Sequence[FortnightLine]
    holiday: str


@dataclass(frozen=True)
class FortnightShown:
    title: str
    days: Sequence[Day]
    before: str
    after: str
    zone: str


def fortnight_shown(page: Today, two_weeks: Fortnight, now: datetime) -> FortnightShown:
    """Weekends only where something is on."""
    lines = _lines(page, two_weeks)
    last = two_weeks.monday + FORTNIGHT - timedelta(days=1)
    days = [
        _day(page, two_weeks, on, lines.get(on, []))
        for on in days_between(two_weeks.monday, last)
        if on.weekday() <= FRIDAY or on in lines
    ]
    first, end = (
        format_skeleton("MMMd", on, locale=date_locale(reader_language()))
        for on in (days[0].on, days[-1].on)
    )
    return FortnightShown(
        title=_("%(first)s to %(last)s", first=first, last=end),
        days=days,
        before=url_for("home.home", week=(two_weeks.monday - FORTNIGHT).isoformat()),
        after=url_for("home.home", week=(two_weeks.monday + FORTNIGHT).isoformat()),
        zone=zone_label(REFERENCE_ZONE, now, reader_language()),
    )


def _lines(page: Today, two_weeks: Fortnight) -> dict[date, list[FortnightLine]]:
    by_day: dict[date, list[FortnightLine]] = {}
    marks = Marks(page.groups)
    by_slug = {mark.slug: mark for mark in marks.legend}
    for entry in two_weeks.entries:
        for number, on in enumerate(_days_of(entry)):
            hour = "" if number or entry.is_all_day else _hour(entry)
            mark = by_slug.get(entry.groups[0]) if entry.groups else None
            url = None if entry.is_reserved else url_for("events.event", event_id=entry.id)
            by_day.setdefault(on, []).append(
                FortnightLine(hour=hour, mark=mark, text=words_of(entry), url=url)
            )
    return by_day


def _days_of(entry: ProgrammeEntry) -> Sequence[date]:
    if entry.starts_at is None or entry.ends_at is None:
        return ()
    first, last = first_and_last_day(
        entry.starts_at,
        entry.ends_at,
        timezone=entry.timezone,
        is_all_day=entry.is_all_day,
        reader_timezone=REFERENCE_ZONE,
    )
    return list(days_between(first, last))


def _hour(entry: ProgrammeEntry) -> str:
    return (
        f"{entry.starts_at.astimezone(ZoneInfo(REFERENCE_ZONE)):%H:%M}" if entry.starts_at else ""
    )


def _day(page: Today, two_weeks: Fortnight, on: date, lines: Sequence[FortnightLine]) -> Day:
    language = reader_language()
    weekday = format_skeleton("E", on, locale=date_locale(language)).strip(".")
    names = [
        one.country.name.in_(language) or one.country.code
        for one in two_weeks.holidays
        if one.on == on
    ]
    if len(names) > NAMED:
        names = [*names[:NAMED], ngettext("%(num)s more", "%(num)s more", len(names) - NAMED)]
    return Day(
        on=on,
        name=f"{weekday} {on.day}",
        is_past=on < page.day,
        is_today=on == page.day,
        starts_week=on.weekday() == 0 and on != two_weeks.monday,
        lines=lines,
        holiday=_(
            "Holiday in %(countries)s",
            countries=format_list(names, locale=interface_language(language)),
        )
        if names
        else "",
    )
