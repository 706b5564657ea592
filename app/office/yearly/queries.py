"""Reads of a year: eight statements, however many events there were, and one for who was missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE
from app.kernel.small_numbers import hidden_over, may_name
from app.kernel.text import LocalizedText
from app.office.reports.queries import came_to
from app.office.reports.values import Audience
from app.office.yearly import policy, rules
from app.office.yearly.values import (
    AbsentPerson,
    CountryOfYear,
    CourseOfYear,
    EntryOfYear,
    EventOfYear,
    PlanOfYear,
    YearReport,
)
from app.participation.attendance.policy import countries_seen
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person, WorkingGroup
from app.planning.events.models import AnnualPlan, Attendance, Event, EventGroup, PlanEntry
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventKind, EventStatus

WORKING_GROUP = "working-group"
LISTED = 10
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
        plan=_plan(db, year, events),
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
        select(
            Event.id,
            Event.title,
            Event.status,
            Event.starts_at,
            Event.ends_at,
            Event.plan_entry_id,
        )
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
    groups_of = _groups(db, ids, order)
    came = came_to(db, ids)
    return [
        EventOfYear(
            id=row.id,
            title=row.title,
            group=next(iter(groups_of.get(row.id, ())), ""),
            shared_with=tuple(groups_of.get(row.id, ())[1:]),
            entry_id=row.plan_entry_id,
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


def _groups(db: Session, ids: list[UUID], order: list[str]) -> dict[UUID, list[str]]:
    """Returns the working groups of each event that has one, in the order of the body."""
    rows = db.execute(
        select(EventGroup.event_id, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
        .where(EventGroup.event_id.in_(ids), WorkingGroup.slug.in_(order))
    )
    groups: dict[UUID, list[str]] = {}
    for event_id, slug in sorted(rows, key=lambda row: order.index(row.slug)):
        groups.setdefault(event_id, []).append(slug)
    return groups


def _plan(db: Session, year: int, events: Sequence[EventOfYear]) -> PlanOfYear | None:
    plan = db.get(AnnualPlan, year)
    if plan is None or plan.approved_at is None:
        return None
    rows = db.execute(
        select(
            PlanEntry.id,
            PlanEntry.title,
            WorkingGroup.slug,
            PlanEntry.quarter,
            PlanEntry.events_planned,
        )
        .outerjoin(WorkingGroup, WorkingGroup.id == PlanEntry.working_group_id)
        .where(PlanEntry.year == year)
        .order_by(PlanEntry.position, PlanEntry.id)
    )
    entries = [
        EntryOfYear(entry_id, title, slug or "", quarter, foreseen)
        for entry_id, title, slug, quarter, foreseen in rows
    ]
    return rules.plan_of(plan.approved_at.astimezone(REFERENCE).date(), entries, events)


def absent_people(
    db: Session, *, actor: Actor, report: YearReport
) -> tuple[Sequence[AbsentPerson], int]:
    """Returns who registered for events of the year and was missing at most of them, by name, at most
    a screenful; and how many those are. Nobody is ranked. A focal point reads of the own country, as
    in the list of each event. In no copy that is handed on.
    """
    policy.require_may_read_year(actor)
    days = {one.id: one.on for one in report.events if one.came is not None}
    countries = countries_seen(actor, ())
    rows = db.execute(
        select(
            Person.id,
            Person.full_name,
            Person.country_code,
            Registration.event_id,
            Attendance.minutes,
        )
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(
            Attendance,
            and_(
                Attendance.person_id == Person.id,
                Attendance.event_id == Registration.event_id,
                Attendance.minutes > 0,
            ),
        )
        .where(
            Registration.event_id.in_(days),
            Registration.status == RegistrationStatus.REGISTERED,
            true() if countries is None else Person.country_code.in_(countries),
        )
        .order_by(Person.sort_key, Person.id)
    ).all()
    names = current_body().country_names
    people = []
    for person_id, own in groupby(rows, key=lambda row: row.id):
        registered = list(own)
        missed = [days[row.event_id] for row in registered if row.minutes is None]
        if rules.missed_half(len(missed), of=len(registered)):
            people.append(
                AbsentPerson(
                    person_id=person_id,
                    full_name=registered[0].full_name,
                    country=names.get(registered[0].country_code or "", LocalizedText()),
                    missed=len(missed),
                    of=len(registered),
                    last_on=max(missed),
                )
            )
    return people[:LISTED], len(people)


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
