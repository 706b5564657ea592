"""Which rows an act added, so that it can be undone as a whole: exactly those rows, while they stand
as they were written and nothing else leans on them.

Knows tables and keys, and nothing of what stands in them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, event, inspect, select, tuple_
from sqlalchemy.orm import Session

from app.infra.orm import Base
from app.kernel.seen import mark_of

AT_ONCE = 500
"""Keys in one statement."""


@dataclass(frozen=True)
class AddedRow:
    """A row by its table and key. `mark` is of what stood in it when the act ended."""

    table: str
    key: tuple[Any, ...]
    mark: str = ""


@contextmanager
def added_rows(db: Session, tables: Collection[str]) -> Iterator[list[AddedRow]]:
    """Collects what the block adds to these tables, in the order of writing."""
    added: list[AddedRow] = []

    def note(session: Session, _context: object) -> None:
        for one in session.new:
            mapper = inspect(type(one))
            if mapper.local_table.name in tables:
                key = mapper.primary_key_from_instance(one)
                added.append(AddedRow(mapper.local_table.name, tuple(key)))

    event.listen(db, "after_flush", note)
    try:
        yield added
        db.flush()
    finally:
        event.remove(db, "after_flush", note)


def marked(db: Session, rows: Sequence[AddedRow]) -> list[AddedRow]:
    """Returns the rows with marks of what stands in them now; one that is gone has the mark ""."""
    marks: dict[tuple[str, tuple[Any, ...]], str] = {}
    for name, keys in _by_table(rows).items():
        table = Base.metadata.tables[name]
        columns = table.primary_key.columns
        for some in _parts(keys):
            where = tuple_(*columns).in_(some)
            for row in db.execute(select(table).where(where)):
                key = tuple(row._mapping[column] for column in columns)
                marks[name, key] = mark_of(tuple(row))
    return [AddedRow(one.table, one.key, marks.get((one.table, one.key), "")) for one in rows]


def standing(db: Session, rows: Sequence[AddedRow]) -> set[AddedRow]:
    """Returns which of the rows an undo must leave: those that were changed since, and those that
    another row names which stays. Rows that are gone already are not among them.
    """
    now = {(one.table, one.key): one.mark for one in marked(db, rows)}
    stays = {(one.table, one.key) for one in rows if now[one.table, one.key] not in ("", one.mark)}
    by_table = _by_table(rows)
    order = [table for table in Base.metadata.sorted_tables if table.name in by_table]
    for table in reversed(order):
        wanted = set(by_table[table.name])
        for other, key in _naming(db, table, wanted):
            is_going = other in now and other not in stays and other != (table.name, key)
            if not is_going:
                stays.add((table.name, key))
    return {one for one in rows if (one.table, one.key) in stays}


def take_out(db: Session, rows: Sequence[AddedRow]) -> None:
    """Deletes the rows, those first that name others."""
    by_table = _by_table(rows)
    for table in reversed(Base.metadata.sorted_tables):
        for some in _parts(by_table.get(table.name, ())):
            where = tuple_(*table.primary_key.columns).in_(some)
            db.execute(table.delete().where(where))
    db.expire_all()


def plain_key(key: tuple[Any, ...]) -> list[Any]:
    """Returns a key as it can be kept as JSON."""
    return [str(part) if isinstance(part, UUID) else part for part in key]


def key_of(table: str, plain: Sequence[Any]) -> tuple[Any, ...]:
    """Returns the key that `plain_key` kept."""
    columns = Base.metadata.tables[table].primary_key.columns
    return tuple(
        UUID(part) if column.type.python_type is UUID else part
        for column, part in zip(columns, plain, strict=True)
    )


Named = tuple[str, tuple[Any, ...]]


def _naming(
    db: Session, table: Table, keys: Collection[tuple[Any, ...]]
) -> Iterator[tuple[Named, tuple[Any, ...]]]:
    """Yields each row of any table that names one of the rows, with the key of the row named."""
    if len(table.primary_key.columns) != 1:
        return  # rows of such tables belong to others, and none names them
    for other in Base.metadata.sorted_tables:
        for column in other.columns:
            if not any(link.column.table is table for link in column.foreign_keys):
                continue
            own = other.primary_key.columns
            for some in _parts(keys):
                query = select(*own, column.label("names_it"))
                for row in db.execute(query.where(column.in_([key for (key,) in some]))):
                    yield (other.name, tuple(row[:-1])), (row.names_it,)


def _by_table(rows: Sequence[AddedRow]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for one in rows:
        found[one.table].append(one.key)
    return found


def _parts(keys: Collection[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    every = list(keys)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
