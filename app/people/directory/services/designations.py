"""Who speaks for a country: designating, replacing and ending focal points and delegates. The only
writer of both.

One holds an office at a time. Days are local dates; `valid_until` is the first day that no longer
counts.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.people.directory import policy
from app.people.directory.facts import (
    DelegateDesignated,
    DelegateEnded,
    FocalPointDesignated,
    FocalPointEnded,
)
from app.people.directory.models import Country, FocalPoint, Membership, Person, WorkingGroup
from app.people.directory.queries import designations
from app.people.directory.queries.designations import DELEGATE
from app.people.directory.rules import people as rules
from app.people.directory.values import Office, OfficeHolding

FROM_THE_LIST = N_("Choose a person from the list.")
TAKEN = N_("%(name)s holds this from %(on)s. End that first, or choose a day before it.")
OTHER_DAY = N_("%(name)s already has a part in this group from that day. Choose another day.")
TOO_EARLY = N_("%(name)s holds this since %(on)s. Write a later day.")


def designate(
    db: Session,
    *,
    actor: Actor,
    office: Office,
    person_id: int,
    valid_from: date,
    today: date,
    now: datetime,
    valid_until: date | None = None,
    replacing: bool = False,
    seen: str = "",
) -> int:
    """Gives the office to a person from `valid_from` on; returns the designation's id. Again the
    same changes nothing.

    `replacing` ends whoever holds it on that day (on the same day: never began); otherwise an
    overlap is refused at its field. `seen`: the mark of the office's holders as the writer knew
    them; refuses ChangedMeanwhile when they are others now.
    """
    person = _require_person(db, actor, office, person_id)
    defect = rules.designation_defect(valid_from, valid_until, today)
    if defect:
        raise InvalidInput(dict([defect]))
    around = rules.overlapping(
        designations.holdings_of(db, offices=[office]), valid_from, valid_until
    )
    for one in around:
        if (one.person_id, one.valid_from, one.valid_until) == (person_id, valid_from, valid_until):
            return one.id
    require_as_seen(seen, designations.holders_of(db, office=office))
    if replacing and around and around[0].valid_from <= valid_from:
        _end(db, around[0], valid_from, actor=actor, now=now)
        around = around[1:]
    if around:
        raise InvalidInput({"valid_from": _taken(db, around[0])})
    row_id = _write(db, office, person, valid_from, valid_until)
    kind = FocalPointDesignated if office.is_focal_point else DelegateDesignated
    fact = kind(row_id, person_id, office.country_code, office.group, valid_from, valid_until)
    journal.record(db, fact, actor=actor, now=now)
    return row_id


def end_designation(
    db: Session,
    *,
    actor: Actor,
    office: Office,
    on: date,
    today: date,
    now: datetime,
    seen: str = "",
) -> bool:
    """Ends the designation of whoever holds the office; `on` is the first day without it and may
    lie ahead. Returns whether anything changed.

    Refuses a day before it began, at its field, and NothingToEnd when nobody holds it and nothing
    was ended that day; with ChangedMeanwhile as `designate` does.
    """
    policy.require_may_designate(actor, office)
    _lock(db, office)
    holdings = designations.holdings_of(db, offices=[office])
    if any(one.valid_until == on for one in holdings):
        return False
    standing = rules.overlapping(holdings, today, None)
    if not standing:
        raise rules.NothingToEnd
    require_as_seen(seen, designations.holders_of(db, office=office))
    one = standing[0]
    if on < one.valid_from:
        name = db.get_one(Person, one.person_id).full_name
        said = Sentence(TOO_EARLY, {"name": name, "on": one.valid_from})
        raise InvalidInput({"valid_until": said})
    if on > today + rules.DESIGNATED_AHEAD:
        raise InvalidInput({"valid_until": Sentence(N_("Write a day at most two years ahead."))})
    _end(db, one, on, actor=actor, now=now)
    return True


def _require_person(db: Session, actor: Actor, office: Office, person_id: int) -> Person:
    """Locks the country, so that of two designations at the same time the second sees the first."""
    policy.require_may_designate(actor, office)
    designations.office_of(db, actor=actor, office=office)
    _lock(db, office)
    person = db.get(Person, person_id)
    if person is None or person.country_code != office.country_code:
        raise InvalidInput({"person": Sentence(FROM_THE_LIST)})
    return person


def _lock(db: Session, office: Office) -> None:
    db.scalars(
        select(Country).where(Country.code == office.country_code).with_for_update()
    ).one_or_none()


def _taken(db: Session, one: OfficeHolding) -> Sentence:
    name = db.get_one(Person, one.person_id).full_name
    return Sentence(TAKEN, {"name": name, "on": one.valid_from})


def _write(
    db: Session, office: Office, person: Person, valid_from: date, valid_until: date | None
) -> int:
    row: FocalPoint | Membership
    if office.is_focal_point:
        row = FocalPoint(
            person_id=person.id,
            country_code=office.country_code,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    else:
        group_id = db.scalars(
            select(WorkingGroup.id).where(WorkingGroup.slug == office.group)
        ).one()
        row = _membership(db, group_id, person, valid_from)
        row.valid_until = valid_until
    db.add(row)
    db.flush()
    return row.id


def _membership(db: Session, group_id: int, person: Person, valid_from: date) -> Membership:
    """Returns a new row, or the one that was ended before it began.

    A convenor from the same day on keeps that row.
    """
    same_day = select(Membership).where(
        Membership.working_group_id == group_id,
        Membership.person_id == person.id,
        Membership.valid_from == valid_from,
    )
    known = db.scalar(same_day)
    if known is None:
        return Membership(
            working_group_id=group_id, person_id=person.id, role=DELEGATE, valid_from=valid_from
        )
    if known.role != DELEGATE:
        raise InvalidInput({"valid_from": Sentence(OTHER_DAY, {"name": person.full_name})})
    return known


def _end(db: Session, one: OfficeHolding, on: date, *, actor: Actor, now: datetime) -> None:
    row: FocalPoint | Membership
    row = (
        db.get_one(FocalPoint, one.id)
        if one.office.is_focal_point
        else db.get_one(Membership, one.id)
    )
    row.valid_until = on
    db.flush()
    kind = FocalPointEnded if one.office.is_focal_point else DelegateEnded
    fact = kind(one.id, one.person_id, one.office.country_code, one.office.group, on)
    journal.record(db, fact, actor=actor, now=now)
