"""Tables with their members and plans, and the general plan, as their readers may see them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.followup.agreements.policy import sees_names
from app.followup.agreements.queries.agreements import activities_of, grouped
from app.followup.agreements.queries.events import findings_for_activities
from app.followup.agreements.values import AgreementView, FindingView
from app.followup.plans import policy, rules
from app.followup.plans.models import TableMember, WorkPlan
from app.followup.plans.values import (
    DraftsCompared,
    GeneralPlan,
    Meeting,
    MemberView,
    PlanLine,
    PlannedActivity,
    PlanRequest,
    PlanState,
    PlanStep,
    PlanView,
    Sector,
    TableReach,
    TableView,
    Together,
)
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, is_printable
from app.people.directory.models import Institution, Person
from app.people.identity.models import Account
from app.people.identity.queries import Authors, ids_written_by
from app.planning.events.models import Edition, Event, EventLink, FundingSource, WorkTable
from app.planning.events.values import EventStatus, LinkRole


def table_of(db: Session, *, actor: Actor, work_table_id: int) -> TableView:
    """Returns a table with its members and its plan, which may be an empty draft.

    Raises NotFound for a plan that is a draft to who has nothing to do with the table.
    """
    table = db.get(WorkTable, work_table_id)
    if table is None:
        raise NotFound
    members = members_of(db, [table.id]).get(table.id, ())
    reach = reach_of(table, members)
    [plan] = _plans(db, [table], actor=actor)
    policy.require_may_read_plan(actor, reach, plan.state)
    leads = policy.may_submit_plan(actor, reach)
    is_draft, is_submitted = plan.state is PlanState.DRAFT, plan.state is PlanState.SUBMITTED
    return TableView(
        plan=plan,
        members=members,
        one_sector=rules.countries_of_one_sector(members),
        may_write=is_draft and policy.may_write_plan(actor, reach),
        may_submit=is_draft and leads,
        may_send_back=is_submitted and policy.may_send_back_plan(actor),
        may_validate=is_submitted and policy.may_validate_plan(actor),
        leads=leads,
        may_seat=tuple(
            code
            for code in sorted(actor.scopes(Role.FOCAL_POINT))
            if policy.may_seat(actor, reach, code)
        ),
    )


def findings_to_take(db: Session, *, plan: PlanView) -> tuple[FindingView, ...]:
    """Returns the findings of the plan's table that no activity was made of yet. The caller has
    made sure that the actor may write the plan.
    """
    taken = {one.activity.finding_id for one in plan.activities if one.activity}
    return tuple(
        one for one in findings_for_activities(db, plan.work_table_id) if one.id not in taken
    )


def plan_lines(db: Session, *, actor: Actor, slug: str) -> dict[int, PlanLine]:
    """Returns by table how the plans of an edition stand; nothing to who may not read plans."""
    if not policy.may_read_plans(actor):
        return {}
    rows = db.execute(
        select(WorkTable, WorkPlan.state, WorkPlan.returned_at)
        .join(Edition, Edition.id == WorkTable.edition_id)
        .outerjoin(WorkPlan, WorkPlan.work_table_id == WorkTable.id)
        .where(Edition.slug == slug)
    ).all()
    members = members_of(db, [table.id for table, _state, _returned in rows])
    lines = {}
    for table, state, returned_at in rows:
        reach = reach_of(table, members.get(table.id, ()))
        standing = PlanState(state or PlanState.DRAFT)
        lines[table.id] = PlanLine(
            work_table_id=table.id,
            state=standing,
            is_sent_back=standing is PlanState.DRAFT and returned_at is not None,
            is_open=policy.may_read_plan(actor, reach, standing),
        )
    return lines


def funds(db: Session) -> tuple[tuple[str, LocalizedText], ...]:
    """Returns slug and name of the sources of funds, by slug."""
    rows = db.execute(select(FundingSource.slug, FundingSource.name).order_by(FundingSource.slug))
    return tuple((row.slug, row.name) for row in rows)


def general_plan(db: Session, *, actor: Actor, slug: str) -> GeneralPlan:
    """Returns exactly the validated activities of an edition, numbered through its tables, with the
    states of all tables (R13). Activities of drafts are in it for nobody.
    """
    if not policy.may_read_plans(actor):
        raise NotFound
    return _general_plan(slug, _plans(db, _tables(db, slug), actor=actor))


def general_plan_and_drafts(
    db: Session, *, actor: Actor, slug: str
) -> tuple[GeneralPlan, DraftsCompared]:
    """Returns the general plan of an edition, and what clashes and what is double in its plans that
    are not validated yet, before anybody approves them (R34).

    Only plans that the actor may read are compared; who may read no draft gets nothing.
    """
    if not policy.may_read_plans(actor):
        raise NotFound
    tables = _tables(db, slug)
    plans = _plans(db, tables, actor=actor)
    return _general_plan(slug, plans), _drafts_compared(db, tables, plans, actor=actor)


def _general_plan(slug: str, read: Iterable[PlanView]) -> GeneralPlan:
    numbered: list[PlannedActivity] = []
    plans: list[PlanView] = []
    for plan in read:
        if plan.state is not PlanState.VALIDATED:
            plans.append(replace(plan, activities=(), note="", requests=()))
            continue
        numbered += [
            PlannedActivity(number, plan, activity)
            for number, activity in enumerate(plan.activities, start=1 + len(numbered))
        ]
        plans.append(plan)
    return GeneralPlan(
        edition_slug=slug,
        tables=tuple(plans),
        activities=tuple(numbered),
        clashes=rules.clashes(numbered),
        duplicates=rules.duplicates(numbered),
    )


def _drafts_compared(
    db: Session, tables: Sequence[WorkTable], plans: Sequence[PlanView], *, actor: Actor
) -> DraftsCompared:
    members = members_of(db, [table.id for table in tables])
    readable = [
        plan
        for table, plan in zip(tables, plans, strict=True)
        if policy.may_read_plan(actor, reach_of(table, members.get(table.id, ())), plan.state)
    ]
    drafts = tuple(one for one in readable if one.state is not PlanState.VALIDATED)
    if not drafts:
        return DraftsCompared()
    merged = [(plan, one) for plan in readable for one in plan.activities]
    numbered = [
        PlannedActivity(number, plan, one) for number, (plan, one) in enumerate(merged, start=1)
    ]

    def meetings(pairs: Iterable[Together]) -> tuple[Meeting, ...]:
        return tuple(
            Meeting(first, second, pair.countries)
            for pair in pairs
            for first, second in [(numbered[pair.first - 1], numbered[pair.second - 1])]
            if {first.plan.state, second.plan.state} != {PlanState.VALIDATED}
        )

    return DraftsCompared(
        plans=drafts,
        clashes=meetings(rules.clashes(numbered)),
        duplicates=meetings(rules.duplicates(numbered)),
    )


def members_of(db: Session, tables: Collection[int]) -> dict[int, tuple[MemberView, ...]]:
    """Returns the members of each table by country, sector and name."""
    rows = db.execute(
        select(TableMember, Institution.name)
        .join(Institution, Institution.id == TableMember.institution_id)
        .where(TableMember.work_table_id.in_(tables))
        .order_by(TableMember.country_code, TableMember.sector, TableMember.id)
    )
    return grouped(
        (
            row.work_table_id,
            MemberView(
                id=row.id,
                country=row.country_code,
                institution_id=row.institution_id,
                institution=name,
                sector=Sector(row.sector),
            ),
        )
        for row, name in rows
    )


def reach_of(table: WorkTable, members: Iterable[MemberView]) -> TableReach:
    """Returns whom the policies ask about."""
    return TableReach(
        moderator_id=table.moderator_id,
        rapporteur_id=table.rapporteur_id,
        coordinator=table.coordinator_country or "",
        countries=frozenset(one.country for one in members),
    )


def table_reach(db: Session, work_table_id: int) -> TableReach:
    """Returns whom the policies ask about of a table. Raises NotFound."""
    table = db.get(WorkTable, work_table_id)
    if table is None:
        raise NotFound
    return reach_of(table, members_of(db, [table.id]).get(table.id, ()))


def tables_of_edition(db: Session, edition_id: int) -> tuple[int, ...]:
    return tuple(
        db.scalars(
            select(WorkTable.id).where(WorkTable.edition_id == edition_id).order_by(WorkTable.id)
        )
    )


def congress_of_table(db: Session, work_table_id: int) -> UUID | None:
    """Returns the congress of a table's edition, which its activities belong to."""
    linked = (
        select(Event.id)
        .join(EventLink, EventLink.event_id == Event.id)
        .join(WorkTable, WorkTable.edition_id == EventLink.edition_id)
        .where(
            WorkTable.id == work_table_id,
            EventLink.role == LinkRole.CONGRESS.value,
            Event.status != EventStatus.CANCELLED.value,
        )
    )
    return db.scalar(linked.order_by(Event.starts_at, Event.id).limit(1))


