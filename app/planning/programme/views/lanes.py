"""The programme as lanes: working groups down, weeks across, so that what is planned at once stands
side by side.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_interval, format_skeleton
from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading
from app.infra.language import ntranslate, translate
from app.kernel.text import N_, date_locale
from app.planning.events.policy import may_plan, may_plan_for
from app.planning.events.values import (
    EXCLUSIVE_KINDS,
    EventKind,
    EventStatus,
    GroupSummary,
    holder_of,
)
from app.planning.programme import rules
from app.planning.programme.queries.programme import (
    BindingHoliday,
    Process,
    ProgrammeEntry,
    all_groups,
    binding_holidays,
    entries_between,
    processes_between,
    shared_people,
)
from app.planning.programme.rules import (
    CHOICES,
    USUAL,
    WEEK,
    Closure,
    clipped,
    closed_days,
    first_and_last_day,
    monday_of,
)
from app.planning.programme.views import bp
from app.planning.programme.views.choice import (
    Counts,
    chosen_groups,
    counts_of,
    group_chips,
    of_groups,
)
from app.planning.programme.views.month import FOR_ALL, RESERVED, Chip, Marks, words_of
from app.planning.scheduling.queries.calendar import overrides_of
from app.web.addresses import path_of_row
from app.web.fields import day_in
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import hours_text, zone_label

# Entries as chips in the cells of lanes: a lane for each working group, a column for each week.

CLOSED_FOR = N_("%(country)s: %(holiday)s")
AT_ONCE = N_("at the same time as %(others)s")
ANOTHER = N_("another")
WORKING_GROUP = "working-group"
LINE = 19
"""Characters in a line of a column of 146 px."""
CLOSED, WITHOUT_GROUP, PROCESSES = "closed", "all", "others"
LOOK_OF_OTHERS = "gx"


@dataclass(frozen=True)
class Placed:
    """A chip with the days it covers, in the lanes called so."""

    first: date
    last: date
    chip: Chip
    lanes: tuple[str, ...]
    closure: Closure | None = None


def placed_entries(
    entries: Iterable[ProgrammeEntry],
    groups: Sequence[GroupSummary],
    marks: Marks,
    *,
    with_day: bool = True,
) -> list[Placed]:
    """Returns the entries with their chips, in the order given. `with_day`: the chips name their
    day, and their groups only when there are several; without it their groups always and no day,
    because they stand in its row.
    """
    kinds, listed = {group.slug: group.kind for group in groups}, list(entries)
    clashing = at_once(entry for entry in listed if calls_a_group(entry, kinds))
    return [
        _placed(entry, kinds, marks, with_day=with_day, others=clashing.get(entry.id, ()))
        for entry in listed
    ]


def calls_a_group(entry: ProgrammeEntry, kinds: Mapping[str, str]) -> bool:
    """Returns True for events of which two are not held at once: those of a working group, and
    those of the congress, which are for the people of all groups.
    """
    if not entry.groups:
        return entry.has_edition
    return any(kinds[slug] == WORKING_GROUP for slug in entry.groups)


def at_once(entries: Iterable[ProgrammeEntry]) -> dict[UUID, list[ProgrammeEntry]]:
    """Returns those that take place while others do, with the others: what an override let stand."""
    clashing: dict[UUID, list[ProgrammeEntry]] = defaultdict(list)
    held = [
        one
        for one in entries
        if one.status is not EventStatus.CANCELLED
        and one.kind is not EventKind.EXTERNAL
        and one.starts_at is not None
    ]
    running: list[ProgrammeEntry] = []
    for entry in sorted(held, key=lambda one: (one.starts_at, one.id)):
        running = [one for one in running if one.ends_at and one.ends_at > _start(entry)]
        for other in running:
            clashing[entry.id].append(other)
            clashing[other.id].append(entry)
        running.append(entry)
    return dict(clashing)


def _start(entry: ProgrammeEntry) -> datetime:
    assert entry.starts_at is not None  # noqa: S101 - the query asked for instants
    return entry.starts_at


def clash_words(others: Sequence[ProgrammeEntry], marks: Marks) -> str:
    """Returns "at the same time as GF", or "… another" where the others have no letters or the
    same.
    """
    codes = dict.fromkeys(code for other in others for code in marks.codes(other).split())
    language = reader_language()
    names = ", ".join(codes) or translate(language, ANOTHER)
    return translate(language, AT_ONCE, others=names) if others else ""


def _placed(
    entry: ProgrammeEntry,
    kinds: dict[str, str],
    marks: Marks,
    *,
    with_day: bool,
    others: Sequence[ProgrammeEntry],
) -> Placed:
    assert entry.starts_at is not None and entry.ends_at is not None  # noqa: S101, PT018 - the query asked for instants
    first, last = first_and_last_day(
        entry.starts_at,
        entry.ends_at,
        timezone=entry.timezone,
        is_all_day=entry.is_all_day,
        reader_timezone=reader_timezone(),
    )
    hour = (
        ""
        if entry.is_all_day
        else f"{entry.starts_at.astimezone(ZoneInfo(reader_timezone())):%H:%M}"
    )
    state = "" if entry.status is EventStatus.PUBLISHED else entry.status.value
    if not state and with_day and entry.ends_at <= clock.now():
        state = "past"
    url = None if entry.is_reserved else path_of_row("events.event", event_id=entry.id)
    codes = marks.codes(entry) if len(entry.groups) > 1 or not with_day else ""
    if last > first:
        day, hour = days_text(first, last), ""
    else:
        day = _day(first) if with_day else ""
    words = words_of(entry)
    chip = Chip(
        url=url,
        hour=hour,
        text=words,
        codes=codes,
        look=marks.look(entry),
        state=state,
        part="",
        cut=clipped(words, width=LINE),
        day=day,
        clash=clash_words(others, marks),
    )
    return Placed(
        first=first,
        last=last,
        chip=chip,
        lanes=lanes_of(entry, kinds),
        closure=Closure(first, last) if closes(entry) else None,
    )


def closes(entry: ProgrammeEntry) -> bool:
    """Returns True for a congress or a governance meeting that is published: the region holds
    nothing else meanwhile.
    """
    return entry.kind in EXCLUSIVE_KINDS and entry.status is EventStatus.PUBLISHED


def lanes_of(entry: ProgrammeEntry, kinds: dict[str, str]) -> tuple[str, ...]:
    """Returns the lanes an entry stands in. What no working group takes part in is the whole
    region's.
    """
    if entry.kind is EventKind.EXTERNAL:
        return (PROCESSES,)
    if entry.kind in EXCLUSIVE_KINDS:
        return (CLOSED, *entry.groups)
    has_working_group = any(kinds[slug] == WORKING_GROUP for slug in entry.groups)
    return entry.groups if has_working_group else (*entry.groups, WITHOUT_GROUP)


def placed_holiday(holiday: BindingHoliday) -> Placed:
    language = reader_language()
    words = translate(language, CLOSED_FOR, country=holiday.country, holiday=holiday.name)
    chip = Chip(
        url=None,
        hour="",
        text=words,
        codes="",
        look="gg",
        state="plain",
        part="",
        cut=words,
        day=_day(holiday.on),
    )
    return Placed(
        first=holiday.on,
        last=holiday.on,
        chip=chip,
        lanes=(CLOSED,),
        closure=Closure(holiday.on, holiday.on),
    )


def placed_process(process: Process, *, with_day: bool = True) -> Placed:
    zone, language = ZoneInfo(process.timezone), reader_language()
    starts, ends = process.span.starts_at.astimezone(zone), process.span.ends_at.astimezone(zone)
    is_all_day = starts.time() == ends.time() == starts.time().min
    first, last = first_and_last_day(
        starts,
        ends,
        timezone=process.timezone,
        is_all_day=is_all_day,
        reader_timezone=reader_timezone(),
    )
    hour = "" if is_all_day else f"{starts.astimezone(ZoneInfo(reader_timezone())):%H:%M}"
    title = process.title.in_(language) or translate(language, RESERVED)
    if last > first:
        day, hour = days_text(first, last), ""
    else:
        day = _day(first) if with_day else ""
    cut = clipped(title, width=LINE)
    chip = Chip(
        url=None,
        hour=hour,
        text=title,
        codes="",
        look=LOOK_OF_OTHERS,
        state="",
        part="",
        cut=cut,
        day=day,
    )
    return Placed(first, last, chip, (PROCESSES,))


def by_lane_and_week(
    placed: Iterable[Placed], weeks: Sequence[date]
) -> dict[tuple[str, date], list[Chip]]:
    """Returns the chips by lane and by the Monday of each week that they touch."""
    chips: dict[tuple[str, date], list[Chip]] = defaultdict(list)
    for one in placed:
        touched = [monday for monday in weeks if monday_of(one.first) <= monday <= one.last]
        for lane in one.lanes:
            for monday in touched:
                chips[lane, monday].append(one.chip)
    return chips


def _day(on: date) -> str:
    return str(format_skeleton("Ed", on, locale=date_locale(reader_language())))


def days_text(first: date, last: date) -> str:
    """Returns "7–13 dic"."""
    return str(format_interval(first, last, "MMMd", locale=date_locale(reader_language())))


ONE_DAY = timedelta(days=1)
NAMES = {
    CLOSED: N_("Closed for all"),
    WITHOUT_GROUP: N_("Without a group"),
    PROCESSES: N_("Other processes"),
}
NOTHING_ELSE = N_("Closed %(days)s")
TWO_AT_ONCE = N_("On %(day)s, %(first)s and %(second)s are held at once.")
MOST_CLASHES = 3


@dataclass(frozen=True)
class Week:
    """`is_current`: today is in it."""

    monday: date
    text: str
    is_current: bool
    count: int


@dataclass(frozen=True)
class LaneCell:
    """`hatch` names the days (d1 Monday … d7 Sunday) on which nothing else may be held; `closed`
    says them. `today` is 1 for Monday to 7 for Sunday in the week of today, else 0.
    """

    chips: Sequence[Chip]
    hatch: str
    closed: str
    today: int


@dataclass(frozen=True)
class Lane:
    code: str
    name: str
    look: str
    cells: Sequence[LaneCell]
    is_open: bool


@dataclass(frozen=True)
class ClashSaid:
    """Two events at once, for who plans them. `is_confirmed`: somebody decided that both stand.
    `url` leads to where the later one is moved,
    for whom may, or to its page.
    """

    sentence: str
    is_confirmed: bool
    url: str


@bp.get("/programme/lanes")
@requires(anyone)
def lanes() -> Any:
    today, typed = clock.today(reader_timezone()), request.args.get("from", "")
    day = day_in(typed)
    if day and not rules.is_shown(day):
        day = None
    length = request.args.get("weeks", USUAL, type=int)
    weeks = rules.mondays(rules.monday_of(day or today), length if length in CHOICES else USUAL)
    with reading() as db:
        groups = all_groups(db)
        chosen = chosen_groups(groups)
        entries = _entries(db, weeks)
        placed = _all_placed(db, weeks, groups, entries)
        clashes = _clashes(db, of_groups(entries, chosen), groups)
    html = _page(
        weeks,
        groups,
        chosen,
        placed,
        counts=counts_of(_within(entries, weeks)),
        clashes=clashes,
        today=today,
        unknown="" if day or not typed else typed,
    )
    return html, 200 if day or not typed else 422


def _edges(weeks: Sequence[date]) -> tuple[datetime, datetime]:
    zone = ZoneInfo(reader_timezone())
    starts, ends = (datetime.combine(on, time(), zone) for on in (weeks[0], weeks[-1] + WEEK))
    return starts, ends


def _entries(db: Session, weeks: Sequence[date]) -> tuple[ProgrammeEntry, ...]:
    starts, ends = _edges(weeks)
    return entries_between(
        db, actor=current_actor(), starts_at=starts - ONE_DAY, ends_at=ends + ONE_DAY
    )


def _within(entries: Iterable[ProgrammeEntry], weeks: Sequence[date]) -> list[ProgrammeEntry]:
    """Returns the entries without those of the day before and after, which were read for the sake
    of other zones.
    """
    starts, ends = _edges(weeks)
    return [
        one
        for one in entries
        if one.starts_at and one.ends_at and one.starts_at < ends and one.ends_at > starts
    ]


def _clashes(
    db: Session, entries: Iterable[ProgrammeEntry], groups: Sequence[GroupSummary]
) -> list[ClashSaid]:
    """Returns the first few that are still to come, each pair once; two statements a pair."""
    actor, marks, now = current_actor(), Marks(groups), clock.now()
    if not may_plan(actor):
        return []
    kinds = {group.slug: group.kind for group in groups}
    coming = {
        one.id: one
        for one in entries
        if one.ends_at and one.ends_at > now and calls_a_group(one, kinds)
    }
    said: list[ClashSaid] = []
    for later, others in at_once(coming.values()).items():
        for other in others:
            first, second = other, coming[later]
            is_pair = (first.starts_at, first.id) < (second.starts_at, second.id)
            if (
                is_pair
                and len(said) < MOST_CLASHES
                and not (first.is_reserved or second.is_reserved)
            ):
                said.append(_clash(db, first, second, marks))
    return said


def _clash(db: Session, first: ProgrammeEntry, second: ProgrammeEntry, marks: Marks) -> ClashSaid:
    language = reader_language()
    people = shared_people(db, first=first.id, second=second.id)
    is_confirmed = bool(overrides_of(db, holder=holder_of(second.id)))
    sentence = translate(
        language,
        TWO_AT_ONCE,
        day=_day_said(first),
        first=_who_and_when(first, marks),
        second=_who_and_when(second, marks),
    )
    if people:
        sentence += " " + ntranslate(
            language, "They share %(n)s person.", "They share %(n)s people.", people
        )
    may_move = may_plan_for(current_actor(), second.groups, second.kind)
    page = "events.edit" if may_move and not is_confirmed else "events.event"
    url = url_for(page, event_id=second.id)
    return ClashSaid(sentence, is_confirmed, url)


def _day_said(entry: ProgrammeEntry) -> str:
    assert entry.starts_at is not None  # noqa: S101 - the query asked for instants
    local = entry.starts_at.astimezone(ZoneInfo(reader_timezone()))
    return str(format_skeleton("MMMEd", local, locale=date_locale(reader_language())))


def _who_and_when(entry: ProgrammeEntry, marks: Marks) -> str:
    """Returns "Gestión Fronteriza (10:30–11:30)"."""
    assert entry.starts_at is not None and entry.ends_at is not None  # noqa: S101, PT018 - the query asked for instants
    language = reader_language()
    names = ", ".join(mark.short.in_(language) for mark in marks.of(entry))
    names = names or f"«{entry.title.in_(language)}»"
    return f"{names} ({hours_text(entry.starts_at, entry.ends_at, reader_timezone())})"


def _all_placed(
    db: Session,
    weeks: Sequence[date],
    groups: Sequence[GroupSummary],
    entries: Sequence[ProgrammeEntry],
) -> list[Placed]:
    starts, ends = _edges(weeks)
    holidays = binding_holidays(db, first=weeks[0], last=weeks[-1] + WEEK - ONE_DAY)
    processes = processes_between(db, starts_at=starts, ends_at=ends)
    return [
        *placed_entries(entries, groups, Marks(groups)),
        *map(placed_holiday, holidays),
        *map(placed_process, processes),
    ]


def _page(
    weeks: Sequence[date],
    groups: Sequence[GroupSummary],
    chosen: Sequence[str],
    placed: Sequence[Placed],
    *,
    counts: Counts,
    clashes: Sequence[ClashSaid],
    today: date,
    unknown: str,
) -> str:
    now, marks = rules.monday_of(today), Marks(groups)
    columns = [
        Week(
            monday,
            days_text(monday, monday + WEEK - ONE_DAY),
            monday == now,
            sum(one.chip.url is not None and _is_in(one, monday) for one in placed),
        )
        for monday in weeks
    ]
    shown = _lanes(columns, groups, chosen, placed, marks, today=today)
    last = weeks[-1] + WEEK - ONE_DAY
    is_first = weeks[0] == now
    return render_template(
        "planning/programme/lanes.html",
        weeks=columns,
        lanes=shown,
        clashes=clashes,
        chips=group_chips(
            marks.legend,
            chosen,
            counts,
            lambda slugs: _url(weeks, 0, slugs, is_first=is_first) or "",
        ),
        chosen=chosen,
        unknown=unknown,
        length=len(weeks),
        lengths=CHOICES,
        first=weeks[0],
        span=str(format_interval(weeks[0], last, "yMMMd", locale=date_locale(reader_language()))),
        zone=zone_label(reader_timezone(), clock.now(), reader_language()),
        is_empty=not any(cell.chips for lane in shown for cell in lane.cells),
        earlier=_url(weeks, -len(weeks), chosen),
        later=_url(weeks, len(weeks), chosen),
        from_today=url_for("programme.lanes", group=chosen, weeks=_length(weeks)),
        plans=may_plan(current_actor()),
    )


def _is_in(one: Placed, monday: date) -> bool:
    return rules.monday_of(one.first) <= monday <= one.last


def _lanes(
    columns: Sequence[Week],
    groups: Sequence[GroupSummary],
    chosen: Sequence[str],
    placed: Sequence[Placed],
    marks: Marks,
    *,
    today: date,
) -> list[Lane]:
    """Returns the lanes: what is closed first; then the groups chosen, or every working group; then
    other processes.
    """
    mondays = [week.monday for week in columns]
    chips = by_lane_and_week(placed, mondays)
    closures = [one.closure for one in placed if one.closure]
    closed = {monday: closed_days(closures, monday) for monday in mondays}

    def lane(slug: str, code: str, name: str, look: str) -> Lane:
        is_open = slug not in (CLOSED, PROCESSES)
        cells = [
            _cell(
                chips.get((slug, week.monday), ()),
                closed[week.monday] if is_open else (),
                today.isoweekday() if week.is_current else 0,
            )
            for week in columns
        ]
        return Lane(code=code, name=name, look=look, cells=cells, is_open=is_open)

    def named(slug: str, look: str = FOR_ALL) -> Lane:
        return lane(slug, "", translate(reader_language(), NAMES[slug]), look)

    wanted = chosen or [group.slug for group in groups if group.kind == WORKING_GROUP]
    own = [
        lane(m.slug, m.code, m.short.in_(reader_language()), m.look)
        for m in marks.legend
        if m.slug in wanted
    ]
    has_others = not chosen and any(slug == WITHOUT_GROUP for slug, _monday in chips)
    return [
        named(CLOSED, "gg"),
        *own,
        *([named(WITHOUT_GROUP)] if has_others else []),
        named(PROCESSES, "gx"),
    ]


def _cell(chips: Sequence[Chip], closed: Sequence[date], today: int) -> LaneCell:
    hatch = " ".join(f"d{on.isoweekday()}" for on in closed)
    words = translate(reader_language(), NOTHING_ELSE, days=days_in_words(closed)) if closed else ""
    return LaneCell(chips, hatch, words, today)


def days_in_words(days: Sequence[date]) -> str:
    """Returns "3–5 dic": stretches of days that follow each other."""
    stretches: list[list[date]] = []
    for on in days:
        if stretches and on - stretches[-1][-1] == ONE_DAY:
            stretches[-1].append(on)
        else:
            stretches.append([on])
    return ", ".join(days_text(stretch[0], stretch[-1]) for stretch in stretches)


def _length(weeks: Sequence[date]) -> int | None:
    return None if len(weeks) == USUAL else len(weeks)


def _url(
    weeks: Sequence[date], by: int, chosen: Sequence[str], *, is_first: bool = False
) -> str | None:
    """`is_first`: the weeks from today on, which need no day in the address."""
    first = rules.shifted(weeks[0], by)
    if first is None:
        return None
    args: dict[str, Any] = {
        "from": None if is_first else first.isoformat(),
        "weeks": _length(weeks),
        "group": chosen,
    }
    return url_for("programme.lanes", **args)
