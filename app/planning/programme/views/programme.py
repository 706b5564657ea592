"""The programme: a month on the wall, and the agenda as a list of days. The filters live in the address."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import get_template_attribute, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.paging import Paging
from app.kernel.text import N_, Language, LocalizedText, date_locale
from app.planning.events import values
from app.planning.events.policy import may_plan
from app.planning.events.queries.references import WORKING_GROUP
from app.planning.events.values import EventKind, EventStatus, GroupSummary
from app.planning.holidays.queries import holidays_between
from app.planning.programme.queries.programme import (
    ORGANS,
    ProgrammeEntry,
    agenda,
    all_groups,
    group_counts,
    number_of_events,
    of_partial_dates,
)
from app.planning.programme.queries.programme import programme as entries_of
from app.planning.programme.rules import (
    first_and_last_day,
    month_of,
    next_month,
    previous_month,
    weeks_of,
)
from app.planning.programme.views import bp
from app.planning.programme.views.choice import (
    Counts,
    chosen_groups,
    counts_of,
    group_chips,
    of_groups,
)
from app.planning.programme.views.month import (
    Mark,
    Marks,
    days_of,
    known_by_month,
    month_table,
    month_text,
    month_word,
    title_of,
)
from app.web.addresses import path_of_row
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.paging import page_asked
from app.web.render import DayLeaf, day_text, leaf_of, moment, zone_label

LISTS_KEPT = 64
"""About 5 KB each."""
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
    """Returns entries under the reader's day on which they start, in the order given. A list of
    what comes begins with today, even where nothing is held; that day has no items.
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


@dataclass(frozen=True)
class _ShownList:
    """Everything that shows in a list of what comes; see `_Shown` in views/month.py. `body`: whose
    names of zones they are.
    """

    entries: tuple[ProgrammeEntry, ...]
    today: date
    marks: Marks
    timezone: str
    language: Language
    body: LocalizedText
    prefix: str


def coming_list(entries: Sequence[ProgrammeEntry], marks: Marks, *, today: date) -> Markup:
    """Returns the list of what comes, drawn once for all who see the same in it."""
    return _drawn_list(
        _ShownList(
            entries=tuple(entries),
            today=today,
            marks=marks,
            timezone=reader_timezone(),
            language=reader_language(),
            body=current_body().name,
            prefix=request.script_root,
        )
    )


@lru_cache(maxsize=LISTS_KEPT)
def _drawn_list(shown: _ShownList) -> Markup:
    draw = get_template_attribute("planning/programme/_list.html", "programme_list")
    drawn: str = draw(agenda_days(shown.entries, shown.marks, today=shown.today))
    return Markup(drawn)  # noqa: S704  # a macro escapes


def list_day(on: date, today: date, *, past: bool = False) -> ListDay:
    away = "" if past else _away((on - today).days)
    return ListDay(on, day_in_list(on, today), away, on == today)


def day_in_list(on: date, today: date) -> str:
    """Returns "jueves 3 dic"; with the year where it is another one."""
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
    """Yields how the reader's own registration stands, or else that few places are left."""
    if entry.status is not EventStatus.PUBLISHED:
        return
    match entry.own:
        case values.REGISTERED:
            yield Remark("good", _("You are registered"))
        case values.WAITING:
            yield Remark("warn", _("On the waiting list"), "clock")
        case values.PENDING:
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


# The programme: a month on the wall, and the agenda as a list. The filters live in the address.

PER_PAGE = 40
FIRST_ON_A_PHONE = 8
ONE_DAY = timedelta(days=1)
TWO_OFFSETS = N_("%(before)s, then %(after)s")


