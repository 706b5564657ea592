"""Records that a handover is near, once for each stage, however often the clock asks."""

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
    """Records each handover that is near and was not recorded yet; returns how many. Letters follow
    from these facts.
    """
    told = 0
    for handover in all_handovers(db, today):
        stage = stage_due(handover, today)
        if stage is None or handover.on is None:
            continue
        term = handover.outgoing
        fact = HandoverDue(
            office=handover.office.value,
            country_code=term.country_code,
            since=term.since,
            stage=stage,
            on=handover.on,
        )
        if not _is_told(db, fact):
            journal.record(db, fact, actor=SYSTEM, now=now)
            told += 1
    return told


def _is_told(db: Session, fact: HandoverDue) -> bool:
    """Returns True when this stage of this day is recorded.

    A handover whose day was moved is recorded again.
    """
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
