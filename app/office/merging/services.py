"""Joins two records of one person and separates them again; takes back somebody who was written
down by mistake.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.orm import Base
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import LocalizedText
from app.office.merging import policy, queries
from app.office.merging.facts import MergeUndone, PeopleMerged
from app.office.merging.models import PersonMerge
from app.office.merging.queries import JOINS, Join, SecondRow, what_hangs
from app.office.merging.rules import (
    KeepTheOther,
    MergeOver,
    NotMergeable,
    SameRecord,
    SomethingHangs,
)
from app.office.merging.values import LockedRecord
from app.office.outbox.services import drop_letters_to
from app.participation.registrations.services.registering import promote
from app.people.directory.facts import PersonTakenBack
from app.people.directory.policy import require_may_correct
from app.people.directory.queries.designations import office_holders
from app.people.directory.queries.people import person_of, record_of
from app.people.directory.services.people import lock_joined_records, take_out_person
from app.people.identity.queries import reach_of
from app.people.identity.services import accounts
from app.people.identity.services.accounts import close_account, reopen_account
from app.people.identity.services.offices import follow_focal_points
from app.people.identity.services.roles import lock_organizers
from app.planning.arranging.services.seats import claim_anew_for
from app.planning.events.queries.locking import locked_event
from app.planning.scheduling.services import claims


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases the steps of each merge of the person. Erasing the other record is left to the caller."""
    about = or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    db.execute(update(PersonMerge).where(about).values(steps=[]))


# Rows moved from one person to another, each with what undoes it.
#
# A step is plain data: {"do": "move" | "remove" | "set" | "block", …}. Removed rows stand in their
# step whole. A moved row carries a mark of what else stood in it, so that an undo leaves alone what
# has changed since.

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


# Joins two records of one person, and separates them again.

PERSON = Base.metadata.tables["person"]


def merge_people(db: Session, *, actor: Actor, kept_id: int, gone_id: int, now: datetime) -> int:
    """Makes everything about `gone_id` be about `kept_id` from now on; returns the merge's id.

    Nothing is counted twice: where both were registered to one event or attended it, one row
    remains. Of two accounts the one of the record kept remains and the other is blocked; roles
    never pass from one account to another. Refuses with KeepTheOther where the course was completed
    under the record that would go, and with LastOrganizer where the only organizer's account would
    be blocked.
    """
    lock_organizers(db)
    lock_joined_records(db)
    claims.lock(db)
    kept, gone = _require_pair(db, actor, kept_id, gone_id, now)
    if queries.is_completed_there_only(db, gone_id=gone_id, kept_id=kept_id):
        raise KeepTheOther
    account = queries.account_of(db, gone_id)
    has_both = account is not None and queries.account_of(db, kept_id) is not None
    steps: list[Step] = join_rows(db, JOINS, gone=gone_id, kept=kept_id)
    if account is not None and has_both and queries.is_open(db, account):
        close_account(db, actor=actor, account_id=account, now=now)
        steps.append({"do": "block", "account": account})
    if not kept.email and gone.email:
        steps.append(set_value(db, PERSON, kept_id, "email", gone.email))
    if not kept.sex and gone.sex:
        steps.append(set_value(db, PERSON, kept_id, "sex", gone.sex))
    if gone.email:
        steps.append(set_value(db, PERSON, gone_id, "email", ""))
    steps.append(set_value(db, PERSON, gone_id, "merged_into_id", kept_id))
    row = PersonMerge(
        kept_id=kept_id,
        gone_id=gone_id,
        merged_at=now,
        merged_by=actor.account_id or None,
        steps=steps,
    )
    db.add(row)
    db.flush()
    db.expire_all()
    _follow(db, steps, (kept_id,), now=now)
    _fill_places(db, steps, now=now)
    fact = PeopleMerged(
        merge_id=row.id,
        kept_id=kept_id,
        gone_id=gone_id,
        moved=_named(steps, "move"),
        removed=_named(steps, "remove"),
    )
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def undo_merge(db: Session, *, actor: Actor, merge_id: int, now: datetime) -> int:
    """Puts each row back unless it changed since the merge; returns how many were not put back."""
    lock_joined_records(db)
    claims.lock(db)
    row = db.get(PersonMerge, merge_id, with_for_update=True)
    if row is None:
        raise NotFound
    _require_may(db, actor, row.kept_id, row.gone_id, now)
    if row.undone_at is not None or not row.steps:
        raise MergeOver
    steps = list(row.steps)
    left, done = put_back(db, steps)
    for step in reversed(steps):
        if step["do"] == "set":
            left += not unset_value(db, step)
        elif step["do"] == "block":
            _reopen(db, step["account"], actor=actor, now=now)
    row.undone_at, row.undone_by, row.left_over = now, actor.account_id or None, left
    db.flush()
    db.expire_all()
    _follow(db, done, (row.kept_id, row.gone_id), now=now)
    fact = MergeUndone(merge_id=merge_id, kept_id=row.kept_id, gone_id=row.gone_id, left_over=left)
    journal.record(db, fact, actor=actor, now=now)
    return left


