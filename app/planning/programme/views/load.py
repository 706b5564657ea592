"""The load page: how much a month asks of each working group, each country and each person (R40,
"limited").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for

from app.infra import clock
from app.infra.database import reading
from app.kernel.paging import Paging
from app.kernel.reference import REFERENCE_ZONE, reference_day, reference_start
from app.kernel.text import LocalizedText
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.events import policy
from app.planning.events.values import EventStatus, GroupSummary
from app.planning.programme.queries.load import (
    CountryLoad,
    GenderShare,
    PersonLoad,
    events_that_count,
    gender_shares,
    invited_by,
    people_in_roles,
)
from app.planning.programme.queries.programme import ProgrammeEntry, all_groups
from app.planning.programme.rules import (
    WEEK,
    Burden,
    Caps,
    CountedDay,
    Load,
    burden,
    caps_of,
    load_of,
    month_of,
    next_month,
    previous_month,
    weeks_of,
)
from app.planning.programme.views import bp
from app.planning.programme.views.lanes import WORKING_GROUP, days_text
from app.planning.programme.views.month import month_text
from app.planning.scheduling.queries.settings import book_of
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.paging import page_asked
from app.web.render import zone_label

ONE_DAY = timedelta(days=1)
PEOPLE_A_PAGE = 15
MOST_DOTS = 8


@dataclass(frozen=True)
class Measured:
    """A count against what is at most to be; as dots too: full ones, then those that are still
    open.
    """

    count: int
    most: int
    burden: Burden

    @property
    def dots(self) -> str:
        return "●" * min(self.count, MOST_DOTS) + "○" * (self.most - self.count)


@dataclass(frozen=True)
class LoadRow:
    """`week_text` names the fullest week, if any."""

    name: LocalizedText
    code: str
    month: Measured
    week: Measured
    week_text: str
    drafts: int
    gender: GenderShare | None = None


@dataclass(frozen=True)
class PersonRow:
    person: PersonLoad
    roles: Measured


@bp.get("/programme/load")
@requires(signed_in)
def load() -> Any:
    typed = request.args.get("month", "")
    month = month_of(typed) or clock.today(REFERENCE_ZONE).replace(day=1)
    is_known = not typed or month_of(typed) is not None
    with reading() as db:
        actor, (first, last) = current_actor(), _weeks(month)
        entries = events_that_count(db, actor=actor, starts_at=first, ends_at=last)
        groups = [group for group in all_groups(db) if group.kind == WORKING_GROUP]
        countries = invited_by(db, events={entry.id for entry in entries if not entry.is_reserved})
        people = people_in_roles(db, actor=actor, **_edges(month))
        caps = caps_of(book_of(db), month)
        shares = gender_shares(
            db,
            actor=actor,
            starts_at=reference_start(date(month.year, 1, 1)),
            ends_at=reference_start(date(month.year + 1, 1, 1)),
        )
    return _page(
        month,
        entries,
        groups,
        countries,
        people,
        caps=caps,
        shares=shares,
        unknown="" if is_known else typed,
    )


def _page(
    month: date,
    entries: Sequence[ProgrammeEntry],
    groups: Sequence[GroupSummary],
    countries: Sequence[CountryLoad],
    people: Sequence[PersonLoad],
    *,
    caps: Caps,
    shares: Mapping[str, GenderShare],
    unknown: str,
) -> tuple[str, int]:
    language, earlier, later = reader_language(), previous_month(month), next_month(month)
    rows = [PersonRow(one, _measured(len(one.roles), caps.person_month)) for one in people]
    paging = Paging(len(rows), PEOPLE_A_PAGE, page_asked())
    html = render_template(
        "planning/programme/load.html",
        month=month,
        month_name=month_text(month, language),
        unknown=unknown,
        groups=[
            replace(_group_row(group, entries, month, caps), gender=shares.get(group.slug))
            for group in groups
        ],
        countries=[_country_row(country, entries, month, caps) for country in countries],
        people=rows[paging.offset : paging.last],
        paging=paging,
        may_see_names=policy.may_plan(current_actor()),
        address=lambda number: url_for("programme.load", month=f"{month:%Y-%m}", page=number),
        has_all_names=leads_the_region(current_actor()),
        roles=wording.PERSON_ROLES,
        caps=caps,
        has_reserved=any(entry.is_reserved for entry in entries),
        zone=zone_label(REFERENCE_ZONE, clock.now(), language),
        this_month=url_for("programme.load"),
        earlier=url_for("programme.load", month=f"{earlier:%Y-%m}") if earlier else None,
        later=url_for("programme.load", month=f"{later:%Y-%m}") if later else None,
    )
    return html, 422 if unknown else 200


def _group_row(
    group: GroupSummary, entries: Iterable[ProgrammeEntry], month: date, caps: Caps
) -> LoadRow:
    own = load_of((_counted(entry) for entry in entries if group.slug in entry.groups), month)
    return _row(group.name, group.code, own, caps.group_month, caps.group_week)


def _country_row(
    country: CountryLoad, entries: Iterable[ProgrammeEntry], month: date, caps: Caps
) -> LoadRow:
    """Returns the row of a country. No rule counts a country's month: its most is what its weeks
    could hold.
    """
    own = load_of((_counted(entry) for entry in entries if entry.id in country.events), month)
    return _row(
        country.name, country.code, own, caps.country_week * len(weeks_of(month)), caps.country_week
    )


def _row(name: LocalizedText, code: str, own: Load, a_month: int, a_week: int) -> LoadRow:
    week = days_text(own.monday, own.monday + WEEK - ONE_DAY) if own.monday else ""
    return LoadRow(
        name=name,
        code=code,
        month=_measured(own.month, a_month),
        week=_measured(own.week, a_week),
        week_text=week,
        drafts=own.drafts,
    )


def _measured(count: int, most: int) -> Measured:
    return Measured(count, most, burden(count, most))


def _counted(entry: ProgrammeEntry) -> CountedDay:
    assert entry.starts_at is not None  # noqa: S101 - only events with instants are counted
    on = reference_day(entry.starts_at)
    return CountedDay(on, entry.status is EventStatus.DRAFT)


def _weeks(month: date) -> tuple[datetime, datetime]:
    """Returns the month's weeks as instants, with the days of the months beside it that complete
    them.
    """
    weeks = weeks_of(month)
    return reference_start(weeks[0][0]), reference_start(weeks[-1][-1] + ONE_DAY)


def _edges(month: date) -> dict[str, datetime]:
    after = next_month(month) or month + timedelta(days=31)
    return {"starts_at": reference_start(month), "ends_at": reference_start(after)}