@bp.get("/programme")
@requires(anyone)
def programme() -> Any:
    """Renders the month on the wall. Where no month is asked for, a phone shows what comes instead:
    a month of boxes is no help there.
    """
    today = clock.today(reader_timezone())
    typed = request.args.get("month", "")
    month = month_of(typed) or today.replace(day=1)
    is_known = not typed or month_of(typed) is not None
    starts, ends = _edges(month)
    with reading() as db:
        groups = all_groups(db)
        chosen = chosen_groups(groups)
        entries = entries_of(
            db,
            actor=current_actor(),
            month=month,
            starts_at=starts - ONE_DAY,
            ends_at=ends + ONE_DAY,
        )
        closed = holidays_between(db, first=starts.date() - ONE_DAY, last=ends.date() + ONE_DAY)
        coming = None if typed else _coming(db, chosen)
    holidays: dict[date, tuple[str, ...]] = {}
    for one in closed:
        holidays[one.on] = (*holidays.get(one.on, ()), one.country.code)
    marks = Marks(groups)
    html = _month_page(
        month,
        today,
        entries,
        chosen,
        marks=marks,
        holidays=holidays,
        coming=coming_list(coming, marks, today=today) if coming is not None else None,
        unknown="" if is_known else typed,
    )
    return html, 200 if is_known else 422


def _coming(db: Session, chosen: Sequence[str]) -> tuple[ProgrammeEntry, ...]:
    return agenda(
        db,
        actor=current_actor(),
        now=clock.now(),
        past=False,
        groups=chosen,
        limit=FIRST_ON_A_PHONE,
    )


def _month_page(
    month: date,
    today: date,
    entries: Sequence[ProgrammeEntry],
    chosen: Sequence[str],
    *,
    marks: Marks,
    holidays: Mapping[date, tuple[str, ...]],
    coming: Markup | None,
    unknown: str,
) -> str:
    language, zone = reader_language(), reader_timezone()
    drawn = {on for week in weeks_of(month) for on in week}
    on_wall = [one for one in entries if _is_on(one, drawn, zone)]
    own_days = {on for on in drawn if (on.year, on.month) == (month.year, month.month)}
    in_month = [one for one in on_wall if _is_on(one, own_days, zone)]
    shown = of_groups(on_wall, chosen)
    before, after = previous_month(month), next_month(month)
    plans = may_plan(current_actor())
    return render_template(
        "planning/programme/programme.html",
        month=month,
        chosen=chosen,
        chips=group_chips(
            marks.legend,
            chosen,
            counts_of(on_wall),
            lambda slugs: _month_url(month, slugs, is_asked=coming is None) or "",
            on_phone=counts_of(in_month),
        ),
        unknown=unknown,
        is_empty=not of_groups(in_month, chosen),
        table=month_table(month, shown, today=today, marks=marks, holidays=holidays, plans=plans),
        month_name=month_text(month, language),
        partial=known_by_month(shown, marks),
        coming=coming,
        zone=_zone_of(month),
        clock_of=zone_place(month),
        earlier=_month_url(before, chosen),
        earlier_name=before and month_word(before, language),
        later=_month_url(after, chosen),
        later_name=after and month_word(after, language),
        this_month=_month_url(today, chosen),
        plans=plans,
    )


def _is_on(entry: ProgrammeEntry, days: Collection[date], zone: str) -> bool:
    """Returns True for what stands in a cell of the days, and for a partial date, which stands
    below.
    """
    return entry.starts_at is None or not set(days).isdisjoint(days_of(entry, zone))


