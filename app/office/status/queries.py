"""Which checks have fallen, from the journal."""

from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.office.status.facts import CheckFell, CheckRecovered

_NEWEST = (
    select(func.max(JournalEntry.id))
    .where(JournalEntry.fact.in_(bindparam("facts", expanding=True)))
    .group_by(JournalEntry.subject_id)
)
_LAST = select(JournalEntry.subject_id, JournalEntry.fact, JournalEntry.at).where(
    JournalEntry.id.in_(_NEWEST)
)
HAS_FALLEN = exists().where(JournalEntry.fact == CheckFell.__name__)
"""Whether any check ever fell: what is asked first, among other questions."""
FACTS = (CheckFell.__name__, CheckRecovered.__name__)


def last_told(db: Session) -> dict[str, tuple[bool, datetime]]:
    """Returns of each check that ever fell whether it has fallen now, and since when."""
    rows = db.execute(_LAST, {"facts": FACTS})
    return {name: (fact == CheckFell.__name__, at) for name, fact, at in rows}


def count_fallen(db: Session) -> int:
    """Returns how many checks are not well, as they were told by letter."""
    return sum(is_fallen for is_fallen, _at in last_told(db).values())
