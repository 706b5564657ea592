"""Reads of a year: six statements, however many events there were."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE
from app.kernel.small_numbers import hidden_over, may_name
from app.office.reports.queries import came_to
from app.office.reports.values import Audience
from app.office.yearly import policy, rules
from app.office.yearly.values import CountryOfYear, CourseOfYear, EventOfYear, YearReport
from app.people.directory.models import WorkingGroup
from app.planning.events.models import Attendance, Event, EventGroup
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventKind, EventStatus

WORKING_GROUP = "working-group"
Tables = Sequence[Mapping[str, int]]
KeptBack = frozenset[str] | None


def year_report(
    db: Session, *, actor: Actor, year: int, now: datetime, audience: Audience
) -> YearReport:
    """Returns the year of the body's zone as the actor may see it: published and cancelled events,
    without those of others that only stand in the calendar.
    """
    policy.require_may_read_year(actor)
    groups = db.execute(
        select(WorkingGroup.slug, WorkingGroup.name, WorkingGroup.code)
        .where(WorkingGroup.kind == WORKING_GROUP)
        .order_by(WorkingGroup.position, WorkingGroup.id)
    ).all()
    events = _events(db, actor, year, now, order=[row.slug for row in groups])
    held = [one for one in events if one.course is CourseOfYear.HELD]
    tables = rules.tables_of(held)
    kept_back = _kept_back(tables)
    rows = rules.rows_of(events, [row.slug for row in groups])
    members = current_body().country_names
    return YearReport(
        year=year,
        as_of=now,
        rows=rows,
        sums=rules.sums_of(events),
        months=rules.by_month(rows),
        recorded=len(tables),
        people=_people(db, [one.id for one in held]),
        countries=_countries(held, tables, kept_back, audience),
        others=_told("", tables, kept_back, audience),
        absences=rules.absences(
            events, [code for code in members if policy.may_hear_of(actor, code)]
        ),
        cancelled=tuple(one for one in events if one.course is CourseOfYear.CANCELLED),
        group_names={row.slug: row.name for row in groups},
        group_codes={row.slug: row.code for row in groups},
    )


def _events(
    db: Session, actor: Actor, year: int, now: datetime, *, order: list[str]
) -> list[EventOfYear]:
    first, last = (
        datetime(one, 1, 1, tzinfo=REFERENCE).astimezone(UTC) for one in (year, year + 1)
    )
    rows = db.execute(
        select(Event.id, Event.title, Event.status, Event.starts_at, Event.ends_at)
        .where(
            visible_to(actor),
            Event.published_at.is_not(None),
            Event.status != EventStatus.DRAFT,
            Event.kind != EventKind.EXTERNAL,
            Event.starts_at >= first,
            Event.starts_at < last,
        )
        .order_by(Event.starts_at, Event.id)
    ).all()
    ids = [row.id for row in rows]
    group_of = _groups(db, ids, order)
    came = came_to(db, ids)
    return [
        EventOfYear(
            id=row.id,
            title=row.title,
            group=group_of.get(row.id, ""),
            on=row.starts_at.astimezone(REFERENCE).date(),
            course=CourseOfYear.CANCELLED
            if row.status == EventStatus.CANCELLED
            else CourseOfYear.HELD
            if row.ends_at <= now
            else CourseOfYear.TO_COME,
            came=came[row.id] or None,
        )
        for row in rows
    ]


def _groups(db: Session, ids: list[UUID], order: list[str]) -> dict[UUID, str]:
    """Returns the first working group of each event that has one."""
    rows = db.execute(
        select(EventGroup.event_id, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(EventGroup.event_id.in_(ids), WorkingGroup.slug.in_(order))
    )
    first: dict[UUID, str] = {}
    for event_id, slug in sorted(rows, key=lambda row: order.index(row.slug)):
        first.setdefault(event_id, slug)
    return first


def _people(db: Session, ids: list[UUID]) -> int:
    counted = select(func.count(Attendance.person_id.distinct())).where(
        Attendance.event_id.in_(ids), Attendance.minutes > 0
    )
    return db.scalar(counted) or 0


def _countries(
    held: Sequence[EventOfYear], tables: Tables, kept_back: KeptBack, audience: Audience
) -> tuple[CountryOfYear, ...]:
    """Returns the Member Countries, those that came to most events first; what is hidden is last."""
    attended, said = rules.events_attended(held), []
    for code, name in current_body().country_names.items():
        attendances = _told(code, tables, kept_back, audience)
        said.append(
            CountryOfYear(
                code=code,
                name=name,
                events=None if attendances is None else attended[code],
                attendances=attendances,
                is_kept_back=kept_back is None or code in kept_back,
            )
        )
    return tuple(sorted(said, key=lambda one: (one.events is None, -(one.events or 0), one.code)))


def _told(key: str, tables: Tables, kept_back: KeptBack, audience: Audience) -> int | None:
    """Returns the attendances of one country over all events; None where they may not be known."""
    if audience is Audience.HANDED_ON and (kept_back is None or key in kept_back):
        return None
    return sum(table.get(key, 0) for table in tables)


def _kept_back(tables: Tables) -> KeptBack:
    """Returns the countries whose numbers are hidden in what is handed on; None where it may not
    even be said which those are.
    """
    sums = sum((Counter(table) for table in tables), Counter[str]())
    keys = hidden_over(tables)
    return keys if may_name(sums, keys) else None
