"""Entries as chips in the cells of lanes: a lane for each working group, a column for each week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_interval, format_skeleton

from app.infra import clock
from app.infra.language import translate
from app.kernel.text import N_, date_locale
from app.planning.events.values import EXCLUSIVE_KINDS, EventKind, EventStatus, GroupSummary
from app.planning.programme.queries.lanes import BindingHoliday, Process
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.rules.clipping import clipped
from app.planning.programme.rules.month import first_and_last_day
from app.planning.programme.rules.weeks import Closure, monday_of
from app.planning.programme.views.month import RESERVED, Chip, Marks, words_of
from app.web.addresses import path_of_row
from app.web.locale import reader_language, reader_timezone

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
    """In the order given. `with_day`: the chips name their day, and their groups only when there
    are several; without it their groups always and no day, because they stand in its row.
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
    found: dict[UUID, list[ProgrammeEntry]] = defaultdict(list)
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
            found[entry.id].append(other)
            found[other.id].append(entry)
        running.append(entry)
    return dict(found)


def _start(entry: ProgrammeEntry) -> datetime:
    assert entry.starts_at is not None  # noqa: S101 - the query asked for instants
    return entry.starts_at


def clash_words(others: Sequence[ProgrammeEntry], marks: Marks) -> str:
    """ "at the same time as GF", or "… another" where the others have no letters or the same."""
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
        url,
        hour,
        words,
        codes,
        marks.look(entry),
        state,
        "",
        cut=clipped(words, width=LINE),
        day=day,
        clash=clash_words(others, marks),
    )
    return Placed(
        first, last, chip, lanes_of(entry, kinds), Closure(first, last) if closes(entry) else None
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
    chip = Chip(None, "", words, "", "gg", "plain", "", cut=words, day=_day(holiday.on))
    return Placed(holiday.on, holiday.on, chip, (CLOSED,), Closure(holiday.on, holiday.on))


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
    chip = Chip(None, hour, title, "", LOOK_OF_OTHERS, "", "", cut=cut, day=day)
    return Placed(first, last, chip, (PROCESSES,))


def by_lane_and_week(
    placed: Iterable[Placed], weeks: Sequence[date]
) -> dict[tuple[str, date], list[Chip]]:
    """A chip in every week that it touches."""
    found: dict[tuple[str, date], list[Chip]] = defaultdict(list)
    for one in placed:
        touched = [monday for monday in weeks if monday_of(one.first) <= monday <= one.last]
        for lane in one.lanes:
            for monday in touched:
                found[lane, monday].append(one.chip)
    return found


def _day(on: date) -> str:
    return str(format_skeleton("Ed", on, locale=date_locale(reader_language())))


def days_text(first: date, last: date) -> str:
    """ "7–13 dic"."""
    return str(format_interval(first, last, "MMMd", locale=date_locale(reader_language())))
