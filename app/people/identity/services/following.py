"""Gives focal points their role for the days of their designation."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Role
from app.people.identity import queries
from app.people.identity.facts import RoleEnded
from app.people.identity.models import Account, RoleGrant
from app.people.identity.services.inviting import invite_person
from app.people.identity.services.roles import grant_role
from app.people.identity.values import FocalSpan


def follow_focal_points(db: Session, *, person_id: int, country_code: str, now: datetime) -> None:
    """Brings a person's focal-point roles into line with the designations, and invites whoever has
    no account.

    It reads what is designated now, so facts told twice or in another order give the same result.
    Grants made by hand, beside any designation, stay.
    """
    account_id = _account_of(db, person_id, country_code, now)
    if account_id is None:
        return
    held = _focal_grants(db, account_id, country_code)
    for one in queries.focal_spans(db, person_id=person_id, country_code=country_code):
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


def _account_of(db: Session, person_id: int, country_code: str, now: datetime) -> int | None:
    asked = select(Account.id).where(Account.person_id == person_id, Account.active)
    account_id = db.scalar(asked)
    if account_id is None and invite_person(
        db, actor=SYSTEM, person_id=person_id, role=Role.FOCAL_POINT, scope=country_code, now=now
    ):
        account_id = db.scalar(asked)
    return account_id


def _focal_grants(db: Session, account_id: int, country_code: str) -> list[RoleGrant]:
    asked = select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.scope == country_code
    )
    return list(
        db.scalars(asked.where(RoleGrant.role == Role.FOCAL_POINT.value).order_by(RoleGrant.id))
    )


def _stands_for(grant: RoleGrant, one: FocalSpan) -> bool:
    """Returns True for a grant with the same first day, or whose days include the first day of the
    designation.
    """
    if grant.valid_from == one.valid_from or _is_empty(one):
        return grant.valid_from == one.valid_from
    return grant.valid_from < one.valid_from and (
        grant.valid_until is None or one.valid_from < grant.valid_until
    )


def _is_empty(one: FocalSpan) -> bool:
    """Returns True for a span that ended before it began."""
    return one.valid_until is not None and one.valid_until <= one.valid_from