def plans_to_validate(db: Session, *, actor: Actor) -> tuple[int, ...]:
    """Returns the tables whose plans wait for the presidency, the oldest first; none for others."""
    if not policy.may_validate_plan(actor):
        return ()
    waiting = select(WorkPlan.work_table_id).where(WorkPlan.state == PlanState.SUBMITTED)
    return tuple(db.scalars(waiting.order_by(WorkPlan.submitted_at, WorkPlan.id)))


_READER: Any = bindparam("person_id")
_TO_MEND = (
    select(WorkPlan.work_table_id)
    .join(WorkTable, WorkTable.id == WorkPlan.work_table_id)
    .where(
        WorkPlan.state == PlanState.DRAFT,
        WorkPlan.returned_at.is_not(None),
        or_(WorkTable.moderator_id == _READER, WorkTable.rapporteur_id == _READER),
    )
)
HAS_TO_MEND = _TO_MEND.exists()
"""Whether `plans_to_mend` has any for a person, to be asked together with other numbers."""
_TO_MEND_IN_ORDER = _TO_MEND.order_by(WorkPlan.returned_at, WorkPlan.id)


def plans_to_mend(db: Session, *, actor: Actor) -> tuple[int, ...]:
    """Returns the tables that the actor moderates or reports for, whose plans were sent back."""
    if actor.person_id is None:
        return ()
    return tuple(db.scalars(_TO_MEND_IN_ORDER, {"person_id": actor.person_id}))


