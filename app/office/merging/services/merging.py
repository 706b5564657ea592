"""Joins two records of one person, and separates them again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.orm import Base
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound, Refusal
from app.office.merging import policy
from app.office.merging.facts import MergeUndone, PeopleMerged
from app.office.merging.models import PersonMerge
from app.office.merging.queries import records
from app.office.merging.queries.joins import JOINS
from app.office.merging.rules import KeepTheOther, MergeOver, NotMergeable, SameRecord
from app.office.merging.services.moving import (
    Step,
    join_rows,
    put_back,
    set_value,
    unset_value,
)
from app.office.merging.values import LockedRecord
from app.participation.registrations.services.registering import promote
from app.people.directory.queries.designations import office_holders
from app.people.directory.services.people import lock_joined_records
from app.people.identity.queries import reach_of
from app.people.identity.services.accounts import close_account, reopen_account
from app.people.identity.services.offices import follow_focal_points
from app.people.identity.services.roles import lock_organizers
from app.planning.arranging.services.seats import claim_anew_for
from app.planning.events.queries.locking import locked_event
from app.planning.scheduling import services as scheduling

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
    scheduling.lock(db)
    kept, gone = _require_pair(db, actor, kept_id, gone_id, now)
    if records.is_completed_there_only(db, gone_id=gone_id, kept_id=kept_id):
        raise KeepTheOther
    account = records.account_of(db, gone_id)
    has_both = account is not None and records.account_of(db, kept_id) is not None
    steps: list[Step] = join_rows(db, JOINS, gone=gone_id, kept=kept_id)
    if account is not None and has_both and records.is_open(db, account):
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
    scheduling.lock(db)
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
    kept, gone = records.locked_pair(db, kept_id, gone_id)
    _require_may(db, actor, kept_id, gone_id, now)
    if not kept.may_merge or not gone.may_merge:
        raise NotMergeable
    return kept, gone


def _require_may(db: Session, actor: Actor, kept_id: int, gone_id: int, now: datetime) -> None:
    countries = records.countries_of(db, (kept_id, gone_id))
    if countries is None or not policy.may_open_merges(actor):
        raise NotFound
    today = reference_day(now)
    accounts = [records.account_of(db, number) for number in (kept_id, gone_id)]
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
            for code in records.answered_for(db, person_id):
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