def _require_pair(
    db: Session, actor: Actor, kept_id: int, gone_id: int, now: datetime
) -> tuple[LockedRecord, LockedRecord]:
    """Returns both records, locked in the order of their numbers."""
    if kept_id == gone_id:
        raise SameRecord
    kept, gone = queries.locked_pair(db, kept_id, gone_id)
    _require_may(db, actor, kept_id, gone_id, now)
    if not kept.may_merge or not gone.may_merge:
        raise NotMergeable
    return kept, gone


def _require_may(db: Session, actor: Actor, kept_id: int, gone_id: int, now: datetime) -> None:
    countries = queries.countries_of(db, (kept_id, gone_id))
    if countries is None or not policy.may_open_merges(actor):
        raise NotFound
    today = reference_day(now)
    accounts = [queries.account_of(db, number) for number in (kept_id, gone_id)]
    policy.require_may_merge(
        actor,
        countries,
        tuple(reach_of(db, number, today) for number in accounts if number is not None),
        has_office=bool(office_holders(db, (kept_id, gone_id), today)),
    )


def _follow(db: Session, steps: list[Step], people: tuple[int, ...], *, now: datetime) -> None:
    """Updates what depends on the moved rows: roles of focal points, and the claims of people on
    time.
    """
    touched = {step["table"] for step in steps if step["do"] in ("move", "remove")}
    if "focal_point" in touched:
        for person_id in people:
            for code in queries.answered_for(db, person_id):
                follow_focal_points(db, person_id=person_id, country_code=code, now=now)
    if touched & {"event_person", "session_person"}:
        for person_id in people:
            claim_anew_for(db, person_id=person_id, now=now)


def _fill_places(db: Session, steps: list[Step], *, now: datetime) -> None:
    """Gives the places that became free to the first in the waiting list."""
    freed = {
        step["row"]["event_id"]["$uuid"]
        for step in steps
        if step["do"] == "remove" and step["table"] == "registration"
    }
    for event_id in sorted(freed):
        event = locked_event(db, actor=SYSTEM, event_id=UUID(event_id), is_bound=True)
        promote(db, event=event, actor=SYSTEM, now=now)


def _reopen(db: Session, account_id: int, *, actor: Actor, now: datetime) -> None:
    try:
        reopen_account(db, actor=actor, account_id=account_id, now=now)
    except Refusal:  # another role came to it meanwhile: for the secretariat to see to
        return


def _named(steps: list[Step], do: str) -> tuple[str, ...]:
    return tuple(f"{step['table']}:{_key_text(step['key'])}" for step in steps if step["do"] == do)


def _key_text(key: dict[str, Any]) -> str:
    values = [next(iter(one.values())) if isinstance(one, dict) else one for one in key.values()]
    return "-".join(str(one) for one in values)


def take_back_person(db: Session, *, actor: Actor, person_id: int, now: datetime) -> str:
    """Takes the record out, with its appointments, its letters and an account that nobody has used;
    returns the name that stood there. The link of an invitation that left no longer works.

    Raises SomethingHangs when anything else is about the person.
    """
    lock_joined_records(db)
    if person_of(db, person_id, locked=True) is None:
        raise NotFound
    record = record_of(db, actor=actor, person_id=person_id)
    require_may_correct(actor, record.country_code)
    hanging = what_hangs(db, person_id)
    if hanging:
        raise SomethingHangs(what=sum(hanging.values()))
    drop_letters_to(db, person_id=person_id)
    accounts.erase_person(db, person_id=person_id, now=now)
    take_out_person(db, person_id=person_id)
    fact = PersonTakenBack(person_id, record.country_code)
    journal.record(db, fact, actor=actor, now=now)
    return record.full_name
