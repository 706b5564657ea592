"""Putting on record that the general plan was taken along."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.followup.plans.queries import general_plan
from app.followup.plans.values import GeneralPlan
from app.infra import journal
from app.kernel.actor import Actor
from app.people.directory.facts import ExportMade

KIND = "general-plan"


def export_general_plan(db: Session, *, actor: Actor, slug: str, now: datetime) -> GeneralPlan:
    """Returns the plan and records that a copy was taken."""
    plan = general_plan(db, actor=actor, slug=slug)
    journal.record(db, ExportMade(KIND, slug, len(plan.activities)), actor=actor, now=now)
    return plan
