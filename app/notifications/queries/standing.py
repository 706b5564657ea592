"""All that one person was written about one event, for a letter that is about to leave."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.models import Event
from app.events.queries.history import ASKED, history_of
from app.events.rules.history import History
from app.infra.journal import JournalEntry
from app.notifications.models import Message
from app.notifications.rules.outbox import NO_NEWS, cause_of
from app.notifications.rules.standing import STANDINGS, Fate, Said

m = Message


@dataclass(frozen=True)
class Correspondence:
    """The letter, and all letters of how its reader stands with the event, in the order of their writing."""

    event_id: UUID
    person_id: int
    one: Said
    letters: tuple[Said, ...]
    history: History


def correspondence(db: Session, message_id: int) -> Correspondence | None:
    """None for a letter of another sort, and for the only one: there is nothing that it could contradict."""
    mine = db.get_one(Message, message_id)
    if mine.event_id is None or mine.person_id is None:
        return None
    asked = select(m).where(m.person_id == mine.person_id, m.event_id == mine.event_id).order_by(m.id)
    rows = {row.id: row for row in db.scalars(asked) if row.dedupe.endswith(f".{mine.person_id}")}
    causes = {number: cause for number, row in rows.items() if (cause := cause_of(row.dedupe)) is not None}
    if message_id not in causes or len(causes) == 1:
        return None
    j = JournalEntry
    told = select(j.id, j.fact).where(j.id.in_(causes.values()), j.fact.in_(STANDINGS))
    facts = {row.id: row.fact for row in db.execute(told)}
    if causes[message_id] not in facts:
        return None
    history = history_of(db, db.get_one(Event, mine.event_id))
    letters = []
    for number, cause in causes.items():
        if cause in facts:
            row, knew = rows[number], history.sequence_at(cause)
            says = knew if row.event_sequence is None else row.event_sequence
            letters.append(Said(number, facts[cause], knew, says, _fate(row), is_asking=facts[cause] in ASKED))
    one = next(said for said in letters if said.id == message_id)
    return Correspondence(mine.event_id, mine.person_id, one, tuple(letters), history)


def _fate(row: Message) -> Fate:
    if row.given_up_at is not None or row.bounced_at is not None:
        return Fate.UNSAID if row.given_up_reason == NO_NEWS else Fate.LOST
    return Fate.LEFT if row.sent_at is not None else Fate.WAITS
