"""The record: a chain over the rows that must not change, by which a change is found although
whoever made it could switch off every rule of the database.

Each row bears a mark that only the key of the installation gives, from the transaction that wrote
it (`record_keys`): so a row of somebody else's is told at once. After the commit a sealer links the
rows one behind the other, each link with an HMAC of the one before: so a row that went, moved or
was put in between is found. Anchors outside the database say how far the chain had come: so a chain
that was cut, or a copy of before, is found too. Decision 100 says what each of the three catches.

The sealer takes every marked row that has no link, whatever its number. PostgreSQL may commit a
lower number after a higher one; only what was linked an hour ago closes the numbers below it, and
the nightly verification looks below that too.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Label,
    Row,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.infra.database import lock_by_name
from app.infra.journal import JournalEntry, entry_content
from app.infra.orm import Base, BigId, table_of
from app.infra.record_keys import Marked, base64url, content_of, fingerprint, key_of, mark_with

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
LOCK = "record"
BATCH = 2_000
"""Rows in one transaction of the sealer, so that other writers wait some tens of milliseconds."""
SETTLED = timedelta(hours=1)
"""Longer than any transaction lasts. A row that is linked for so long closes the numbers below it,
and a key that was followed by another marks nothing any more after so long.
"""
KEY = "key"


class RecordLink(Base):
    """A place in the chain, counted from 1 without a gap. `kind` and `row_id` say which row it is
    of; of the kind "key", that everything behind it is kept with the key of that number.
    """

    __tablename__ = "record_link"
    __table_args__ = (Index("uq_record_link_kind_row_id", "kind", "row_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    row_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime]
    mac: Mapped[str] = mapped_column(String(43))


@dataclass(frozen=True)
class Recorded:
    """A table whose rows are on record. The mark of a row is of its `kind` and of the columns that
    are `names`, in this order: what never changes, however lawful the change. Where that is not all,
    `text` makes what it is of from those and from what is read `beside` them.

    `called` names a row by its number, in English. `keys` are the columns of the primary key, the
    first one a number. `rises`: a later row has a higher number. `is_linked` is False where rows may
    go: they bear a mark, and no link.
    """

    kind: str
    called: str
    model: type[Marked]
    names: tuple[str, ...]
    keys: tuple[InstrumentedAttribute[Any], ...]
    text: Callable[[Mapping[str, Any]], str] | None = None
    beside: tuple[InstrumentedAttribute[Any] | Label[Any], ...] = ()
    rises: bool = False
    is_linked: bool = True

    @property
    def mark(self) -> Column[str | None]:
        return table_of(self.model).c.record_mark

    def marked_rows(self) -> AnySelect:
        """Selects what `content` reads, the keys as key_0, key_1, and the mark."""
        named = [key.label(f"key_{number}") for number, key in enumerate(self.keys)]
        columns = [table_of(self.model).c[name] for name in self.names]
        return select(*columns, *self.beside, *named, self.mark)

    def content_of(self, values: Mapping[str, Any]) -> str:
        """Returns what the mark of a row with these values is of."""
        if self.text:
            return self.text(values)
        return content_of(self.kind, *(values[name] for name in self.names))

    def content(self, row: AnyRow) -> str:
        """Returns what the mark of a row of `marked_rows` is of."""
        return self.content_of(row._asdict())


@dataclass(frozen=True)
class RecordPort:
    """The tables on record beside the journal."""

    tables: tuple[Recorded, ...] = ()

    @property
    def all(self) -> tuple[Recorded, ...]:
        return (JOURNAL, *self.tables)


def _entry(values: Mapping[str, Any]) -> str:
    subject = (values["subject_kind"], values["subject_id"])
    return entry_content(
        values["at"], values["actor_account_id"], values["fact"], subject, values["payload_text"]
    )


JOURNAL = Recorded(
    kind="journal",
    called="Entry %d of the journal",
    model=JournalEntry,
    keys=(JournalEntry.id,),
    names=("at", "actor_account_id", "fact", "subject_kind", "subject_id"),
    beside=(cast(JournalEntry.payload, Text).label("payload_text"),),
    text=_entry,
    rises=True,
)


class RecordUnfit(Exception):
    """The chain cannot go on here: it was not begun, or not with the keys of this machine."""


@dataclass(frozen=True)
class Head:
    """The last link: its place, and its HMAC, which stands for everything before it."""

    count: int
    mac: str


START = Head(0, "")

_HEAD = select(RecordLink.id, RecordLink.mac).order_by(RecordLink.id.desc()).limit(1)
_KEY_LINK = (
    select(RecordLink).where(RecordLink.kind == KEY).order_by(RecordLink.row_id.desc()).limit(1)
)
_SETTLED_ROW = (
    select(RecordLink.row_id)
    .where(RecordLink.kind == bindparam("kind"), RecordLink.at < bindparam("before"))
    .order_by(RecordLink.row_id.desc())  # as the index has them: only the last hour's are read
    .limit(1)
)
_LINK = insert(table_of(RecordLink))


def head_of(db: Session) -> Head:
    """Returns the last link, START where the chain has not begun."""
    row = db.execute(_HEAD).one_or_none()
    return START if row is None else Head(row.id, row.mac)


def has_begun(db: Session) -> bool:
    return db.scalar(_HEAD) is not None


def key_in_use(db: Session) -> int:
    """Returns the number of the key with which the chain is kept, 0 where it has not begun."""
    link = db.scalar(_KEY_LINK)
    return 0 if link is None else link.row_id


def mark_earlier(
    db: Session, table: Recorded, *, key: bytes, after: tuple[Any, ...]
) -> tuple[int, tuple[Any, ...]]:
    """Gives their mark to rows of before the record began, at most BATCH, that follow the one with
    the primary key `after`, () for the first; returns how many, and the key of the last.
    """
    rows = table.marked_rows().where(table.mark.is_(None)).order_by(*table.keys).limit(BATCH)
    if after:
        rows = rows.where(tuple_(*table.keys) > tuple_(*after))
    own = [table_of(table.model).c[key.key] for key in table.keys]
    where = [column == bindparam(f"own_{number}") for number, column in enumerate(own)]
    marking = update(table_of(table.model)).where(*where).values(record_mark=bindparam("given"))
    told: list[dict[str, Any]] = []
    for row in db.execute(rows).all():
        after = tuple(getattr(row, f"key_{number}") for number in range(len(own)))
        named = {f"own_{number}": value for number, value in enumerate(after)}
        told.append({**named, "given": mark_with(key, table.content(row))})
    if told:
        db.execute(marking, told)
    return len(told), after


def begin_key(db: Session, *, keys: Sequence[bytes], now: datetime) -> None:
    """Links that the chain is kept with the last of the keys from now on; its first link is one."""
    lock_by_name(db, LOCK)
    chain = _Chain(head_of(db), keys[-1], now)
    chain.add(KEY, len(keys), fingerprint(keys[-1]))
    db.execute(_LINK, chain.links)


def seal_next(
    db: Session,
    tables: Sequence[Recorded],
    *,
    keys: Sequence[bytes],
    now: datetime,
    below: bool = False,
    read_to: dict[str, int] | None = None,
) -> int:
    """Links marked rows that have no link yet, at most BATCH of each table, in the order of their
    numbers; returns how many. One at a time. `below`: also those that came very late. `read_to`:
    where several batches follow, up to which number each kind of rows was read, noted here.

    What bears no mark of these keys is left out, and the verification names it. Raises RecordUnfit.
    """
    lock_by_name(db, LOCK)
    begun = require_keys(db, keys)
    chain, read_to = _Chain(head_of(db), keys[-1], now), {} if read_to is None else read_to
    for table in tables:
        if not table.is_linked:
            continue
        goes_on = table.kind in read_to
        rows = _waiting(db, table, now=now, below=below or goes_on)
        if goes_on:
            rows = rows.where(table.keys[0] > read_to[table.kind])
        for row in db.execute(rows.limit(BATCH)):
            read_to[table.kind] = row.key_0
            number = key_of(keys, table.content(row), row.record_mark)
            if marks_at(now, number, len(keys), begun.at):
                chain.add(table.kind, row.key_0, row.record_mark)
    if chain.links:
        db.execute(_LINK, chain.links)
    return len(chain.links)


def waiting(db: Session, tables: Sequence[Recorded], *, now: datetime, below: bool = False) -> int:
    """Returns how many marked rows have no link yet. `below`: also those that came very late."""
    return sum(
        db.scalar(
            select(func.count()).select_from(
                _waiting(db, table, now=now, below=below).order_by(None).subquery()
            )
        )
        or 0
        for table in tables
        if table.is_linked
    )


def _waiting(db: Session, table: Recorded, *, now: datetime, below: bool) -> AnySelect:
    key = table.keys[0]
    rows = (
        table.marked_rows()
        .outerjoin(RecordLink, and_(RecordLink.kind == table.kind, RecordLink.row_id == key))
        .where(RecordLink.id.is_(None), table.mark.is_not(None))
        .order_by(key)
    )
    if not table.rises or below:
        return rows
    settled = db.scalar(_SETTLED_ROW, {"kind": table.kind, "before": now - SETTLED})
    return rows.where(key > (settled or 0))


def require_keys(db: Session, keys: Sequence[bytes]) -> RecordLink:
    """Returns the link from which on the last of the keys is used. Raises RecordUnfit where these
    are not the keys of the chain.
    """
    link = db.scalar(_KEY_LINK)
    if link is None:
        raise RecordUnfit("the record was not begun")
    if not keys:
        raise RecordUnfit("the file of the record's keys is missing")
    before = db.get(RecordLink, link.id - 1)
    if link.row_id != len(keys) or not hmac.compare_digest(
        link.mac,
        link_mac(keys[-1], before.mac if before else "", link, fingerprint(keys[-1])),
    ):
        raise RecordUnfit("the record is kept with other keys than those of this machine")
    return link


def marks_at(at: datetime, number: int, current: int, since: datetime) -> bool:
    """Returns True where a row that is linked at an instant may bear the mark of a key: the current
    one, or the one before it while what was begun with it ends.
    """
    return number == current or (number == current - 1 > 0 and at < since + SETTLED)


class _Chain:
    """Links behind the head, to be written at once."""

    def __init__(self, head: Head, key: bytes, now: datetime) -> None:
        self._head, self._key, self._now = head, key, now.replace(microsecond=0)
        self.links: list[dict[str, Any]] = []

    def add(self, kind: str, row_id: int, mark: str) -> None:
        link = RecordLink(id=self._head.count + 1, kind=kind, row_id=row_id, at=self._now)
        mac = link_mac(self._key, self._head.mac, link, mark)
        self._head = Head(link.id, mac)
        self.links.append(
            {"id": link.id, "kind": kind, "row_id": row_id, "at": self._now, "mac": mac}
        )


def link_mac(key: bytes, before: str, link: Any, mark: str) -> str:
    told = f"{before} {link.id} {link.kind} {link.row_id} {int(link.at.timestamp())} {mark}"
    return base64url(hmac.digest(key, told.encode(), "sha256"))
