"""Roles, granted from–until; a focal point's follow the designation.

Dates are local calendar dates of the secretariat (Costa Rica).
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.refusal import NotFound
from app.people.directory.models import Country, FocalPoint, WorkingGroup
from app.people.identity import policy
from app.people.identity.facts import RoleEnded, RoleGranted
from app.people.identity.models import Account, RoleGrant
from app.people.identity.rules import RoleAlreadyHeld, overlap, require_role_fits, require_span
from app.people.identity.services.accounts import invite_person


def grant_role(
    db: Session,
    *,
    actor: Actor,
    account_id: int,
    role: Role,
    scope: str = "",
    valid_from: date,
    valid_until: date | None = None,
    now: datetime,
) -> int:
    """`valid_until` is the first day without the role. Refuses the same role and scope twice for
    the same day.
    """
    policy.require_may_manage_accounts(actor)
    require_span(valid_from, valid_until)
    require_role_fits(
        role, scope, db.scalars(select(Country.code)), db.scalars(select(WorkingGroup.slug))
    )
    if db.get(Account, account_id) is None:
        raise NotFound
    same = select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.role == role.value, RoleGrant.scope == scope
    )
    if any(overlap(g.valid_from, g.valid_until, valid_from, valid_until) for g in db.scalars(same)):
        raise RoleAlreadyHeld
    grant = RoleGrant(
        account_id=account_id,
        role=role.value,
        scope=scope,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    db.add(grant)
    db.flush()
    fact = RoleGranted(account_id, grant.id, role, scope, valid_from, valid_until)
    journal.record(db, fact, actor=actor, now=now)
    return grant.id


def end_role(db: Session, *, actor: Actor, grant_id: int, valid_until: date, now: datetime) -> None:
    """`valid_until` is the first day without the role; a role ends no earlier than it began."""
    policy.require_may_manage_accounts(actor)
    grant = db.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound
    grant.valid_until = max(valid_until, grant.valid_from)
    journal.record(
        db, RoleEnded(grant.account_id, grant.id, grant.valid_until), actor=actor, now=now
    )


def follow_focal_points(db: Session, *, person_id: int, country_code: str, now: datetime) -> None:
    """The person's role is that of the designations, day by day; who has no account is invited to
    one.

    Told twice or in another order it comes to the same: it looks at what is designated now. Grants
    that stand beside no designation, made by hand, stay.
    """
    account_id = _account_of(db, person_id, now)
    if account_id is None:
        return
    held = _focal_grants(db, account_id, country_code)
    wanted = select(FocalPoint).where(
        FocalPoint.person_id == person_id, FocalPoint.country_code == country_code
    )
    for one in db.scalars(wanted.order_by(FocalPoint.valid_from, FocalPoint.id)):
        mine = next((g for g in held if _stands_for(g, one)), None)
        if mine is None and not _is_empty(one):
            grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id,
                role=Role.FOCAL_POINT,
                scope=country_code,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                now=now,
            )
        elif (
            mine is not None
            and one.valid_until is not None
            and (mine.valid_until or date.max) > one.valid_until
        ):
            mine.valid_until = one.valid_until
            journal.record(
                db, RoleEnded(account_id, mine.id, one.valid_until), actor=SYSTEM, now=now
            )
        db.flush()


def _account_of(db: Session, person_id: int, now: datetime) -> int | None:
    asked = select(Account.id).where(Account.person_id == person_id, Account.active)
    account_id = db.scalar(asked)
    if account_id is None and invite_person(db, actor=SYSTEM, person_id=person_id, now=now):
        account_id = db.scalar(asked)
    return account_id


def _focal_grants(db: Session, account_id: int, country_code: str) -> list[RoleGrant]:
    asked = select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.scope == country_code
    )
    return list(
        db.scalars(asked.where(RoleGrant.role == Role.FOCAL_POINT.value).order_by(RoleGrant.id))
    )


def _stands_for(grant: RoleGrant, one: FocalPoint) -> bool:
    """The same first day, or a span that holds the first day of the designation."""
    if grant.valid_from == one.valid_from or _is_empty(one):
        return grant.valid_from == one.valid_from
    return grant.valid_from < one.valid_from and (
        grant.valid_until is None or one.valid_from < grant.valid_until
    )


def _is_empty(one: FocalPoint) -> bool:
    """Ended before it began."""
    return one.valid_until is not None and one.valid_until <= one.valid_from
