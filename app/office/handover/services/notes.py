"""Notes of a handover: versions are added, never changed."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.seen import require_as_seen
from app.office.handover import policy, rules
from app.office.handover.facts import HandoverNoteWritten
from app.office.handover.models import HandoverNote
from app.office.handover.queries.notes import latest_note, notes_of
from app.office.handover.queries.offices import handover_of
from app.office.handover.values import OfficeKind
from app.people.directory.queries.reference import lock_country


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
