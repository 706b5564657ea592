"""Notes of a term. Not scoped by actor: the caller checks whether the handover may be read."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.office.handover.models import HandoverNote
from app.office.handover.values import Handover, Note
from app.people.directory.models import Person
from app.people.identity.models import Account

VERSIONS = 20


def latest_note(notes: Sequence[Note]) -> str:
    """Returns the text of the latest note; "" when there is none."""
    return notes[0].text if notes else ""


def notes_of(db: Session, handover: Handover) -> tuple[Note, ...]:
    """Returns the twenty latest versions of the note, the latest first."""
    term = handover.outgoing
    rows = db.execute(
        select(HandoverNote, Person.full_name)
        .outerjoin(Account, Account.id == HandoverNote.written_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            HandoverNote.office == handover.office.value,
            HandoverNote.country_code == term.country_code,
            HandoverNote.since == term.since,
        )
        .order_by(HandoverNote.id.desc())
        .limit(VERSIONS)
    )
    return tuple(Note(row.text, row.written_at, name or "") for row, name in rows)
