"""What is typed while a congress sits."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.followup.agreements.services.events import record_finding
from app.followup.agreements.values import FindingDraft
from app.followup.plans.services import take_findings
from app.kernel.actor import Actor


def note_finding(
    db: Session,
    *,
    actor: Actor,
    work_table_id: int,
    draft: FindingDraft,
    is_activity: bool,
    now: datetime,
) -> int:
    """Records what a table found and returns its id; with `is_activity` it becomes a draft activity
    of the table's plan at once. The same words again change nothing.
    """
    finding = record_finding(db, actor=actor, work_table_id=work_table_id, draft=draft, now=now)
    if is_activity:
        take_findings(
            db,
            actor=actor,
            work_table_id=work_table_id,
            finding_ids=frozenset({finding}),
            now=now,
        )
    return finding
