"""That a day of handing over comes: told once for each stage, whatever the clock asks how often."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.office.handover.facts import HandoverDue
from app.office.handover.queries.offices import all_handovers
from app.office.handover.rules import stage_due


def tell_due(db: Session, *, today: date, now: datetime) -> int:
    """Records what is due and was not told yet; returns how many. Whoever writes letters
    listens.
    """
    told = 0
    for handover in all_handovers(db, today):
        stage = stage_due(handover, today)
        if stage is None or handover.on is None:
            continue
        term = handover.outgoing
        fact = HandoverDue(handover.office.value, term.country_code, term.since, stage, handover.on)
        if not _is_told(db, fact):
            journal.record(db, fact, actor=SYSTEM, now=now)
            told += 1
    return told


def _is_told(db: Session, fact: HandoverDue) -> bool:
    """A day that was moved since is told again."""
    entries = db.scalars(
        select(JournalEntry.payload).where(
            JournalEntry.subject_kind == fact.subject_kind,
            JournalEntry.subject_id == fact.subject_id,
            JournalEntry.fact == fact.name,
        )
    )
    return any(
        told["stage"] == fact.stage and told["on"] == fact.on.isoformat() for told in entries
    )
