"""Grants and ends roles. Days are local dates of the secretariat. One organizer always remains."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.kernel.actor import Actor, Role
from app.kernel.dated import overlap
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.people.directory.queries.reference import country_codes, group_slugs
from app.people.identity import policy, queries
from app.people.identity.facts import RoleEnded, RoleGranted
from app.people.identity.models import Account, RoleGrant
from app.people.identity.rules import (
    LastOrganizer,
    RoleAlreadyHeld,
    require_role_fits,
    require_span,
)


def lock_organizers(db: Session) -> None:
    """Lets one transaction at a time end roles of organizers or close their accounts. Services that
    lock anything else call it first.
    """
    lock_by_name(db, "organizers")


def require_organizer_without_account(db: Session, *, account_id: int, today: date) -> None:
    """Refuses with LastOrganizer when nobody else could run the platform; asks nothing of an
    account that is no organizer's.
    """
    lock_organizers(db)
    organizers = set(queries.organizers(db, today=today).values())
    if organizers == {account_id}:
        raise LastOrganizer


def require_organizer_without_grant(db: Session, *, grant_id: int, today: date) -> None:
    lock_organizers(db)
    if set(queries.organizers(db, today=today)) == {grant_id}:
        raise LastOrganizer


# Roles, granted from–until.
#
# Dates are local calendar dates of the secretariat (Costa Rica).


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
    """Grants a role; `valid_until` is the first day without it. Refuses the same role and scope
    twice for the same day.
    """
    policy.require_may_grant(actor, role, scope)
    require_span(valid_from, valid_until)
    require_role_fits(role, scope, country_codes(db), group_slugs(db))
    if db.get(Account, account_id, with_for_update=True) is None:  # two who give it at once
        raise NotFound
    same = select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.role == role.value, RoleGrant.scope == scope
    )
    days = (valid_from, valid_until)
    if any(overlap((row.valid_from, row.valid_until), days) for row in db.scalars(same)):
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
    """Ends a role; `valid_until` is the first day without it, and no earlier than its first day.
    Refuses with LastOrganizer when nobody else could run the platform.
    """
    grant = db.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound
    policy.require_may_grant(actor, Role(grant.role), grant.scope)
    if grant.role == Role.ORGANIZER:
        today = reference_day(now)
        require_organizer_without_grant(db, grant_id=grant_id, today=today)
    grant.valid_until = max(valid_until, grant.valid_from)
    journal.record(
        db, RoleEnded(grant.account_id, grant.id, grant.valid_until), actor=actor, now=now
    )
