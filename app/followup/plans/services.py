"""Members of tables, activities of their plans, and the steps of a plan: the only writers of both."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import activities_of, activity_numbers
from app.followup.agreements.queries.events import findings_for_activities
from app.followup.agreements.services import activities
from app.followup.agreements.values import ActivityDraft, AgreementView
from app.followup.plans import policy, rules
from app.followup.plans.facts import (
    TableMemberAdded,
    TableMemberChanged,
    TableMemberRemoved,
    WorkPlanOpened,
    WorkPlanSentBack,
    WorkPlanSubmitted,
    WorkPlanValidated,
)
from app.followup.plans.models import TableMember, WorkPlan
from app.followup.plans.queries import AUTHORS, congress_of_table, table_reach, tables_of_edition
from app.followup.plans.values import SECTOR_OF_KIND, PlanRequest, PlanState, Sector, TableReach
from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.text import N_
from app.people.directory.queries.reference import institution_place
from app.people.identity.services.accounts import forget_author

UNKNOWN_INSTITUTION = N_("Choose an institution from the list.")


def add_member(
    db: Session,
    *,
    actor: Actor,
    work_table_id: int,
    institution_id: int,
    now: datetime,
    sector: Sector | None = None,
) -> int:
    """Seats an institution at a table and returns the member's id, by those who `may_seat`.

    `sector`: where it differs from what the kind of the institution says. The same institution
    again returns the member that is there.
    """
    reach = table_reach(db, work_table_id)
    place = institution_place(db, institution_id)
    if place is None:
        raise InvalidInput({"institution": Sentence(UNKNOWN_INSTITUTION)})
    _require_may_seat(actor, reach, place.country_code)
    known = select(TableMember.id).where(
        TableMember.work_table_id == work_table_id, TableMember.institution_id == institution_id
    )
    standing = db.scalar(known)
    if standing is not None:
        return standing
    row = TableMember(
        work_table_id=work_table_id,
        country_code=place.country_code,
        institution_id=institution_id,
        sector=sector or SECTOR_OF_KIND.get(place.kind, Sector.OTHER),
        added_at=now,
        added_by=actor.account_id or None,
    )
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:  # somebody else seated it a moment ago
        return db.scalars(known).one()
    fact = TableMemberAdded(work_table_id, institution_id, place.country_code)
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def change_member(
    db: Session, *, actor: Actor, member_id: int, sector: Sector, now: datetime
) -> int:
    """Says another sector of a member, by those who may seat it. Returns the table's id."""
    row = _member_to_seat(db, member_id, actor=actor)
    if row.sector != sector:
        row.sector = sector
        db.flush()
        fact = TableMemberChanged(row.work_table_id, row.institution_id, row.country_code)
        journal.record(db, fact, actor=actor, now=now)
    return row.work_table_id


def remove_member(db: Session, *, actor: Actor, member_id: int, now: datetime) -> int:
    """Takes a member from its table, by those who may seat it. Returns the table's id."""
    row = _member_to_seat(db, member_id, actor=actor)
    fact = TableMemberRemoved(row.work_table_id, row.institution_id, row.country_code)
    db.delete(row)
    db.flush()
    journal.record(db, fact, actor=actor, now=now)
    return fact.work_table_id


def open_plans(db: Session, *, edition_id: int, actor: Actor, now: datetime) -> None:
    """Gives every table of an edition that has none an empty plan (R6)."""
    for work_table_id in tables_of_edition(db, edition_id):
        _locked_plan(db, work_table_id, actor=actor, now=now)


