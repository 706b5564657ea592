"""Verifies the record: each link, each row, and the anchors of other days."""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Select,
    SmallInteger,
    and_,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.database import reading
from app.infra.installation import SETTINGS
from app.infra.orm import Base
from app.infra.record import (
    KEY,
    START,
    AnyRow,
    Head,
    Recorded,
    RecordLink,
    has_begun,
    link_mac,
    marks_at,
)
from app.infra.record_keys import fingerprint, key_of
from config import Settings

ANCHORS = "journal-anchors.txt"
RESTORED = "restored"
NONE = "-"
STEP = 5_000
"""Links, or rows, that one step reads; between two steps nothing is held."""
MOST_NAMED = 1_000
"""Findings that are kept in words; all are counted."""
ONLY = 1


class RecordCheck(Base):
    """What the last verification found, in the only row; only for showing. `broken_since` is the
    first one that found something, null where the last one found nothing.
    """

    __tablename__ = "record_check"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    verified_at: Mapped[datetime]
    links: Mapped[int] = mapped_column(BigInteger)
    findings: Mapped[int]
    broken_since: Mapped[datetime | None]


class Flaw(StrEnum):
    """GONE: a row that is linked is not there. CHANGED: it is not as it was marked. STRANGE: this
    installation did not write it. DOUBLED: two rows bear one mark. BROKEN: a link does not follow
    from the one before, or is not of the row that it names. LACKING: places are missing. SHORT: an
    anchor saw more places than there are. OTHER: an anchor saw another link in a place. KEY: a key
    is used that the file does not hold.
    """

    GONE = "gone"
    CHANGED = "changed"
    STRANGE = "strange"
    DOUBLED = "doubled"
    BROKEN = "broken"
    LACKING = "lacking"
    SHORT = "short"
    OTHER = "other"
    KEY = "key"


@dataclass(frozen=True)
class RecordFinding:
    """`kind` and `row_id` say which row it is of, `place` which link, `last` the last of several;
    "" and 0 where there is none. `anchor` is the day of the anchor, or of a letter.
    """

    flaw: Flaw
    kind: str = ""
    row_id: int = 0
    place: int = 0
    last: int = 0
    anchor: str = ""


@dataclass
class Verification:
    """`head` is the last link that was read; `count` how many findings there are, of which the
    first are in `findings`. `waiting`: marked rows that the sealer has not linked yet.
    """

    head: Head = START
    count: int = 0
    waiting: int = 0
    findings: list[RecordFinding] = field(default_factory=list)

    def add(self, finding: RecordFinding) -> None:
        self.count += 1
        if len(self.findings) < MOST_NAMED:
            self.findings.append(finding)


@dataclass(frozen=True)
class Anchor:
    """What the chain was on a day: `told_on` is the day, or where the anchor was read."""

    told_on: str
    head: Head


def verify_record(
    tables: Sequence[Recorded],
    *,
    keys: Sequence[bytes],
    anchors: Sequence[Anchor],
    now: datetime,
    on_step: Callable[[int], object] = lambda _places: None,
) -> Verification:
    """Reads the whole record and compares it with the anchors, in steps that hold nothing. Rows that
    are written meanwhile may or may not be among those it reads. `on_step` is told how many links
    were read.
    """
    result, walk = Verification(), _Walk(tables, keys)
    while True:
        with reading() as db:
            links = walk.step(db, result)
        on_step(result.head.count)
        if links < STEP:
            break
    for table in tables:
        for rows in _unlinked(table):
            for row in rows:
                number = key_of(keys, table.content(row), row.record_mark)
                if not number or (
                    table.is_linked and not marks_at(now, number, walk.key, walk.key_since)
                ):
                    result.add(RecordFinding(Flaw.STRANGE, table.kind, row.key_0))
                elif table.is_linked:
                    result.waiting += 1
        with reading() as db:
            for row_id in db.scalars(_doubled(table)):
                result.add(RecordFinding(Flaw.DOUBLED, table.kind, row_id))
    with reading() as db:
        for anchor in anchors:
            _compare(db, anchor, result)
    return result


