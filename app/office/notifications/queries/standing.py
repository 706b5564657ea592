"""All that one person was written about one event, for a letter that is about to leave."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.infra.journal import JournalEntry
from app.office.notifications.rules.standing import STANDINGS, Fate, SentLetter
from app.office.outbox.models import Message
from app.office.outbox.rules.outbox import NO_NEWS, cause_of
from app.participation.registrations.queries.registrations import ASKED
from app.people.identity.models import Account
from app.planning.events.models import Event
from app.planning.events.queries.life import history_of
from app.planning.events.rules.history import MoveHistory

m, j, mine = Message, JournalEntry, aliased(Message)
TOLD = (
    select(
        j.id,
        j.fact,
        or_(j.actor_account_id.is_(None), Account.person_id == bindparam("person_id")).label(
            "is_own"
        ),
    )
    .outerjoin(Account, Account.id == j.actor_account_id)
    .where(j.id.in_(bindparam("causes", expanding=True)), j.fact.in_(STANDINGS))
)
LETTERS_BESIDE = (
    select(
        m.id,
        m.dedupe,
        m.event_id,
        m.person_id,
        m.event_sequence,
        m.sent_at,
        m.bounced_at,
        m.given_up_at,
        m.given_up_reason,
    )
    .join(mine, and_(mine.person_id == m.person_id, mine.event_id == m.event_id))
    .where(mine.id == bindparam("message_id"))
    .order_by(m.id)
)


@dataclass(frozen=True)
class Correspondence:
    """The letter, and all letters of how its reader stands with the event, in the order of their
    writing.
    """

    event_id: UUID
    person_id: int
    one: SentLetter
    letters: tuple[SentLetter, ...]
    history: MoveHistory


def correspondence(db: Session, message_id: int) -> Correspondence | None:
    """Returns None for a letter of another sort, and for the only one: there is nothing that it
    could contradict.
    """
    rows = _letters_beside(db, message_id)
    causes = {
        number: cause for number, row in rows.items() if (cause := cause_of(row.dedupe)) is not None
    }
    if message_id not in causes or len(causes) == 1:
        return None
    event_id, person_id = rows[message_id].event_id, rows[message_id].person_id
    told = db.execute(TOLD, {"person_id": person_id, "causes": list(causes.values())})
    facts = {row.id: row for row in told}
    if causes[message_id] not in facts:
        return None
    history = history_of(db, db.get_one(Event, event_id))
    letters = []
    for number, cause in causes.items():
        if cause in facts:
            row, knew = rows[number], history.sequence_at(cause)
            says = knew if row.event_sequence is None else row.event_sequence
            fact, is_own = facts[cause].fact, bool(facts[cause].is_own)
            letters.append(
                SentLetter(
                    id=number,
                    fact=fact,
                    knew=knew,
                    says=says,
                    fate=_fate(row),
                    is_asking=is_own and fact in ASKED,
                )
            )
    one = next(said for said in letters if said.id == message_id)
    return Correspondence(
        event_id=event_id, person_id=person_id, one=one, letters=tuple(letters), history=history
    )


def _letters_beside(db: Session, message_id: int) -> dict[int, Any]:
    """Returns the marks of all letters to the reader of that one about the same event, itself among
    them, by number.

    Never their words: each holds a text and a calendar.
    """
    rows = db.execute(LETTERS_BESIDE, {"message_id": message_id})
    return {row.id: row for row in rows if row.dedupe.endswith(f".{row.person_id}")}


def _fate(row: Any) -> Fate:
    if row.given_up_at is not None or row.bounced_at is not None:
        return Fate.UNSAID if row.given_up_reason == NO_NEWS else Fate.LOST
    return Fate.LEFT if row.sent_at is not None else Fate.WAITS
