"""Reads of a year: nine statements, however many events there were, and one for who was missing."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from app.infra.body import current_body
from app.kernel.actor import Actor, Role
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
from app.participation.attendance.policy import countries_seen, may_see_list
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person, WorkingGroup
from app.people.directory.queries import roster
from app.people.directory.values import SharedFigures
from app.planning.events.models import AnnualPlan, Attendance, Event, EventGroup, PlanEntry
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventKind, EventStatus

WORKING_GROUP = "working-group"
LISTED = 10
Tables = Sequence[Mapping[str, int]]
KeptBack = frozenset[str] | None


def year_report(
    db: Session,
    *,
    actor: Actor,
    year: int,
    now: datetime,
    audience: Audience,
    is_copy: bool = False,
) -> YearReport:
    """Returns the year of the body's zone as the actor may see it: published and cancelled events,
    without those of others that only stand in the calendar. `is_copy`: as whoever it is handed on to
    may see it, for whom no country is the own.
    """
    policy.require_may_read_year(actor)
    is_told_all = audience is Audience.OFFICE
    reader = None if is_copy or is_told_all else actor
    not_shared = roster.countries_keeping(
        roster.countries(db), actor=reader, figures=SharedFigures.TRAINED
    )
    groups = db.execute(
        select(WorkingGroup.slug, WorkingGroup.name, WorkingGroup.code)
        .where(WorkingGroup.kind == WORKING_GROUP)
        .order_by(WorkingGroup.position, WorkingGroup.id)
    ).all()
    events = _events(db, actor, year, now, order=[row.slug for row in groups])
    held = [one for one in events if one.course is CourseOfYear.HELD]
    tables = rules.tables_of(held)
    own = reader.scopes(Role.FOCAL_POINT) if reader else frozenset[str]()
    # What the reader knows of the own country is no cover for another's.
    of_others = [{code: n for code, n in one.items() if code not in own} for one in tables]
    kept_back = _kept_back(of_others, not_shared)
    members = current_body().country_names
    return YearReport(
        year=year,
        as_of=now,
        events=tuple(events),
        rows=rules.rows_of(events, [row.slug for row in groups]),
        sums=rules.sums_of(events),
        months=rules.by_month(events),
        recorded=len(tables),
        people=_people(db, [one.id for one in held]),
        countries=_countries(
            held,
            tables,
            kept_back=kept_back,
            not_shared=not_shared,
            own=own,
            audience=audience,
        ),
        others=_told("", tables, kept_back, audience),
        absences=rules.absences(
            events,
            [
                code
                for code in members
                if policy.may_hear_of(actor, code) and (is_told_all or code not in not_shared)
            ],
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
            groups=tuple(groups_of.get(row.id, ())),
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
    in the list of each event, and nobody where it gives no names. In no copy that is handed on.
    """
    policy.require_may_read_year(actor)
    days = {one.id: one.on for one in report.events if one.came is not None}
    if not may_see_list(actor, ()):
        return (), 0
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
    held: Sequence[EventOfYear],
    tables: Tables,
    *,
    kept_back: KeptBack,
    not_shared: Collection[str],
    own: Collection[str],
    audience: Audience,
) -> tuple[CountryOfYear, ...]:
    """Returns the Member Countries, those that came to most events first; what is hidden is last."""
    attended, said = rules.events_attended(held), []
    for code, name in current_body().country_names.items():
        is_shared = code not in not_shared
        attendances = _told(code, tables, frozenset() if code in own else kept_back, audience)
        is_told = attendances is not None and (is_shared or audience is Audience.OFFICE)
        said.append(
            CountryOfYear(
                code=code,
                name=name,
                events=attended[code] if is_told else None,
                attendances=attendances if is_told else None,
                is_kept_back=not is_shared
                or (code not in own and (kept_back is None or code in kept_back)),
                is_shared=is_shared,
            )
        )
    return tuple(sorted(said, key=lambda one: (one.events is None, -(one.events or 0), one.code)))


def _told(key: str, tables: Tables, kept_back: KeptBack, audience: Audience) -> int | None:
    """Returns the attendances of one country over all events; None where they may not be known."""
    if audience is Audience.HANDED_ON and (kept_back is None or key in kept_back):
        return None
    return sum(table.get(key, 0) for table in tables)


def _kept_back(tables: Tables, not_shared: Collection[str]) -> KeptBack:
    """Returns the countries whose numbers are hidden in what is handed on; None where it may not
    even be said which those are.
    """
    sums = sum((Counter(table) for table in tables), Counter[str]())
    keys = hidden_over(tables, not_shared)
    return keys if may_name(sums, keys) else None