def keep_result(db: Session, result: Verification, *, now: datetime) -> None:
    row = db.get(RecordCheck, ONLY, with_for_update=True)
    if row is None:
        row = RecordCheck(id=ONLY, verified_at=now, links=0, findings=0, broken_since=None)
        db.add(row)
    row.verified_at, row.links, row.findings = now, result.head.count, result.count
    row.broken_since = (row.broken_since or now) if result.count else None


def last_check(db: Session) -> RecordCheck | None:
    return db.get(RecordCheck, ONLY)


def anchor_file(settings: Settings) -> Path:
    return settings.anchor_file or settings.data / ANCHORS


def is_kept(db: Session) -> bool:
    """Returns False until the rows of before have their marks. Whoever empties the chain does not
    bring that back: the anchors stay.
    """
    return has_begun(db) or bool(written_anchors(anchor_file(db.info[SETTINGS])))


def written_anchors(path: Path) -> list[Anchor]:
    """Returns the anchors of a file that still hold: where somebody said that a copy of before was
    restored, its own and not those of what came after it. Lines of another shape are left out.
    """
    anchors: list[Anchor] = []
    if not path.exists():
        return anchors
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        match line.split():
            case [day, number, mac] if number.isdigit():
                anchors.append(Anchor(day, Head(int(number), mac)))
            case [day, number, mac, "restored"] if number.isdigit():
                anchors = [one for one in anchors if one.head.count <= int(number)]
                if int(number):
                    anchors.append(Anchor(day, Head(int(number), mac)))
    return anchors


def write_anchor(head: Head, path: Path, *, now: datetime, restored: bool = False) -> Anchor:
    """Adds a line with the last link as it is now: the day, its place, its HMAC. With `restored` the
    line says that a copy of before was put back, so that what other lines say of later is no flaw;
    with START nothing that they say holds any longer.
    """
    anchor = Anchor(f"{now:%Y-%m-%d}", head)
    path.parent.mkdir(parents=True, exist_ok=True)
    words = [anchor.told_on, str(head.count), head.mac or NONE]
    with path.open("a", encoding="ascii") as file:
        file.write(" ".join([*words, RESTORED] if restored else words) + "\n")
    return anchor


def sentences(result: Verification, tables: Sequence[Recorded]) -> list[str]:
    """Returns what was found, in English, a sentence each."""
    called = {table.kind: table.called for table in tables}
    told = [_sentence(one, called) for one in result.findings]
    if result.count > len(told):
        told.append(f"{result.count - len(told):,} more are not named here.")
    return told


def _sentence(one: RecordFinding, called: Mapping[str, str]) -> str:
    row = called[one.kind] % one.row_id if one.kind in called else f"Place {one.place}"
    match one.flaw:
        case Flaw.GONE:
            return f"{row} is on record at place {one.place} and is no longer there."
        case Flaw.CHANGED:
            return f"{row}, at place {one.place}, is not what was entered."
        case Flaw.STRANGE:
            return f"{row} was not written by this installation."
        case Flaw.DOUBLED:
            return f"{row} bears the mark of another one: it is a copy."
        case Flaw.BROKEN:
            return f"Place {one.place} does not follow from the one before. {row} is there."
        case Flaw.LACKING if one.place == one.last:
            return f"Place {one.place} of the record is gone."
        case Flaw.LACKING:
            return f"Places {one.place} to {one.last} of the record are gone."
        case Flaw.SHORT:
            return (
                f"The record ends at place {one.place}; the anchor of {one.anchor} saw {one.last}: "
                "it was cut, or a copy of before was put in its place."
            )
        case Flaw.OTHER:
            return f"Place {one.place} is another one than the anchor of {one.anchor} saw."
        case Flaw.KEY:
            return f"From place {one.place} on a key was used that the file does not hold."


