"""The programme as a list of days: the hours in a column by the reader's clock, as in a timetable."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.text import date_locale
from app.planning.events.values import EventStatus, registration
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.rules.month import first_and_last_day
from app.planning.programme.views.month import Mark, Marks, title_of
from app.web.addresses import path_of_row
from app.web.locale import reader_language, reader_timezone
from app.web.render import day_text, moment

FEW = 5
"""So few places left are worth a word in the list."""


@dataclass(frozen=True)
class Remark:
    """A state in a list: its kind as `components/marks.html` knows it, its word, its shape."""

    kind: str
    word: str
    shape: str | None = None


@dataclass(frozen=True)
class ListItem:
    """`starts` and `ends` are hours of the reader's zone, "" where the event has days and no hours;
    `whole` says so in words, or until which day it lasts. `elsewhere`: the hours where it is held,
    with the zone, if they differ.
    """

    url: str | None
    title: str
    iso: str
    starts: str
    ends: str
    whole: str
    elsewhere: str
    marks: tuple[Mark, ...]
    place: str
    status: str | None
    said: tuple[Remark, ...]


@dataclass
class ListDay:
    """`away` says how far off the day is, "" for a past one."""

    on: date
    text: str
    away: str
    is_today: bool
    items: list[ListItem] = field(default_factory=list)


def agenda_days(
    entries: Iterable[ProgrammeEntry], marks: Marks, *, today: date, past: bool = False
) -> list[ListDay]:
    """Entries under the reader's day on which they start, in the order given. A list of what comes
    begins with today, even where nothing is held; that day has no items.
    """
    days = [] if past else [list_day(today, today)]
    for entry in entries:
        first, last = _days_of(entry)
        if not days or days[-1].on != first:
            if days and days[-1].on == today and not past and first < today:
                days.pop()
            days.append(list_day(first, today, past=past))
        days[-1].items.append(_item(entry, first, last, marks, past=past))
    return days


def list_day(on: date, today: date, *, past: bool = False) -> ListDay:
    away = "" if past else _away((on - today).days)
    return ListDay(on, day_in_list(on, today), away, on == today)


def day_in_list(on: date, today: date) -> str:
    """ "jueves 3 dic"; with the year where it is another one."""
    pattern = "EEEE d MMM" if on.year == today.year else "EEEE d MMM y"
    return str(format_date(on, pattern, locale=date_locale(reader_language())))


def _away(days: int) -> str:
    if days < 0:
        return str(_("under way"))
    if days == 0:
        return str(_("today"))
    if days == 1:
        return str(_("tomorrow"))
    return str(ngettext("in %(num)s day", "in %(num)s days", days))


def _days_of(entry: ProgrammeEntry) -> tuple[date, date]:
    assert entry.starts_at is not None and entry.ends_at is not None  # noqa: S101, PT018 - the query asked for instants
    return first_and_last_day(
        entry.starts_at,
        entry.ends_at,
        timezone=entry.timezone,
        is_all_day=entry.is_all_day,
        reader_timezone=reader_timezone(),
    )


def _item(entry: ProgrammeEntry, first: date, last: date, marks: Marks, *, past: bool) -> ListItem:
    assert entry.starts_at is not None and entry.ends_at is not None  # noqa: S101, PT018 - the query asked for instants
    starts, ends = (
        at.astimezone(ZoneInfo(reader_timezone())) for at in (entry.starts_at, entry.ends_at)
    )
    whole = _("Until %(day)s", day=day_text(last, reader_language())) if last > first else ""
    has_hours = not entry.is_all_day
    held = moment(entry.starts_at, entry.ends_at, entry.timezone)
    return ListItem(
        url=None if entry.is_reserved else path_of_row("events.event", event_id=entry.id),
        title=title_of(entry),
        iso=held.iso if has_hours else first.isoformat(),
        starts=f"{starts:%H:%M}" if has_hours else "",
        ends=f"{ends:%H:%M}" if has_hours and last == first else "",
        whole=whole or ("" if has_hours else _("All day")),
        elsewhere=held.event_text if has_hours and held.reader_text else "",
        marks=marks.of(entry),
        place=entry.place,
        status=None if entry.status is EventStatus.PUBLISHED else entry.status.value,
        said=() if past else tuple(_said(entry)),
    )


def _said(entry: ProgrammeEntry) -> Iterable[Remark]:
    """How the reader's own registration stands, or else that few places are left."""
    if entry.status is not EventStatus.PUBLISHED:
        return
    match entry.own:
        case registration.REGISTERED:
            yield Remark("good", _("You are registered"))
        case registration.WAITING:
            yield Remark("warn", _("On the waiting list"), "clock")
        case registration.PENDING:
            yield Remark("quiet", _("To be decided"), "clock")
        case _ if entry.capacity:
            free = entry.capacity - entry.taken
            if free <= 0:
                yield Remark("quiet", _("Full: waiting list"), "people")
            elif free <= FEW:
                words = ngettext(
                    "%(num)s place left of %(all)s",
                    "%(num)s places left of %(all)s",
                    free,
                    all=entry.capacity,
                )
                yield Remark("quiet", words, "people")
