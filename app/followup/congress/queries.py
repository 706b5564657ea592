"""What tables promised at a congress and what became of it, as it is projected at the next."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.values import AgreementView
from app.followup.congress import rules
from app.followup.congress.values import CongressProgress, PromisedActivity, TableProgress
from app.followup.matrix.queries import rows_on_agreements
from app.followup.matrix.rules import newest_shown
from app.followup.plans.models import WorkPlan
from app.followup.plans.policy import may_write_plan
from app.followup.plans.queries import general_plan, members_of, reach_of
from app.followup.plans.values import PlanState
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.planning.events.models import Edition, WorkTable


def congress_progress(db: Session, *, actor: Actor, slug: str, today: date) -> CongressProgress:
    """Returns, for the congress of an edition, what the tables before it promised and how far it is.

    Rows that are not published, or that a country shares with nobody, are left out for everybody,
    the secretariat too: the page is projected, and the report is handed on. Raises NotFound to
    guests and visitors.
    """
    edition = db.scalar(select(Edition).where(Edition.slug == slug))
    if edition is None:
        raise NotFound
    before = _promising(db, edition)
    if before is None:
        return CongressProgress(slug, edition.label, "", "")
    plan = general_plan(db, actor=actor, slug=before.slug)
    ids = [one.activity.id for one in plan.activities]
    rows = rows_on_agreements(db, actor=actor, ids=ids)

    def promised(number: int, activity: AgreementView) -> PromisedActivity:
        newest = newest_shown(rows.get(activity.id, ()))
        progress = rules.progress_of(activity, today)
        return PromisedActivity(number=number, activity=activity, progress=progress, rows=newest)

    return CongressProgress(
        slug=slug,
        label=edition.label,
        promised_by=before.slug,
        promised_by_label=before.label,
        tables=tuple(
            TableProgress(
                table.work_table_id,
                table.theme,
                tuple(
                    promised(one.number, one.activity)
                    for one in plan.activities
                    if one.plan.work_table_id == table.work_table_id
                ),
            )
            for table in plan.tables
            if table.state is PlanState.VALIDATED
        ),
    )


def _promising(db: Session, edition: Edition) -> Edition | None:
    """Reads the edition whose validated plans a congress looks at: that from which it was cloned,
    or the newest before it; without one, itself.
    """
    validated = (
        select(WorkTable.edition_id)
        .join(WorkPlan, WorkPlan.work_table_id == WorkTable.id)
        .where(WorkPlan.state == PlanState.VALIDATED)
    )
    rows = db.scalars(
        select(Edition)
        .where(Edition.id.in_(validated), Edition.id <= edition.id)
        .order_by(Edition.id.desc())
    ).all()
    before = [one for one in rows if one.id != edition.id]
    cloned = [one for one in before if one.id == edition.cloned_from]
    return next(iter((*cloned, *before, *rows)), None)


def activity_numbers(db: Session, findings: Collection[int]) -> dict[int, int]:
    """Returns by finding the number that the activity made of it has in its table's plan, drafts
    too. The caller has checked that the actor may open the findings.
    """
    rows = db.execute(
        select(Agreement.finding_id, Agreement.number).where(Agreement.finding_id.in_(findings))
    )
    return {finding: number for finding, number in rows if finding is not None}


def plans_to_add_to(db: Session, *, actor: Actor, slug: str) -> frozenset[int]:
    """Returns the tables of an edition whose plan is a draft that the actor may write."""
    rows = db.execute(
        select(WorkTable, WorkPlan.state)
        .join(Edition, Edition.id == WorkTable.edition_id)
        .outerjoin(WorkPlan, WorkPlan.work_table_id == WorkTable.id)
        .where(Edition.slug == slug)
    ).all()
    members = members_of(db, [table.id for table, _state in rows])
    return frozenset(
        table.id
        for table, state in rows
        if (state or PlanState.DRAFT) == PlanState.DRAFT
        and may_write_plan(actor, reach_of(table, members.get(table.id, ())))
    )