def write_activity(
    db: Session,
    *,
    actor: Actor,
    work_table_id: int,
    draft: ActivityDraft,
    now: datetime,
    activity_id: int | None = None,
    seen: str = "",
) -> int:
    """Writes an activity of a draft plan, a new one or the one named, and returns its id.

    `seen`: the mark of the draft that the writer began from. Raises ChangedMeanwhile, PlanNotDraft,
    NoCongressYet, and InvalidInput by field.
    """
    plan = _draft_to_write(db, work_table_id, actor=actor, now=now)
    if activity_id is None:
        return _add(db, plan, [draft], actor=actor, now=now)[0]
    activities.change_activity(
        db,
        actor=actor,
        plan_id=plan.id,
        work_table_id=work_table_id,
        activity_id=activity_id,
        draft=draft,
        now=now,
        seen=seen,
    )
    return activity_id


def write_activities(
    db: Session,
    *,
    actor: Actor,
    work_table_id: int,
    drafts: Sequence[ActivityDraft],
    now: datetime,
) -> tuple[int, ...]:
    """Adds activities that were pasted, all or none, and returns their ids."""
    plan = _draft_to_write(db, work_table_id, actor=actor, now=now)
    return _add(db, plan, drafts, actor=actor, now=now)


def take_findings(
    db: Session, *, actor: Actor, work_table_id: int, finding_ids: frozenset[int], now: datetime
) -> tuple[int, ...]:
    """Makes a draft activity of each finding of the table that was ticked, and returns their ids.

    A finding ticked again gives the activity that it became. Findings of other tables are passed
    over.
    """
    plan = _draft_to_write(db, work_table_id, actor=actor, now=now)
    drafts = [
        ActivityDraft(text=one.text, section=one.section, finding_id=one.id)
        for one in findings_for_activities(db, work_table_id)
        if one.id in finding_ids
    ]
    return _add(db, plan, drafts, actor=actor, now=now)


def remove_plan_activity(
    db: Session, *, actor: Actor, work_table_id: int, activity_id: int, now: datetime
) -> None:
    """Removes an activity of a draft plan; those after it move up."""
    plan = _draft_to_write(db, work_table_id, actor=actor, now=now)
    activities.remove_activity(db, actor=actor, plan_id=plan.id, activity_id=activity_id, now=now)


def submit_plan(db: Session, *, actor: Actor, work_table_id: int, now: datetime) -> None:
    """Hands a draft to the presidency, by the table's moderator or rapporteur, or who acts for the
    region. Raises PlanEmpty, PlanIncomplete and PlanNotDraft.
    """
    policy.require_may_submit_plan(actor, table_reach(db, work_table_id))
    plan = _locked_plan(db, work_table_id, actor=actor, now=now)
    rules.require_draft(PlanState(plan.state))
    rules.require_complete(_activities(db, plan))
    plan.state, plan.submitted_at = PlanState.SUBMITTED, now
    plan.submitted_by = actor.account_id or None
    db.flush()
    journal.record(db, WorkPlanSubmitted(plan.id, work_table_id), actor=actor, now=now)


def send_back_plan(
    db: Session,
    *,
    actor: Actor,
    work_table_id: int,
    note: str,
    now: datetime,
    requests: Sequence[PlanRequest] = (),
) -> None:
    """Makes a submitted plan a draft again, with a note and what is asked of single activities."""
    policy.require_may_send_back_plan(actor)
    plan = _locked_plan(db, work_table_id, actor=actor, now=now)
    rules.require_submitted(PlanState(plan.state))
    numbers = [one.paragraph.number for one in _activities(db, plan)]
    said, asked = rules.require_note(note, requests, numbers)
    plan.state, plan.note = PlanState.DRAFT, said
    plan.requests = [{"number": one.number, "words": one.words} for one in asked]
    plan.returned_at, plan.returned_by = now, actor.account_id or None
    db.flush()
    journal.record(db, WorkPlanSentBack(plan.id, work_table_id), actor=actor, now=now)


