"""A month's entries as chips in the cells of its days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from flask import get_template_attribute, request
from markupsafe import Markup

from app.infra.body import current_body
from app.infra.language import translate
from app.kernel.text import N_, Language, LocalizedText, date_locale, interface_language
from app.planning.events.values import DatePrecision, EventStatus, GroupSummary
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.rules import days_between, first_and_last_day, month_of, weeks_of
from app.web.addresses import path_of, path_of_row
from app.web.locale import reader_language, reader_timezone
from app.web.render import short_day_text

FOR_ALL, GOVERNANCE_LOOK = "g0", "gg"
SATURDAY = 5
NO_HOLIDAYS: Mapping[date, tuple[str, ...]] = MappingProxyType({})
RESERVED = N_("Reserved meeting")
CANCELLED = N_("Cancelled: %(title)s")
DRAFT = N_("Draft: %(title)s")
NOT_KNOWN = N_("Date not known")


@dataclass(frozen=True)
class Mark:
    """How a group is told from the others: letters first, colour second. `short` is its name where
    there is little room.
    """

    slug: str
    code: str
    name: LocalizedText
    look: str
    short: LocalizedText


@dataclass(frozen=True)
class Chip:
    """An event in a cell. `url` is None where the reader may not open it; `part` is "2/3" of one of
    several days. `cut`: the text as it fits, "" for the whole. `day` stands before the hour where
    the cell has several; `clash` says what is at the same time.
    """

    url: str | None
    hour: str
    text: str
    codes: str
    look: str
    state: str
    part: str
    cut: str = ""
    day: str = ""
    clash: str = ""


@dataclass(frozen=True)
class DayCell:
    """`holidays` are codes of countries; `plan_url` is where to plan on a day that is free, for
    whom may. `number` is the day's, with its month where another one begins.
    """

    on: date
    is_outside: bool
    is_today: bool
    name: str
    chips: tuple[Chip, ...]
    is_past: bool = False
    is_weekend: bool = False
    holidays: tuple[str, ...] = ()
    plan_url: str = ""
    number: str = ""


@dataclass(frozen=True)
class Undated:
    """An event of which only the month or the year is known; `known` says which, in words."""

    url: str
    text: str
    known: str
    codes: str


class Marks:
    """The legend, and the marks of an event by its groups. Two are equal when their
    legends are."""

    def __init__(self, groups: Sequence[GroupSummary]) -> None:
        numbers = {
            group.slug: n
            for n, group in enumerate((g for g in groups if g.kind == "working-group"), 1)
        }
        short = current_body().short_names
        self.legend = tuple(
            Mark(
                slug=group.slug,
                code=group.code,
                name=group.name,
                look=f"g{numbers[group.slug]}" if group.slug in numbers else GOVERNANCE_LOOK,
                short=short.get(group.slug, group.name),
            )
            for group in groups
        )
        self._by_slug = {mark.slug: mark for mark in self.legend}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marks) and self.legend == other.legend

    def __hash__(self) -> int:
        return hash(self.legend)

    def codes(self, entry: ProgrammeEntry) -> str:
        return " ".join(self._by_slug[slug].code for slug in entry.groups)

    def of(self, entry: ProgrammeEntry) -> tuple[Mark, ...]:
        return tuple(self._by_slug[slug] for slug in entry.groups)

    def look(self, entry: ProgrammeEntry) -> str:
        return self._by_slug[entry.groups[0]].look if entry.groups else FOR_ALL


def weekday_names(language: Language) -> list[str]:
    """Returns the names of the days, Monday first."""
    names = get_day_names("wide", locale=interface_language(language))
    return [str(names[number]) for number in range(7)]


def month_weeks(
    month: date,
    entries: Iterable[ProgrammeEntry],
    *,
    today: date,
    marks: Marks,
    timezone: str,
    language: Language,
    holidays: Mapping[date, tuple[str, ...]] = NO_HOLIDAYS,
    plans: bool = False,
) -> list[list[DayCell]]:
    by_day: dict[date, list[Chip]] = defaultdict(list)
    for entry in entries:
        _place(entry, marks, timezone, by_day)

    def cell(on: date) -> DayCell:
        is_outside = (on.year, on.month) != (month.year, month.month)
        chips = tuple(by_day.get(on, ()))
        name = short_day_text(on, "MMMEd", language) if chips else ""
        is_free = plans and on >= today and not chips
        number = short_day_text(on, "MMMd", language) if is_outside and on.day == 1 else f"{on.day}"
        return DayCell(
            on=on,
            is_outside=is_outside,
            is_today=on == today,
            name=name,
            chips=chips,
            is_past=on < today,
            is_weekend=on.weekday() >= SATURDAY,
            holidays=holidays.get(on, ()),
            plan_url=path_of("events.plan") + f"?on={on.isoformat()}" if is_free else "",
            number=number,
        )

    return [[cell(on) for on in week] for week in weeks_of(month)]


def days_of(entry: ProgrammeEntry, timezone: str) -> tuple[date, ...]:
    """Returns the days of the reader on which an event stands in a cell; a partial date stands in
    none.
    """
    if entry.starts_at is None or entry.ends_at is None:
        return ()
    first, last = first_and_last_day(
        entry.starts_at,
        entry.ends_at,
        timezone=entry.timezone,
        is_all_day=entry.is_all_day,
        reader_timezone=timezone,
    )
    return tuple(days_between(first, last))


def _place(
    entry: ProgrammeEntry, marks: Marks, timezone: str, by_day: dict[date, list[Chip]]
) -> None:
    """Puts a chip on every day that the event covers."""
    days = days_of(entry, timezone)
    if not days or entry.starts_at is None:
        return
    hour = "" if entry.is_all_day else f"{entry.starts_at.astimezone(ZoneInfo(timezone)):%H:%M}"
    for number, on in enumerate(days, 1):
        part = f"{number}/{len(days)}" if len(days) > 1 else ""
        by_day[on].append(_chip(entry, marks, hour if number == 1 else "", part))


def _chip(entry: ProgrammeEntry, marks: Marks, hour: str, part: str) -> Chip:
    state = "" if entry.status is EventStatus.PUBLISHED else entry.status.value
    return Chip(
        url=_url(entry),
        hour=hour,
        text=words_of(entry),
        codes=marks.codes(entry),
        look=marks.look(entry),
        state=state,
        part=part,
    )


def _url(entry: ProgrammeEntry) -> str | None:
    return None if entry.is_reserved else path_of_row("events.event", event_id=entry.id)


def title_of(entry: ProgrammeEntry) -> str:
    return (
        translate(reader_language(), RESERVED)
        if entry.is_reserved
        else entry.title.in_(reader_language())
    )


def words_of(entry: ProgrammeEntry) -> str:
    """Returns the title, with the word for a state that its look alone would not tell."""
    language, title = reader_language(), title_of(entry)
    if entry.status is EventStatus.CANCELLED:
        return translate(language, CANCELLED, title=title)
    return translate(language, DRAFT, title=title) if entry.status is EventStatus.DRAFT else title


def known_by_month(entries: Iterable[ProgrammeEntry], marks: Marks) -> list[Undated]:
    return [
        Undated(
            path_of_row("events.event", event_id=entry.id),
            words_of(entry),
            known_date(entry),
            marks.codes(entry),
        )
        for entry in entries
        if entry.starts_at is None and not entry.is_reserved
    ]


def known_date(entry: ProgrammeEntry) -> str:
    """Returns "septiembre de 2021", "2024", or that nothing is known."""
    if entry.date_precision is DatePrecision.UNKNOWN or not entry.found_start:
        return translate(reader_language(), NOT_KNOWN)
    spans = [_in_words(text) for text in (entry.found_start, entry.found_end) if text]
    return " – ".join(dict.fromkeys(spans))


def _in_words(found: str) -> str:
    month = month_of(found)
    return month_text(month, reader_language()) if month else found


def month_word(month: date, language: Language) -> str:
    """Returns "diciembre", for a button that leads to it."""
    return format_date(month, "LLLL", locale=date_locale(language))


def month_text(month: date, language: Language) -> str:
    return format_date(
        month,
        "MMMM 'de' y" if interface_language(language) == "es" else "MMMM y",
        locale=date_locale(language),
    )


# A month's table, drawn once for all who see the same in it.

TABLES_KEPT = 64
"""About 40 KB each, where a month is full."""


def month_table(
    month: date,
    entries: Sequence[ProgrammeEntry],
    *,
    today: date,
    marks: Marks,
    holidays: Mapping[date, tuple[str, ...]],
    plans: bool,
) -> Markup:
    """Returns the table in the reader's language and time zone.

    `entries` are those that the reader may see; `plans` adds to each free day where to plan on it.
    """
    return _drawn(
        _Shown(
            month=month,
            entries=tuple(entries),
            today=today,
            marks=marks,
            holidays=tuple(holidays.items()),
            plans=plans,
            timezone=reader_timezone(),
            language=reader_language(),
            prefix=request.script_root,
        )
    )


class _Shown(NamedTuple):
    """Everything that shows in a table, among it the prefix of its addresses: whoever is given a
    kept table is given what would be drawn anew.
    """

    month: date
    entries: tuple[ProgrammeEntry, ...]
    today: date
    marks: Marks
    holidays: tuple[tuple[date, tuple[str, ...]], ...]
    plans: bool
    timezone: str
    language: Language
    prefix: str


@lru_cache(maxsize=TABLES_KEPT)
def _drawn(shown: _Shown) -> Markup:
    weeks = month_weeks(
        shown.month,
        shown.entries,
        today=shown.today,
        marks=shown.marks,
        timezone=shown.timezone,
        language=shown.language,
        holidays=dict(shown.holidays),
        plans=shown.plans,
    )
    draw = get_template_attribute("planning/programme/_month.html", "month_table")
    table: str = draw(weeks, weekday_names(shown.language), month_text(shown.month, shown.language))
    return Markup(table)  # noqa: S704  # a macro escapes
