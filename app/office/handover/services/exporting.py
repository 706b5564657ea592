"""Exports the journal and records the export."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.office.handover import policy
from app.office.handover.queries.journal import (
    MOST_EXPORTED,
    JournalFilters,
    JournalPage,
    journal_page,
)
from app.people.directory.facts import ExportMade


def export_journal(
    db: Session, *, actor: Actor, filters: JournalFilters, now: datetime
) -> JournalPage:
    """Returns the newest ten thousand entries that fit the filters, without the entry about this
    export.
    """
    policy.require_may_export_journal(actor)
    page = journal_page(db, filters=filters, limit=MOST_EXPORTED)
    journal.record(db, ExportMade("journal", filters.kind, len(page.entries)), actor=actor, now=now)
    return page
