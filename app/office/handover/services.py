"""Writes notes for successors, records that a handover is near and that the journal was exported."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.journal import JournalEntry
from app.infra.record import Head
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.seen import require_as_seen
from app.office.handover import policy, rules
from app.office.handover.facts import HandoverDue, HandoverNoteWritten, RecordVerified
from app.office.handover.models import HandoverNote
from app.office.handover.queries.handovers import all_handovers, handover_of, latest_note, notes_of
from app.office.handover.queries.journal import (
    MOST_EXPORTED,
    JournalFilters,
    JournalPage,
    journal_page,
)
from app.office.handover.rules import stage_due
from app.office.handover.values import OfficeKind
from app.people.directory.facts import ExportMade
from app.people.directory.queries.reference import lock_country


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


def write_note(
    db: Session,
    *,
    actor: Actor,
    office: OfficeKind,
    country_code: str,
    text: str,
    today: date,
    now: datetime,
    seen: str = "",
) -> bool:
    """Adds a version of the note; returns whether it differs from the latest. Only for who holds
    the office. Refuses an empty or overlong text at its field. `seen`: the mark of the latest
    version that the writer began from; refuses ChangedMeanwhile when there is a later one.
    """
    handover = handover_of(db, actor=actor, office=office, country_code=country_code, today=today)
    policy.require_may_write_note(actor, handover, today)
    words = rules.required_note(text)
    term = handover.outgoing
    lock_country(db, term.country_code)
    standing = latest_note(notes_of(db, handover))
    if standing == words:
        return False
    require_as_seen(seen, standing)
    row = HandoverNote(
        office=office.value,
        country_code=term.country_code,
        since=term.since,
        text=words,
        written_at=now,
        written_by=actor.account_id or None,
    )
    db.add(row)
    db.flush()
    fact = HandoverNoteWritten(
        office=office.value, country_code=term.country_code, since=term.since, note_id=row.id
    )
    journal.record(db, fact, actor=actor, now=now)
    return True


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


def tell_verified(db: Session, *, head: Head, findings: int, now: datetime) -> bool:
    """Records what the record was, where that is news: the first time in a month, or when it is no
    longer whole, or whole again. Returns whether it was. Once, however many consumers verify.
    """
    lock_by_name(db, "record-verified")
    told = select(JournalEntry).where(JournalEntry.fact == RecordVerified.__name__)
    last = db.scalars(told.order_by(JournalEntry.id.desc()).limit(1)).one_or_none()
    if last is not None:
        this_month = reference_day(last.at).replace(day=1) == reference_day(now).replace(day=1)
        if this_month and bool(last.payload["findings"]) is bool(findings):
            return False
    fact = RecordVerified(places=head.count, mac=head.mac, findings=findings)
    journal.record(db, fact, actor=SYSTEM, now=now)
    return True
