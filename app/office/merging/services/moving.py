"""Rows moved from one person to another, each with what undoes it.

A step is plain data: {"do": "move" | "remove" | "set" | "block", …}. Removed rows stand in their
step whole. A moved row carries a mark of what else stood in it, so that an undo leaves alone what
has changed since.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.orm import Base
from app.kernel.text import LocalizedText
from app.office.merging.queries.joins import Join, SecondRow

Step = dict[str, Any]
Row = Mapping[str, Any]


def join_rows(db: Session, joins: Iterable[Join], *, gone: int, kept: int) -> list[Step]:
    """Moves every row about `gone` to `kept`; of two that would count one person twice the second
    is removed, or stays where it is.
    """
    steps: list[Step] = []
    for join in joins:
        table, column = join.table, join.table.c[join.column.key]
        order = list(table.primary_key)
        for row in _rows(db, select(table).where(column == gone).order_by(*order)):
            rival = _rival(db, join, row, kept)
            if rival is not None and join.clash is SecondRow.LEAVE:
                continue
            if rival is not None:
                rank = join.rank or (lambda _row: 0)
                loser = rival if rank(row) > rank(rival) else row
                steps += _remove(db, join, loser)
                if loser is row:
                    continue
            steps.append(_move(db, join, row, kept))
    return steps


def put_back(db: Session, steps: Iterable[Step]) -> tuple[int, list[Step]]:
    """Undoes moves and removals, the last first; returns how many could not be put back because
    they changed since, and the steps that were undone.
    """
    left, done = 0, []
    for step in reversed(list(steps)):
        if step["do"] not in ("move", "remove"):
            continue
        table = Base.metadata.tables[step["table"]]
        try:
            with db.begin_nested():
                is_back = (
                    _move_back(db, table, step)
                    if step["do"] == "move"
                    else _restore(db, table, step)
                )
        except IntegrityError:
            is_back = False
        if is_back:
            done.append(step)
        else:
            left += 1
    return left, done


def set_value(db: Session, table: Table, key: int, name: str, value: Any) -> Step:
    """Changes one column of one row and returns the step."""
    column = table.c[name]
    before = db.execute(select(column).where(table.c.id == key)).scalar_one()
    db.execute(update(table).where(table.c.id == key).values({name: value}))
    return {
        "do": "set",
        "table": table.name,
        "key": key,
        "column": name,
        "before": _plain(before),
        "after": _plain(value),
    }


def unset_value(db: Session, step: Step) -> bool:
    """Gives the column back what stood there, unless it changed since."""
    table = Base.metadata.tables[step["table"]]
    column, here = table.c[step["column"]], table.c.id == step["key"]
    now = db.execute(select(column).where(here)).scalar_one_or_none()
    if _plain(now) != step["after"]:
        return False
    db.execute(update(table).where(here).values({step["column"]: _typed(step["before"])}))
    return True


def _rival(db: Session, join: Join, row: Row, kept: int) -> Row | None:
    if join.unique is None:
        return None
    table = join.table
    wanted = [table.c[join.column.key] == kept]
    wanted += [table.c[one.key] == row[one.key] for one in join.unique]
    if join.among is not None:
        key = [column == row[column.key] for column in table.primary_key]
        if db.execute(select(table).where(join.among, *key)).first() is None:
            return None
        wanted.append(join.among)
    rows = _rows(db, select(table).where(*wanted))
    return rows[0] if rows else None


def _move(db: Session, join: Join, row: Row, kept: int) -> Step:
    table, name = join.table, join.column.key
    here = _here(table, _key(table, row))
    db.execute(update(table).where(here).values({name: kept}))
    key = {column: kept if column == name else value for column, value in _key(table, row).items()}
    return {
        "do": "move",
        "kind": join.kind,
        "table": table.name,
        "key": _plain(key),
        "column": name,
        "from": row[name],
        "to": kept,
        "mark": _mark(row, name),
    }


def _remove(db: Session, join: Join, row: Row) -> list[Step]:
    steps = []
    for child in join.children:
        table = child.class_.__table__
        of = table.c[child.key] == row["id"]
        for one in _rows(db, select(table).where(of)):
            steps.append(_removed(db, table, one, ""))
    steps.append(_removed(db, join.table, row, join.kind))
    return steps


def _removed(db: Session, table: Table, row: Row, kind: str) -> Step:
    key = _key(table, row)
    db.execute(delete(table).where(_here(table, key)))
    return {
        "do": "remove",
        "kind": kind,
        "table": table.name,
        "key": _plain(key),
        "row": _plain(dict(row)),
    }


def _move_back(db: Session, table: Table, step: Step) -> bool:
    key, name = _typed(step["key"]), step["column"]
    rows = _rows(db, select(table).where(_here(table, key)))
    row = rows[0] if rows else None
    if row is None or row[name] != step["to"] or _mark(row, name) != step["mark"]:
        return False
    db.execute(update(table).where(_here(table, key)).values({name: step["from"]}))
    return True


def _restore(db: Session, table: Table, step: Step) -> bool:
    db.execute(insert(table).values(_typed(step["row"])))
    return True


def _rows(db: Session, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(query).mappings()]


def _key(table: Table, row: Row) -> dict[str, Any]:
    return {column.key: row[column.key] for column in table.primary_key}


def _here(table: Table, key: Mapping[str, Any]) -> Any:
    return and_(*(table.c[name] == value for name, value in key.items()))


def _mark(row: Row, without: str) -> str:
    rest = {name: value for name, value in row.items() if name != without}
    said = json.dumps(_plain(rest), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Returns the value as JSON stores it, with a tag for types that JSON lacks."""
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, date):
        return {"$on": value.isoformat()}
    if isinstance(value, UUID):
        return {"$uuid": str(value)}
    if isinstance(value, LocalizedText):
        return {"$text": value.as_dict()}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        if len(value) == 1:
            ((tag, said),) = value.items()
            if tag in TAGS:
                return TAGS[tag](said)
        return {name: _typed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_typed(one) for one in value]
    return value


TAGS: Mapping[str, Any] = {
    "$at": datetime.fromisoformat,
    "$on": date.fromisoformat,
    "$uuid": UUID,
    "$text": LocalizedText,
}