class _Walk:
    """Where a verification stands in the chain."""

    def __init__(self, tables: Sequence[Recorded], keys: Sequence[bytes]) -> None:
        self._keys = keys
        self._tables = {table.kind: table for table in tables if table.is_linked}
        self.key, self.key_since = 0, datetime.min.replace(tzinfo=UTC)

    def step(self, db: Session, result: Verification) -> int:
        """Reads the next links with their rows; returns how many."""
        after = result.head.count
        links = db.execute(_LINKS, {"after": after}).all()
        if not links:
            return 0
        rows = {
            kind: self._rows_of(db, table, [link.row_id for link in links if link.kind == kind])
            for kind, table in self._tables.items()
        }
        for link in links:
            self._read(link, rows.get(link.kind, {}).get(link.row_id), result)
            result.head = Head(link.id, link.mac)
        return len(links)

    def _rows_of(self, db: Session, table: Recorded, ids: Sequence[int]) -> dict[int, AnyRow]:
        """Returns the linked rows by their numbers. By the numbers and not by a join, which SQLite
        may begin with the table: each step would then read all of it.
        """
        if not ids:
            return {}
        rows = table.marked_rows().where(table.keys[0].in_(bindparam("ids", expanding=True)))
        return {row.key_0: row for row in db.execute(rows, {"ids": ids})}

    def _read(self, link: AnyRow, row: AnyRow | None, result: Verification) -> None:
        follows = link.id == result.head.count + 1
        if not follows:
            lacking = RecordFinding(Flaw.LACKING, place=result.head.count + 1, last=link.id - 1)
            result.add(lacking)
        if link.kind == KEY:
            mark = self._begin_key(link, result)
        elif row is None:
            result.add(RecordFinding(Flaw.GONE, link.kind, link.row_id, link.id))
            return
        else:
            mark = self._mark_of(link, row, result)
        if not follows or mark is None or not self.key:
            return
        key = self._keys[self.key - 1]
        if not hmac.compare_digest(link_mac(key, result.head.mac, link, mark), link.mac):
            result.add(RecordFinding(Flaw.BROKEN, link.kind, link.row_id, link.id))

    def _begin_key(self, link: AnyRow, result: Verification) -> str | None:
        self.key_since = link.at
        self.key = link.row_id if 0 < link.row_id <= len(self._keys) else 0
        if not self.key:
            result.add(RecordFinding(Flaw.KEY, place=link.id))
            return None
        return fingerprint(self._keys[self.key - 1])

    def _mark_of(self, link: AnyRow, row: AnyRow, result: Verification) -> str | None:
        content = self._tables[link.kind].content(row)
        number = key_of(self._keys, content, row.record_mark)
        if not number:
            result.add(RecordFinding(Flaw.CHANGED, link.kind, link.row_id, link.id))
            return None
        if not marks_at(link.at, number, self.key, self.key_since):
            result.add(RecordFinding(Flaw.STRANGE, link.kind, link.row_id, link.id))
        return str(row.record_mark)


_LINKS = (
    select(RecordLink.id, RecordLink.kind, RecordLink.row_id, RecordLink.at, RecordLink.mac)
    .where(RecordLink.id > bindparam("after"))
    .order_by(RecordLink.id)
    .limit(STEP)
)


def _unlinked(table: Recorded) -> Iterator[Sequence[AnyRow]]:
    """Gives the rows that have no link, in steps; of a table without links all."""
    rows = table.marked_rows().order_by(*table.keys).limit(STEP)
    if table.is_linked:
        linked = and_(RecordLink.kind == table.kind, RecordLink.row_id == table.keys[0])
        rows = rows.outerjoin(RecordLink, linked).where(RecordLink.id.is_(None))
    last: tuple[Any, ...] | None = None
    while True:
        part = rows if last is None else rows.where(tuple_(*table.keys) > tuple_(*last))
        with reading() as db:
            read = db.execute(part).all()
        yield read
        if len(read) < STEP:
            return
        last = tuple(getattr(read[-1], f"key_{number}") for number in range(len(table.keys)))


def _doubled(table: Recorded) -> Select[Any]:
    marked = table.mark.is_not(None)
    return (
        select(func.max(table.keys[0])).where(marked).group_by(table.mark).having(func.count() > 1)
    )


def is_seen(db: Session, anchor: Anchor) -> bool:
    """Returns True where the chain has in its place the link that an anchor saw."""
    seen = anchor.head
    return not seen.count or seen.mac == db.scalar(
        select(RecordLink.mac).where(RecordLink.id == seen.count)
    )


def _compare(db: Session, anchor: Anchor, result: Verification) -> None:
    seen = anchor.head
    if seen.count > result.head.count:
        result.add(
            RecordFinding(
                Flaw.SHORT, place=result.head.count, last=seen.count, anchor=anchor.told_on
            )
        )
        return
    if not is_seen(db, anchor):
        result.add(RecordFinding(Flaw.OTHER, place=seen.count, anchor=anchor.told_on))