AUTHORS: Authors = {
    "members_seated": (TableMember.id, TableMember.added_by),
    "plans_submitted": (WorkPlan.id, WorkPlan.submitted_by),
    "plans_sent_back": (WorkPlan.id, WorkPlan.returned_by),
    "plans_validated": (WorkPlan.id, WorkPlan.validated_by),
}


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the ids of what the person wrote down or decided, by kind."""
    return ids_written_by(db, person_id, AUTHORS)


def _tables(db: Session, slug: str) -> Sequence[WorkTable]:
    """Returns the tables of an edition in their order. Raises NotFound."""
    edition_id = (
        db.scalar(select(Edition.id).where(Edition.slug == slug)) if is_printable(slug) else None
    )
    if edition_id is None:
        raise NotFound
    return db.scalars(
        select(WorkTable)
        .where(WorkTable.edition_id == edition_id)
        .order_by(WorkTable.position, WorkTable.id)
    ).all()


def _plans(db: Session, tables: Collection[WorkTable], *, actor: Actor) -> tuple[PlanView, ...]:
    """Returns the plan of each table in their order; a table that has none yet gets an empty draft
    with id 0.
    """
    editions = {
        row.id: (row.slug, row.label)
        for row in db.execute(
            select(Edition.id, Edition.slug, Edition.label).where(
                Edition.id.in_({table.edition_id for table in tables})
            )
        )
    }
    rows = {
        row.work_table_id: row
        for row in db.scalars(
            select(WorkPlan).where(WorkPlan.work_table_id.in_([table.id for table in tables]))
        )
    }
    activities = grouped(
        (one.activity.plan_id, one)
        for one in activities_of(db, actor=actor, plans=[row.id for row in rows.values()])
        if one.activity
    )
    names = _names(db, rows.values()) if sees_names(actor) else {}
    return tuple(
        _plan(
            table,
            rows.get(table.id),
            edition=editions[table.edition_id],
            activities=activities.get(rows[table.id].id, ()) if table.id in rows else (),
            names=names,
        )
        for table in tables
    )


def _plan(
    table: WorkTable,
    row: WorkPlan | None,
    *,
    edition: tuple[str, str],
    activities: tuple[AgreementView, ...],
    names: Mapping[int, str],
) -> PlanView:
    slug, label = edition
    if row is None:
        return PlanView(
            id=0,
            work_table_id=table.id,
            theme=table.theme,
            position=table.position,
            edition_slug=slug,
            edition_label=label,
            state=PlanState.DRAFT,
        )
    changed = {one.paragraph.number: one.activity.changed_at for one in activities if one.activity}
    returned_at = row.returned_at
    requests = tuple(
        PlanRequest(
            number=one["number"],
            words=one["words"],
            done_at=at
            if (at := changed.get(one["number"])) and returned_at and at > returned_at
            else None,
        )
        for one in row.requests
    )
    return PlanView(
        id=row.id,
        work_table_id=table.id,
        theme=table.theme,
        position=table.position,
        edition_slug=slug,
        edition_label=label,
        state=PlanState(row.state),
        activities=activities,
        submitted=PlanStep(row.submitted_at, names.get(row.submitted_by or 0, ""))
        if row.submitted_at
        else None,
        returned=PlanStep(returned_at, names.get(row.returned_by or 0, ""))
        if returned_at
        else None,
        note=row.note,
        requests=requests,
        validated=PlanStep(row.validated_at, names.get(row.validated_by or 0, ""))
        if row.validated_at
        else None,
        decision_ref=row.decision_ref,
    )


def _names(db: Session, rows: Iterable[WorkPlan]) -> dict[int, str]:
    accounts = {
        account
        for row in rows
        for account in (row.submitted_by, row.returned_by, row.validated_by)
        if account is not None
    }
    if not accounts:
        return {}
    person = aliased(Person)
    named = (
        select(Account.id, person.full_name)
        .join(person, person.id == Account.person_id)
        .where(Account.id.in_(accounts))
    )
    return {row.id: row.full_name for row in db.execute(named)}
