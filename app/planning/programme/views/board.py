"""The board: a month day by day beside the working groups, where planners move events about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import render_template, request, url_for

from app.infra import clock
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.text import N_, date_locale, untranslated
from app.planning.events import policy
from app.planning.events.values import EventStatus, GroupSummary
from app.planning.programme.queries.lanes import (
    BindingHoliday,
    Process,
    binding_holidays,
    processes_between,
)
from app.planning.programme.queries.programme import ProgrammeEntry, all_groups, entries_between
from app.planning.programme.rules.month import days_between, month_of, next_month, previous_month
from app.planning.programme.views import bp
from app.planning.programme.views.lane_cells import (
    CLOSED,
    PROCESSES,
    WITHOUT_GROUP,
    WORKING_GROUP,
    Placed,
    placed_entries,
    placed_holiday,
    placed_process,
)
from app.planning.programme.views.month import FOR_ALL, Chip, Mark, Marks, month_text, title_of
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import zone_label

ONE_DAY = timedelta(days=1)
SATURDAY = 5
REGION, OTHERS = N_("The whole region"), N_("Other processes")
COLUMN_OF = {CLOSED: WITHOUT_GROUP}
"""What closes the calendar stands in the column of the whole region."""


@dataclass(frozen=True)
class Handle:
    """What can be moved: where it stands by the reader's clock, and its title."""

    id: str
    on: str
    start: str
    title: str


@dataclass(frozen=True)
class Card:
    chip: Chip
    handle: Handle | None


@dataclass(frozen=True)
class BoardDay:
    on: date
    text: str
    is_today: bool
    is_weekend: bool
    holidays: Sequence[str]
    is_closed: bool
    cells: Sequence[Sequence[Card]]


@bp.get("/programme/board")
@requires(policy.may_plan)
def board() -> Any:
    asked = request.args.get("month", "")
    month = month_of(asked) or clock.today(reader_timezone()).replace(day=1)
    is_known = not asked or month_of(asked) is not None
    starts, ends = _edges(month)
    with reading() as db:
        groups = all_groups(db)
        entries = entries_between(
            db, actor=current_actor(), starts_at=starts - ONE_DAY, ends_at=ends + ONE_DAY
        )
        holidays = binding_holidays(db, first=month, last=ends.date() - ONE_DAY)
        processes = processes_between(db, starts_at=starts, ends_at=ends)
    wanted = set(request.args.getlist("group"))
    chosen = [
        group.slug for group in groups if group.slug in wanted and group.kind == WORKING_GROUP
    ]
    html = _page(
        month, groups, chosen, (entries, holidays, processes), unknown="" if is_known else asked
    )
    return html, 200 if is_known else 422


Found = tuple[Sequence[ProgrammeEntry], Sequence[BindingHoliday], Sequence[Process]]


def _page(
    month: date,
    groups: Sequence[GroupSummary],
    chosen: Sequence[str],
    found: Found,
    *,
    unknown: str,
) -> str:
    language, marks = reader_language(), Marks(groups)
    own = [mark for mark in marks.legend if mark.slug in (chosen or _working(groups))]
    columns = [*own, _column(WITHOUT_GROUP, REGION, FOR_ALL), _column(PROCESSES, OTHERS, "gx")]
    days = _days(month, columns, found, groups, marks)
    return render_template(
        "planning/programme/board.html",
        month=month,
        month_name=month_text(month, language),
        columns=columns,
        days=days,
        marks=[mark for mark in marks.legend if mark.slug in _working(groups)],
        chosen=chosen,
        unknown=unknown,
        zone=zone_label(reader_timezone(), clock.now(), language),
        is_empty=not any(map(any, (d.cells for d in days))),
        earlier=_url(previous_month(month), chosen),
        later=_url(next_month(month), chosen),
        this_month=url_for("programme.board", group=chosen),
    )


def _working(groups: Iterable[GroupSummary]) -> list[str]:
    return [group.slug for group in groups if group.kind == WORKING_GROUP]


def _column(slug: str, msgid: str, look: str) -> Mark:
    name = translate(reader_language(), msgid)
    return Mark(slug, "", untranslated(name), look, untranslated(name))


def _days(
    month: date, columns: Sequence[Mark], found: Found, groups: Sequence[GroupSummary], marks: Marks
) -> list[BoardDay]:
    entries, holidays, processes = found
    cells: dict[tuple[date, str], list[Card]] = defaultdict(list)
    placed = placed_entries(entries, groups, marks, with_day=False)
    shown = [column.slug for column in columns]
    for entry, one in zip(entries, placed, strict=True):
        _put(one, _handle(entry, one), shown, cells)
    for process in processes:
        _put(placed_process(process, with_day=False), None, shown, cells)
    closures = [one.closure for one in placed if one.closure]
    bound: dict[date, list[str]] = defaultdict(list)
    for holiday in holidays:
        bound[holiday.on].append(placed_holiday(holiday).chip.text)
    today = clock.today(reader_timezone())

    def day(on: date) -> BoardDay:
        is_closed = on in bound or any(closure.first <= on <= closure.last for closure in closures)
        text = str(format_skeleton("Ed", on, locale=date_locale(reader_language())))
        return BoardDay(
            on,
            text,
            on == today,
            on.weekday() >= SATURDAY,
            bound.get(on, ()),
            is_closed,
            [cells.get((on, slug), ()) for slug in shown],
        )

    after = next_month(month) or month + timedelta(days=31)
    return [day(on) for on in days_between(month, after - ONE_DAY)]


def _put(
    one: Placed,
    handle: Handle | None,
    shown: Sequence[str],
    cells: dict[tuple[date, str], list[Card]],
) -> None:
    """A card on each of its days and in each of its columns; it is moved by the first of them."""
    columns = list(dict.fromkeys(COLUMN_OF.get(lane, lane) for lane in one.lanes))
    is_region = WITHOUT_GROUP in columns
    places = [WITHOUT_GROUP] if is_region else [slug for slug in columns if slug in shown]
    for on in days_between(one.first, one.last):
        for slug in places:
            is_first = on == one.first and slug == places[0]
            cells[on, slug].append(Card(one.chip, handle if is_first else None))


def _handle(entry: ProgrammeEntry, one: Placed) -> Handle | None:
    """Returns None for what is not the actor's to move: others' events, reserved, cancelled and
    past ones.
    """
    is_open = not entry.is_reserved and entry.status is not EventStatus.CANCELLED
    is_coming = entry.ends_at is not None and entry.ends_at > clock.now()
    if not (
        is_open and is_coming and policy.may_plan_for(current_actor(), entry.groups, entry.kind)
    ):
        return None
    assert entry.starts_at is not None  # noqa: S101 - the query asked for instants
    starts = entry.starts_at.astimezone(ZoneInfo(reader_timezone()))
    start = "" if entry.is_all_day else f"{starts:%H:%M}"
    return Handle(str(entry.id), one.first.isoformat(), start, title_of(entry))


def _edges(month: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(reader_timezone())
    after = next_month(month) or month + timedelta(days=31)
    return datetime.combine(month, time(), zone), datetime.combine(after, time(), zone)


def _url(month: date | None, chosen: Sequence[str]) -> str | None:
    return url_for("programme.board", month=f"{month:%Y-%m}", group=chosen) if month else None
