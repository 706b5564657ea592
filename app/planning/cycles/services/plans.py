"""The annual plan: entries while it is a draft, approval by the presidency, amendments after it
(R3).
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.people.directory.queries.reference import group_id_of
from app.planning.arranging.queries.plans import draft_of_entry, entries_of
from app.planning.arranging.rules import plans as rules
from app.planning.cycles.facts import (
    PlanApproved,
    PlanEntryAdded,
    PlanEntryChanged,
    PlanEntryRemoved,
)
from app.planning.events import policy
from app.planning.events.models import AnnualPlan, Event, PlanEntry
from app.planning.events.values import EntryDraft
from app.planning.scheduling.services import claims

NO_GROUP = N_("Choose a group from the list.")


def add_entry(db: Session, *, actor: Actor, year: int, draft: EntryDraft, now: datetime) -> int:
    """Adds an intention; the first one begins the year's plan. In an approved plan it is an
    amendment and names the Decision that it rests on. One that stands already just so is not
    doubled: an entry says how many it foresees.
    """
    plan = _plan(db, actor, year)
    rules.require_sound_entry(draft, is_amendment=plan.approved_at is not None)
    for standing in db.scalars(select(PlanEntry).where(PlanEntry.year == year)).all():
        if draft_of_entry(db, standing) == draft:
            return standing.id
    last = db.scalar(select(func.max(PlanEntry.position)).where(PlanEntry.year == year)) or 0
    row = PlanEntry(year=year, position=last + 1)
    _write(db, row, draft)
    db.add(row)
    db.flush()
    decision = draft.decision_ref if plan.approved_at is not None else ""
    journal.record(db, PlanEntryAdded(year, row.id, decision), actor=actor, now=now)
    return row.id


def change_entry(
    db: Session,
    *,
    actor: Actor,
    year: int,
    entry_id: int,
    draft: EntryDraft,
    now: datetime,
    seen: str = "",
) -> None:
    """Refuses OnlyThePresidency once the plan is approved. The same again changes nothing. `seen`:
    the mark of the entry that the writer began from; refuses ChangedMeanwhile when it is another
    now.
    """
    row = _entry(db, actor, year, entry_id)
    rules.require_sound_entry(draft, is_amendment=False)
    standing = draft_of_entry(db, row)
    if standing == draft:
        return
    require_as_seen(seen, standing)
    _write(db, row, draft)
    db.flush()
    journal.record(db, PlanEntryChanged(year, row.id), actor=actor, now=now)


def remove_entry(db: Session, *, actor: Actor, year: int, entry_id: int, now: datetime) -> None:
    """Refuses EntryInUse while events name it, cancelled ones too: what was held stays
    explained.
    """
    row = _entry(db, actor, year, entry_id)
    if db.scalar(select(func.count()).select_from(Event).where(Event.plan_entry_id == row.id)):
        raise rules.EntryInUse
    db.delete(row)
    db.flush()
    journal.record(db, PlanEntryRemoved(year, entry_id), actor=actor, now=now)


def approve_plan(
    db: Session, *, actor: Actor, year: int, decision_ref: str, now: datetime, seen: str = ""
) -> bool:
    """Approves by the presidency, with the Decision it is based on; says whether anything changed,
    as a second time does not. `seen`: the mark of the entries that were before the eyes; refuses
    PlanChanged when they are others now.

    From now on an event of that year is published only under an entry, or by a Decision of its own.
    """
    policy.require_may_approve_plans(actor)
    decision = rules.require_decision(decision_ref)
    claims.lock(db)
    plan = db.get(AnnualPlan, year) if rules.is_year(year) else None
    entries = entries_of(db, year=year)
    if plan is None or not entries:
        raise rules.EmptyPlan
    if plan.approved_at is not None:
        return False
    require_as_seen(seen, entries, rules.PlanChanged)
    plan.decision_ref, plan.approved_at, plan.approved_by = decision, now, actor.account_id or None
    db.flush()
    journal.record(db, PlanApproved(year, decision), actor=actor, now=now)
    return True


def _plan(db: Session, actor: Actor, year: int) -> AnnualPlan:
    """Returns the year's plan, begun when there is none.

    Locked, so that an approval and an entry do not pass each other.
    """
    policy.require_may_keep_editions(actor)
    if not rules.is_year(year):
        raise NotFound
    claims.lock(db)
    plan = db.get(AnnualPlan, year)
    if plan is None:
        plan = AnnualPlan(year=year, decision_ref="")
        db.add(plan)
        db.flush()
    return plan


def _entry(db: Session, actor: Actor, year: int, entry_id: int) -> PlanEntry:
    policy.require_may_keep_editions(actor)
    claims.lock(db)
    row = db.get(PlanEntry, entry_id)
    if row is None or row.year != year:
        raise NotFound
    if db.get_one(AnnualPlan, year).approved_at is not None and not policy.may_approve_plans(actor):
        raise rules.OnlyThePresidency(year=year)
    return row


def _write(db: Session, row: PlanEntry, draft: EntryDraft) -> None:
    row.working_group_id = None
    if draft.group:
        row.working_group_id = group_id_of(db, draft.group)
        if row.working_group_id is None:
            raise InvalidInput({"group": Sentence(NO_GROUP)})
    row.title, row.quarter, row.events_planned = draft.title, draft.quarter, draft.events_planned
    row.decision_ref = draft.decision_ref