@bp.get("/programme/agenda")
@requires(anyone)
def programme_agenda() -> str:
    is_past, number = request.args.get("when") == "past", page_asked()
    now = clock.now()
    with reading() as db:
        groups = all_groups(db)
        chosen, actor = chosen_groups(groups), current_actor()
        entries = agenda(
            db,
            actor=actor,
            now=now,
            past=is_past,
            groups=chosen,
            limit=PER_PAGE,
            offset=(number - 1) * PER_PAGE,
        )
        total = number_of_events(db, actor=actor, now=now, past=is_past, groups=chosen)
        counts = group_counts(db, actor=actor, now=now, past=is_past)
        undated = of_partial_dates(db, actor=actor, groups=chosen) if is_past else ()
    marks, today = Marks(groups), clock.today(reader_timezone())
    days = agenda_days(entries, marks, today=today, past=is_past)
    when = "past" if is_past else None
    return render_template(
        "planning/programme/agenda.html",
        is_past=is_past,
        days=days if number == 1 else [day for day in days if day.items],
        is_empty=not entries,
        chosen=chosen,
        chips=group_chips(
            marks.legend,
            chosen,
            _by_key(counts, groups),
            lambda slugs: url_for("programme.programme_agenda", when=when, group=slugs),
        ),
        partial=known_by_month(undated, marks),
        clock_of=zone_place(today),
        plans=may_plan(actor),
        paging=Paging(total, PER_PAGE, number),
        address=lambda number: url_for(
            "programme.programme_agenda", page=number, when=when, group=chosen
        ),
    )


def _by_key(counts: Mapping[str, int], groups: Iterable[GroupSummary]) -> Counts:
    """Counts of the agenda for the chips: the organs stand together in one."""
    working = {group.slug for group in groups if group.kind == WORKING_GROUP}
    return lambda slugs: sum(
        counts.get(key, 0) for key in {slug if slug in working else ORGANS for slug in slugs}
    )


def _edges(month: date) -> tuple[datetime, datetime]:
    """Returns the start and the end of the whole weeks that show the month, in the reader's zone."""
    zone, weeks = ZoneInfo(reader_timezone()), weeks_of(month)
    first, after = weeks[0][0], weeks[-1][-1] + ONE_DAY
    return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)


def _zone_of(month: date) -> str:
    """Returns "Ottawa, UTC−5"; in a month in which the clocks change, both offsets."""
    starts, ends = _edges(month)
    labels = [zone_label(reader_timezone(), at, reader_language()) for at in (starts, ends)]
    if labels[0] == labels[1]:
        return labels[0]
    after = labels[1].rsplit(", ", 1)[-1]
    return translate(reader_language(), TWO_OFFSETS, before=labels[0], after=after)


def zone_place(on: date) -> str:
    """Returns "Costa Rica": whose clock the hours are of, where a list spans a change of clocks."""
    at = datetime.combine(on, time(12), ZoneInfo(reader_timezone()))
    return zone_label(reader_timezone(), at, reader_language()).rsplit(", ", 1)[0]


def _month_url(month: date | None, chosen: Sequence[str], *, is_asked: bool = True) -> str | None:
    """`is_asked`: with the month in the address, so that a phone shows it."""
    if month is None:
        return None
    word = f"{month:%Y-%m}" if is_asked else None
    return url_for("programme.programme", month=word, group=chosen)


# The webinar that a course which is done leads to.

LOOKED_THROUGH = 12


@dataclass(frozen=True)
class OpenWebinar:
    """The next webinar that the reader may register for, with its day and the marks of its groups."""

    entry: ProgrammeEntry
    leaf: DayLeaf | None
    marks: tuple[Mark, ...]


@bp.app_template_global()
def next_open_webinar() -> OpenWebinar | None:
    """Returns the next webinar for which the reader has not registered; None where none of those
    that come first is one.
    """
    now = clock.now()
    with reading() as db:
        coming = agenda(db, actor=current_actor(), now=now, past=False, limit=LOOKED_THROUGH)
        for entry in coming:
            if is_to_register_for(entry, now):
                marks = Marks(all_groups(db)).of(entry)
                return OpenWebinar(entry, leaf_of(entry.starts_at, now), marks)
    return None


def is_to_register_for(entry: ProgrammeEntry, now: datetime) -> bool:
    """Returns True for a published webinar that has not begun and for which the reader has no
    registration.
    """
    return (
        entry.kind is EventKind.WEBINAR
        and entry.status is EventStatus.PUBLISHED
        and not entry.is_reserved
        and entry.starts_at is not None
        and entry.starts_at > now
        and not entry.own
    )
