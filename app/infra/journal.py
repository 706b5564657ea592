"""The journal: facts, written in the transaction that made them true, and what is still to follow
from each.

Append-only on both databases (triggers), and each row bears the mark of this installation
(`record_keys`). `Delivery` is one listener's debt for one fact; it is the
truth about background work, the job queue is only its alarm clock.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.orm import Base, BigId, table_of
from app.infra.record_keys import Marked, content_of, keys_at_hand, mark_with
from app.kernel.actor import Actor
from app.kernel.fact import Fact

REGISTRY = "journal_handlers"
FRESH = "journal_fresh_deliveries"
WAIT_UNTIL = "journal_wait_until"


class JournalEntry(Marked):
    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_subject", "subject_kind", "subject_id"),
        Index("ix_journal_entry_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor_account_id: Mapped[int | None] = mapped_column(BigId)
    fact: Mapped[str] = mapped_column(String(80), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]


class Delivery(Base):
    """States: pending, done, dead. `next_at` is when it may be tried again (UTC)."""

    __tablename__ = "delivery"
    __table_args__ = (
        # A listener owes one piece of work for a fact, however often the job for it is queued.
        Index("uq_delivery_entry_id_handler", "entry_id", "handler", unique=True),
        # Partial: nearly all deliveries are done, and the sweep asks for the others each minute.
        Index(
            "ix_delivery_pending",
            "next_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    handler: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


ENTRIES = insert(table_of(JournalEntry)).returning(
    JournalEntry.id, JournalEntry.at, JournalEntry.fact, JournalEntry.subject_id
)
DELIVERIES = insert(table_of(Delivery)).returning(Delivery.id)


class Entry(NamedTuple):
    """What was written of a fact."""

    id: int
    at: datetime
    fact: str
    subject_id: str


@dataclass(frozen=True)
class Handler:
    """A listener. Inside: `run(db, entry, now=…)` in the transaction that marks the delivery done,
    so it happens once.

    Outside (long work: a PDF, a mail server): `run(entry, now=…)` opens its own transactions and
    must be idempotent. `can_wait`: it tells people, and waits where an act can still be undone.

    At once: `run(db, entries, actor=…, now=…)` in the transaction of the act and under its locks,
    before `record` returns. There is no delivery; what it refuses undoes the act.
    """

    name: str
    run: Callable[..., None]
    inside: bool = True
    can_wait: bool = False
    at_once: bool = False


class CannotSucceed(Exception):
    """A handler raises it when trying again cannot help; its delivery goes dead at once, with this
    sentence.
    """


Registry = Mapping[type[Fact], tuple[Handler, ...]]
"""The listeners of each kind of fact, in the order they are told."""


def let_wait(db: Session, *, until: datetime) -> None:
    """Delays the listeners that can wait until an instant (UTC), for what this session records from
    now on.

    Until then the act can be undone, and nobody hears of it.
    """
    db.info[WAIT_UNTIL] = until


def record(db: Session, fact: Fact, *, actor: Actor, now: datetime) -> Entry:
    """Writes the fact and one delivery for each listener, in the caller's transaction."""
    return record_all(db, [fact], actor=actor, now=now)[0]


def record_all(db: Session, facts: Iterable[Fact], *, actor: Actor, now: datetime) -> list[Entry]:
    """Records as `record` does, many facts at once, in a number of statements that does not grow
    with them.

    The entries come in no particular order.
    """
    return record_dated(db, [(fact, now) for fact in facts], actor=actor)


def record_dated(
    db: Session, facts: Iterable[tuple[Fact, datetime]], *, actor: Actor
) -> list[Entry]:
    """Records as `record_all` does, facts of different instants (UTC)."""
    told = tuple(facts)
    if not told:
        return []
    rows = _marked(db, [_row(fact, actor, at) for fact, at in told])
    kinds = {fact.name: type(fact) for fact, _at in told}
    db.flush()  # what the facts speak of comes first
    entries = [Entry(*row) for row in db.execute(ENTRIES, rows)]
    registry: Registry = db.info.get(REGISTRY, {})
    later: datetime | None = db.info.get(WAIT_UNTIL)
    owed = [
        {
            "entry_id": entry.id,
            "handler": handler.name,
            "next_at": (later or entry.at) if handler.can_wait else entry.at,
        }
        for entry in entries
        for handler in registry.get(kinds[entry.fact], ())
        if not handler.at_once
    ]
    if owed:
        db.info.setdefault(FRESH, []).extend(sorted(db.scalars(DELIVERIES, owed)))
    for name, kind in kinds.items():
        for handler in registry.get(kind, ()):
            if handler.at_once:
                about = [entry for entry in entries if entry.fact == name]
                handler.run(db, about, actor=actor, now=about[0].at)
    return entries


def _row(fact: Fact, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor_account_id": actor.account_id or None,
        "fact": fact.name,
        "subject_kind": fact.subject_kind,
        "subject_id": fact.subject_id,
        "payload": fact.payload(),
    }


def entry_content(
    at: datetime, actor_account_id: int | None, fact: str, subject: tuple[str, str], payload: str
) -> str:
    """Returns what the mark of an entry is of. `payload` is the text that the database keeps."""
    return content_of(at, actor_account_id, fact, *subject, payload)


def _marked(db: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = keys_at_hand(db)
    for row in rows:
        row["record_mark"] = None
        if keys:
            subject = (row["subject_kind"], row["subject_id"])
            payload = json.dumps(row["payload"])
            content = entry_content(
                row["at"], row["actor_account_id"], row["fact"], subject, payload
            )
            row["record_mark"] = mark_with(keys[-1], content)
    return rows