def validate_plan(
    db: Session, *, actor: Actor, work_table_id: int, decision_ref: str, now: datetime
) -> None:
    """Validates a submitted plan by a Decision, by the presidency alone (R12).

    Its activities enter the register of agreements, and the text of the plan stays as it is: who,
    when, the Decision and the hash of the text are kept. Raises OnlyThePresidencyValidates,
    PlanNotSubmitted, InvalidInput.
    """
    policy.require_may_validate_plan(actor, table_reach(db, work_table_id))
    plan = _locked_plan(db, work_table_id, actor=actor, now=now)
    rules.require_submitted(PlanState(plan.state))
    decision = rules.require_decision(decision_ref)
    written = _activities(db, plan)
    rules.require_complete(written)
    activities.put_in_force(db, plan_id=plan.id, now=now)
    plan.state, plan.decision_ref = PlanState.VALIDATED, decision
    plan.text_hash = rules.hash_of(written)
    plan.validated_at, plan.validated_by = now, actor.account_id or None
    db.flush()
    fact = WorkPlanValidated(
        plan_id=plan.id,
        work_table_id=work_table_id,
        decision_ref=decision,
        text_hash=plan.text_hash,
        activity_ids=tuple(one.id for one in written),
        countries=tuple(sorted(set().union(*(one.countries for one in written)))),
    )
    journal.record(db, fact, actor=actor, now=now)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Forgets who seated members and who took the steps of plans. A second time changes nothing."""
    forget_author(db, person_id, AUTHORS)


def _member_to_seat(db: Session, member_id: int, *, actor: Actor) -> TableMember:
    row = db.get(TableMember, member_id)
    if row is None:
        raise NotFound
    _require_may_seat(actor, table_reach(db, row.work_table_id), row.country_code)
    return row


def _require_may_seat(actor: Actor, reach: TableReach, country: str) -> None:
    if not policy.may_seat(actor, reach, country):
        raise NotAllowed


def _draft_to_write(db: Session, work_table_id: int, *, actor: Actor, now: datetime) -> WorkPlan:
    """Returns the plan with its row locked, for those who may write it while it is a draft."""
    policy.require_may_write_plan(actor, table_reach(db, work_table_id))
    plan = _locked_plan(db, work_table_id, actor=actor, now=now)
    rules.require_draft(PlanState(plan.state))
    return plan


def _locked_plan(db: Session, work_table_id: int, *, actor: Actor, now: datetime) -> WorkPlan:
    """Returns the plan of a table with its row locked: who writes, submits and validates come one
    after the other. Tables of before have no plan yet and get an empty one.
    """
    asked = select(WorkPlan).where(WorkPlan.work_table_id == work_table_id)
    locked = asked.with_for_update().execution_options(populate_existing=True)
    plan = db.scalar(locked)
    if plan is not None:
        return plan
    plan = WorkPlan(work_table_id=work_table_id, state=PlanState.DRAFT, created_at=now)
    try:
        with db.begin_nested():
            db.add(plan)
            db.flush()
    except IntegrityError:  # two opened it at once; the other's is there now
        return db.scalars(locked).one()
    journal.record(db, WorkPlanOpened(plan.id, work_table_id), actor=actor, now=now)
    return plan


def _add(
    db: Session, plan: WorkPlan, drafts: Sequence[ActivityDraft], *, actor: Actor, now: datetime
) -> tuple[int, ...]:
    congress = congress_of_table(db, plan.work_table_id)
    if congress is None:
        raise rules.NoCongressYet
    if activity_numbers(db, [plan.id]).get(plan.id, 0) + len(drafts) > rules.MOST_ACTIVITIES:
        raise rules.TooManyActivities(most=rules.MOST_ACTIVITIES)
    return tuple(
        activities.add_activity(
            db,
            actor=actor,
            plan_id=plan.id,
            event_id=congress,
            work_table_id=plan.work_table_id,
            draft=draft,
            now=now,
        )
        for draft in drafts
    )


def _activities(db: Session, plan: WorkPlan) -> tuple[AgreementView, ...]:
    return activities_of(db, actor=SYSTEM, plans=[plan.id])
