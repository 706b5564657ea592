"""The programme: a month on the wall, and the agenda as a list. The filters live in the address."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from app.infra import clock
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.paging import Paging
from app.kernel.text import N_
from app.planning.events.policy import may_plan
from app.planning.events.values import GroupSummary
from app.planning.holidays.queries.holidays import holidays_between
from app.planning.programme.queries.programme import (
    ProgrammeEntry,
    agenda,
    all_groups,
    of_partial_dates,
)
from app.planning.programme.queries.programme import programme as entries_of
from app.planning.programme.rules.month import month_of, next_month, previous_month
from app.planning.programme.views import bp
from app.planning.programme.views.agenda import agenda_days
from app.planning.programme.views.month import (
    Marks,
    known_by_month,
    month_text,
    month_weeks,
    weekday_names,
)
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.paging import page_asked
from app.web.render import zone_label

PER_PAGE = 40
ONE_DAY = timedelta(days=1)
TWO_OFFSETS = N_("%(before)s, then %(after)s")


@bp.get("/programme")
@requires(anyone)
def programme() -> Any:
    today = clock.today(reader_timezone())
    asked = request.args.get("month", "")
    month = month_of(asked) or today.replace(day=1)
    is_known = not asked or month_of(asked) is not None
    starts, ends = _edges(month)
    with reading() as db:
        groups = all_groups(db)
        chosen = _chosen(groups)
        entries = entries_of(
            db,
            actor=current_actor(),
            month=month,
            starts_at=starts - ONE_DAY,
            ends_at=ends + ONE_DAY,
            groups=chosen,
        )
        closed = holidays_between(db, first=starts.date() - ONE_DAY, last=ends.date() + ONE_DAY)
    holidays: dict[date, tuple[str, ...]] = {}
    for one in closed:
        holidays[one.on] = (*holidays.get(one.on, ()), one.country.code)
    html = _month_page(
        month,
        today,
        entries,
        groups,
        chosen,
        holidays=holidays,
        unknown="" if is_known else asked,
    )
    return html, 200 if is_known else 422


def _month_page(
    month: date,
    today: date,
    entries: Sequence[ProgrammeEntry],
    groups: Sequence[GroupSummary],
    chosen: Sequence[str],
    *,
    holidays: Mapping[date, tuple[str, ...]],
    unknown: str,
) -> str:
    marks, language = Marks(groups), reader_language()
    return render_template(
        "planning/programme/programme.html",
        month=month,
        marks=marks.legend,
        chosen=chosen,
        unknown=unknown,
        is_empty=not entries,
        weeks=month_weeks(
            month,
            entries,
            today=today,
            marks=marks,
            timezone=reader_timezone(),
            language=language,
            holidays=holidays,
            plans=may_plan(current_actor()),
        ),
        month_name=month_text(month, language),
        weekdays=weekday_names(language),
        partial=known_by_month(entries, marks),
        zone=_zone_of(month),
        earlier=_month_url(previous_month(month), chosen),
        later=_month_url(next_month(month), chosen),
        this_month=_month_url(today, chosen),
    )


@bp.get("/programme/agenda")
@requires(anyone)
def programme_agenda() -> str:
    is_past, number = request.args.get("when") == "past", page_asked()
    with reading() as db:
        groups = all_groups(db)
        chosen, actor = _chosen(groups), current_actor()
        entries, total = agenda(
            db,
            actor=actor,
            now=clock.now(),
            past=is_past,
            groups=chosen,
            limit=PER_PAGE,
            offset=(number - 1) * PER_PAGE,
        )
        undated = of_partial_dates(db, actor=actor, groups=chosen) if is_past else ()
    marks = Marks(groups)
    return render_template(
        "planning/programme/agenda.html",
        is_past=is_past,
        days=agenda_days(entries, marks),
        chosen=chosen,
        marks=marks.legend,
        partial=known_by_month(undated, marks),
        paging=Paging(total, PER_PAGE, number),
        address=lambda number: url_for(
            "programme.programme_agenda",
            page=number,
            when="past" if is_past else None,
            group=chosen,
        ),
    )


def _chosen(groups: Sequence[GroupSummary]) -> list[str]:
    """The groups asked for that there are; an unknown one is as if it had not been asked for."""
    asked = set(request.args.getlist("group"))
    return [group.slug for group in groups if group.slug in asked]


def _edges(month: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(reader_timezone())
    after = next_month(month) or month + timedelta(days=31)
    return datetime.combine(month, time(), zone), datetime.combine(after, time(), zone)


def _zone_of(month: date) -> str:
    """ "Ottawa, UTC−5"; in a month in which the clocks change, both offsets."""
    starts, ends = _edges(month)
    labels = [zone_label(reader_timezone(), at, reader_language()) for at in (starts, ends)]
    if labels[0] == labels[1]:
        return labels[0]
    after = labels[1].rsplit(", ", 1)[-1]
    return translate(reader_language(), TWO_OFFSETS, before=labels[0], after=after)


def _month_url(month: date | None, chosen: Sequence[str]) -> str | None:
    return url_for("programme.programme", month=f"{month:%Y-%m}", group=chosen) if month else None
