"""When a person last asked to come and last answered, from the journal. Not scoped by actor: for
letters and answers.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.participation.registrations.facts import (
    InvitationAnswered,
    RegistrationMade,
    RegistrationPending,
    RegistrationWaiting,
)

ASKED = frozenset(
    {RegistrationMade.__name__, RegistrationWaiting.__name__, RegistrationPending.__name__}
)
"""Facts of a person who asks for a place, and so has seen where the event is."""
j = JournalEntry


def asked_in(db: Session, event_id: UUID, person_id: int) -> int:
    """Returns the entry of the journal by which the person last asked to be registered, or was
    registered by others; 0 when there is none.
    """
    return _last_of(db, event_id, person_id, ASKED)


def answered_in(db: Session, event_id: UUID, person_id: int) -> int:
    """Returns the entry of the person's last answer by calendar; 0 where there is none."""
    return _last_of(db, event_id, person_id, (InvitationAnswered.__name__,))


def _last_of(db: Session, event_id: UUID, person_id: int, facts: Collection[str]) -> int:
    about = (j.subject_kind == "event", j.subject_id == str(event_id), j.fact.in_(facts))
    entries = select(j.id).where(*about, j.payload["person_id"].as_integer() == person_id)
    return db.scalar(entries.order_by(j.id.desc()).limit(1)) or 0
