"""Counts what was refused, and writes it into the journal hour by hour: one line for an account and
an hour, however often somebody tries.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import is_sqlite
from app.kernel.actor import SYSTEM
from app.kernel.fact import Fact
from app.people.identity.facts import (
    RequestsRefused,
    SignInsFailed,
    UnknownSignInsFailed,
    VirusesRefused,
)
from app.people.identity.models import RefusedTry
from app.people.identity.rules import hour_of
from app.people.identity.values import RefusedKind

HOUR = timedelta(hours=1)


def count_refused(db: Session, *, account_id: int, kind: RefusedKind, now: datetime) -> None:
    """Counts one refusal; account 0 is an address that has no account."""
    insert = insert_sqlite if is_sqlite(db) else insert_postgresql
    t = RefusedTry
    first = insert(t).values(account_id=account_id, kind=kind.value, hour=hour_of(now), times=1)
    key = [t.account_id, t.kind, t.hour]
    db.execute(first.on_conflict_do_update(index_elements=key, set_={"times": t.times + 1}))


def tell_refused(db: Session, *, now: datetime) -> int:
    """Writes the hours that are over into the journal, each dated with its end, and forgets them;
    returns how many lines were written.
    """
    t = RefusedTry
    rows = db.execute(
        delete(t).where(t.hour < hour_of(now)).returning(t.account_id, t.kind, t.hour, t.times)
    ).all()
    facts = [
        (_fact(row.account_id, RefusedKind(row.kind), row.times), row.hour + HOUR) for row in rows
    ]
    journal.record_dated(db, facts, actor=SYSTEM)
    return len(facts)


def _fact(account_id: int, kind: RefusedKind, times: int) -> Fact:
    if kind is RefusedKind.VIRUS:
        return VirusesRefused(account_id, times)
    if kind is RefusedKind.REQUEST:
        return RequestsRefused(account_id, times)
    return SignInsFailed(account_id, times) if account_id else UnknownSignInsFailed(times)
