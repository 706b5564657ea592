"""What the outgoing leave in writing: versions are added, never changed."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.handover import policy, rules
from app.handover.facts import HandoverNoteWritten
from app.handover.models import HandoverNote
from app.handover.queries.notes import notes_of
from app.handover.queries.offices import handover_of
from app.handover.values import Office
from app.infra import journal
from app.kernel.actor import Actor


def write_note(
    db: Session, *, actor: Actor, office: Office, country_code: str, text: str, today: date, now: datetime
) -> bool:
    """Whoever holds the office writes; returns whether anything is new. Refuses an empty or overlong one at its
    field."""
    handover = handover_of(db, actor=actor, office=office, country_code=country_code, today=today)
    policy.require_may_write_note(actor, handover, today)
    words = rules.required_note(text)
    notes = notes_of(db, handover)
    if notes and notes[0].text == words:
        return False
    term = handover.outgoing
    row = HandoverNote(office=office.value, country_code=term.country_code, since=term.since, text=words,
                       written_at=now, written_by=actor.account_id or None)  # fmt: skip
    db.add(row)
    db.flush()
    fact = HandoverNoteWritten(office.value, term.country_code, term.since, row.id)
    journal.record(db, fact, actor=actor, now=now)
    return True
