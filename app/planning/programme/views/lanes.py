"""The programme as lanes: working groups down, weeks across, so that what is planned at once stands
side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.text import N_
from app.planning.events.values import GroupSummary
from app.planning.programme.queries.lanes import binding_holidays, processes_between
from app.planning.programme.queries.programme import all_groups, entries_between
from app.planning.programme.rules import weeks as calendar
from app.planning.programme.rules.weeks import CHOICES, QUARTER, WEEK, closed_days
from app.planning.programme.views import bp
from app.planning.programme.views.lane_cells import (
    CLOSED,
    PROCESSES,
    WITHOUT_GROUP,
    WORKING_GROUP,
    Placed,
    by_lane_and_week,
    days_text,
    placed_entries,
    placed_holiday,
    placed_process,
)
from app.planning.programme.views.month import FOR_ALL, Chip, Marks
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import zone_label

ONE_DAY = timedelta(days=1)
NAMES = {
    CLOSED: N_("Days closed for all"),
    WITHOUT_GROUP: N_("Without a group"),
    PROCESSES: N_("Other processes"),
}
NOTHING_ELSE = N_("Closed %(days)s")


@dataclass(frozen=True)
class Week:
    monday: date
    text: str
    is_current: bool


@dataclass(frozen=True)
class LaneCell:
    """`hatch` names the days (d1 Monday … d7 Sunday) on which nothing else may be held; `closed`
    says them.
    """

    week: str
    chips: Sequence[Chip]
    hatch: str
    closed: str


@dataclass(frozen=True)
class Lane:
    code: str
    name: str
    look: str
    cells: Sequence[LaneCell]


@bp.get("/programme/lanes")
@requires(anyone)
def lanes() -> Any:
    today, asked = clock.today(reader_timezone()), request.args.get("from", "")
    day = calendar.day_of(asked)
    length = request.args.get("weeks", QUARTER, type=int)
    weeks = calendar.mondays(
        calendar.monday_of(day or today), length if length in CHOICES else QUARTER
    )
    with reading() as db:
        groups = all_groups(db)
        placed = _placed(db, weeks, groups)
    wanted = set(request.args.getlist("group"))
    chosen = [group.slug for group in groups if group.slug in wanted]
    html = _page(
        weeks, groups, chosen, placed, today=today, unknown="" if day or not asked else asked
    )
    return html, 200 if day or not asked else 422


def _placed(db: Session, weeks: Sequence[date], groups: Sequence[GroupSummary]) -> list[Placed]:
    zone = ZoneInfo(reader_timezone())
    starts, ends = (datetime.combine(on, time(), zone) for on in (weeks[0], weeks[-1] + WEEK))
    entries = entries_between(
        db, actor=current_actor(), starts_at=starts - ONE_DAY, ends_at=ends + ONE_DAY
    )
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
    today: date,
    unknown: str,
) -> str:
    now, marks = calendar.monday_of(today), Marks(groups)
    columns = [
        Week(monday, days_text(monday, monday + WEEK - ONE_DAY), monday == now) for monday in weeks
    ]
    shown = _lanes(columns, groups, chosen, placed, marks)
    return render_template(
        "planning/programme/lanes.html",
        weeks=columns,
        lanes=shown,
        marks=marks.legend,
        chosen=chosen,
        unknown=unknown,
        length=len(weeks),
        lengths=CHOICES,
        first=weeks[0],
        quarter=days_text(weeks[0], weeks[-1] + WEEK - ONE_DAY),
        year=weeks[-1].year,
        zone=zone_label(reader_timezone(), clock.now(), reader_language()),
        is_empty=not any(cell.chips for lane in shown for cell in lane.cells),
        earlier=_url(weeks, -len(weeks), chosen),
        later=_url(weeks, len(weeks), chosen),
        this_quarter=url_for("programme.lanes", group=chosen, weeks=_length(weeks)),
    )


def _lanes(
    columns: Sequence[Week],
    groups: Sequence[GroupSummary],
    chosen: Sequence[str],
    placed: Sequence[Placed],
    marks: Marks,
) -> list[Lane]:
    """What is closed first; then the groups chosen, or every working group; then other
    processes.
    """
    mondays = [week.monday for week in columns]
    chips = by_lane_and_week(placed, mondays)
    closures = [one.closure for one in placed if one.closure]
    closed = {monday: closed_days(closures, monday) for monday in mondays}

    def lane(slug: str, code: str, name: str, look: str) -> Lane:
        is_open = slug not in (CLOSED, PROCESSES)
        cells = [
            _cell(week, chips.get((slug, week.monday), ()), closed[week.monday] if is_open else ())
            for week in columns
        ]
        return Lane(code, name, look, cells)

    def named(slug: str, look: str = FOR_ALL) -> Lane:
        return lane(slug, "", translate(reader_language(), NAMES[slug]), look)

    wanted = chosen or [group.slug for group in groups if group.kind == WORKING_GROUP]
    own = [
        lane(m.slug, m.code, m.name.in_(reader_language()), m.look)
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


def _cell(week: Week, chips: Sequence[Chip], closed: Sequence[date]) -> LaneCell:
    hatch = " ".join(f"d{on.isoweekday()}" for on in closed)
    words = translate(reader_language(), NOTHING_ELSE, days=days_in_words(closed)) if closed else ""
    return LaneCell(week.text, chips, hatch, words)


def days_in_words(days: Sequence[date]) -> str:
    """ "3–5 dic": stretches of days that follow each other."""
    stretches: list[list[date]] = []
    for on in days:
        if stretches and on - stretches[-1][-1] == ONE_DAY:
            stretches[-1].append(on)
        else:
            stretches.append([on])
    return ", ".join(days_text(stretch[0], stretch[-1]) for stretch in stretches)


def _length(weeks: Sequence[date]) -> int | None:
    return None if len(weeks) == QUARTER else len(weeks)


def _url(weeks: Sequence[date], by: int, chosen: Sequence[str]) -> str | None:
    first = calendar.shifted(weeks[0], by)
    if first is None:
        return None
    args: dict[str, Any] = {"from": first.isoformat(), "weeks": _length(weeks), "group": chosen}
    return url_for("programme.lanes", **args)
