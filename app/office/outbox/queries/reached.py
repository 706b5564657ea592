"""Who was really reached: what became of the letters about an event, and of those that wait."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.office.outbox.models import Message
from app.office.outbox.queries.outbox import delivery_joined
from app.office.outbox.rules.outbox import cause_of, state_of
from app.office.outbox.values import HANDED_OVER, MessageFilter

m = Message


@dataclass(frozen=True)
class LetterState:
    """What became of one letter. `fact` names what it follows from, "" for what the clock or the
    office caused; `cause` is that fact's number in the journal.
    """

    person_id: int | None
    recipient: str
    fact: str
    cause: int | None
    state: MessageFilter
    created_at: datetime

    @property
    def is_handed_over(self) -> bool:
        """True when the letter left and has not come back. In the demo it became a file."""
        return self.state in HANDED_OVER


@dataclass(frozen=True)
class WaitingLetters:
    """How many letters wait because none could leave, and since when the oldest does."""

    count: int
    oldest_at: datetime | None


def letters_of_event(
    db: Session, event_id: UUID, *, facts: Collection[str] = ()
) -> tuple[LetterState, ...]:
    """Every letter about the event, the oldest first; with `facts` only those that follow from a
    fact of such a name, such as InvitationSent. Not scoped by actor. Two statements.
    """
    rows = db.execute(
        delivery_joined(
            select(
                m.person_id,
                m.recipient,
                m.dedupe,
                m.created_at,
                m.sent_at,
                m.bounced_at,
                m.given_up_at,
                m.held_at,
                m.is_filed,
            )
        )
        .where(m.event_id == event_id)
        .order_by(m.id)
    ).all()
    causes = {cause for row in rows if (cause := cause_of(row.dedupe)) is not None}
    wanted = select(JournalEntry.id, JournalEntry.fact).where(JournalEntry.id.in_(causes))
    names = {row.id: row.fact for row in db.execute(wanted)}
    letters = []
    for row in rows:
        cause = cause_of(row.dedupe)
        fact = names.get(cause, "") if cause is not None else ""
        if facts and fact not in facts:
            continue
        state = state_of(
            is_sent=row.sent_at is not None,
            has_bounced=row.bounced_at is not None,
            is_given_up=row.given_up_at is not None,
            is_dead=row.delivery_state == "dead",
            is_held=row.held_at is not None,
            is_filed=row.is_filed,
        )
        letters.append(
            LetterState(row.person_id, row.recipient, fact, cause, state, row.created_at)
        )
    return tuple(letters)


def waiting_letters(db: Session) -> WaitingLetters:
    """Not scoped: a count for whoever sets up the mail."""
    held = (m.held_at.is_not(None), m.sent_at.is_(None), m.given_up_at.is_(None))
    count, oldest = db.execute(select(func.count(), func.min(m.created_at)).where(*held)).one()
    return WaitingLetters(count, oldest)
