"""Reads of second factors. What somebody has is read for that account alone; who lacks one, for the
secretariat.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.infra.exchange import SealedColumn
from app.infra.installation import secret_keys
from app.infra.orm import in_force
from app.infra.sealing import CannotUnseal
from app.kernel.actor import Actor, Role
from app.kernel.reference import reference_day, reference_start
from app.kernel.refusal import NotFound
from app.kernel.seen import mark_of
from app.people.directory.models import Person
from app.people.factors import policy
from app.people.factors.models import (
    ONLY,
    CodeApp,
    FactorRule,
    LostFactors,
    Passkey,
    RecoveryCode,
)
from app.people.factors.rules import OBLIGED, due_on
from app.people.factors.values import FactorState, LostFactorsNote, Obliged, PasskeyInfo, PublicKey
from app.people.identity.models import Account, RoleGrant
from app.people.identity.queries import in_office

PURPOSE = "code-app"
HAS_FACTOR = select(
    or_(
        exists().where(CodeApp.account_id == bindparam("account_id")),
        exists().where(Passkey.account_id == bindparam("account_id")),
    )
)
OBLIGED_ROLES = [role.value for role in OBLIGED]
ROLE_DAYS = select(RoleGrant.valid_from).where(
    RoleGrant.account_id == bindparam("account_id"),
    RoleGrant.role.in_(OBLIGED_ROLES),
    in_force(RoleGrant, bindparam("today")),
)
WITHOUT = (
    select(
        Account.id,
        Account.email,
        Person.full_name,
        RoleGrant.role,
        RoleGrant.scope,
        RoleGrant.valid_from,
    )
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(
        Account.active,
        RoleGrant.role.in_(OBLIGED_ROLES),
        in_force(RoleGrant, bindparam("today")),
        ~exists().where(CodeApp.account_id == Account.id),
        ~exists().where(Passkey.account_id == Account.id),
    )
    .order_by(Person.sort_key, Account.id, RoleGrant.id)
)
OBLIGED_COUNT = (
    select(func.count(func.distinct(Account.id)))
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .where(
        Account.active,
        RoleGrant.role.in_(OBLIGED_ROLES),
        in_force(RoleGrant, bindparam("today")),
    )
)
LOST_FACTORS = select(func.count()).select_from(LostFactors)


def purpose_of(account_id: int) -> str:
    """Returns what the secret of an account's application is sealed for: it opens for no other."""
    return f"{PURPOSE}:{account_id}"


APP_SECRETS = SealedColumn("secrets of applications for codes", CodeApp.secret, purpose_of)


def has_factor(db: Session, account_id: int) -> bool:
    """Returns True for an account that signs in in two steps."""
    return bool(db.scalar(HAS_FACTOR, {"account_id": account_id}))


def is_obliged(db: Session, account_id: int, *, today: date) -> bool:
    """Returns True for an account with a role that demands a second factor."""
    params = {"account_id": account_id, "today": today}
    return db.scalar(ROLE_DAYS.limit(1), params) is not None


def due_at(db: Session, account_id: int, now: datetime) -> datetime | None:
    """Returns the instant from which the account reaches nothing but setting up a second factor;
    None for one that has a factor or needs none.
    """
    if has_factor(db, account_id):
        return None
    params = {"account_id": account_id, "today": reference_day(now)}
    days = db.scalars(ROLE_DAYS, params).all()
    rule = factor_rule(db)
    day = due_on(days, since=reference_day(rule.since), grace_days=rule.grace_days)
    return None if day is None else reference_start(day)


def factor_rule(db: Session) -> FactorRule:
    return db.get_one(FactorRule, ONLY)


def factor_state(db: Session, account_id: int) -> FactorState:
    """Returns the second factors of an account, for its owner."""
    code_app = db.get(CodeApp, account_id)
    passkeys = db.scalars(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    )
    left = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return FactorState(
        app_since=code_app.set_up_at if code_app else None,
        is_app_readable=code_app is None or secret_of(db, code_app) is not None,
        passkeys=tuple(
            PasskeyInfo(one.id, one.name, one.set_up_at, one.used_at) for one in passkeys
        ),
        codes_left=db.scalar(left) or 0,
    )


def secret_of(db: Session, code_app: CodeApp) -> str | None:
    """Returns the secret of an application; None when the key that sealed it is not listed."""
    try:
        return secret_keys(db).unseal(code_app.secret, purpose=purpose_of(code_app.account_id))
    except CannotUnseal:
        return None


def credential_ids(db: Session, account_id: int) -> tuple[str, ...]:
    """Returns the ids (base64url) by which a browser finds the passkeys of an account."""
    wanted = select(Passkey.credential_id).where(Passkey.account_id == account_id)
    return tuple(db.scalars(wanted.order_by(Passkey.id)))


def public_key_of(db: Session, credential_id: str) -> PublicKey | None:
    """Returns what is known of a passkey of an open account."""
    row = db.execute(
        select(Passkey.id, Passkey.account_id, Passkey.public_key, Passkey.sign_count)
        .join(Account, Account.id == Passkey.account_id)
        .where(Passkey.credential_id == credential_id, Account.active.is_(True))
    ).one_or_none()
    return None if row is None else PublicKey(*row)


def account_of_person(db: Session, person_id: int) -> int | None:
    return db.scalar(select(Account.id).where(Account.person_id == person_id))


def obliged_without(db: Session, *, today: date) -> tuple[Obliged, ...]:
    """Returns whose role demands a second factor and who has none, by name. Not scoped by actor: for
    the status page, which tells numbers only, and behind `obliged_list`.
    """
    rule = factor_rule(db)
    since = reference_day(rule.since)
    grouped: dict[int, list[Any]] = {}
    for row in db.execute(WITHOUT, {"today": today}):
        grouped.setdefault(row.id, []).append(row)
    return tuple(
        Obliged(
            account_id=account_id,
            name=rows[0].full_name or rows[0].email,
            email=rows[0].email,
            roles=tuple((Role(row.role), row.scope) for row in rows),
            due_on=due_on((row.valid_from for row in rows), since=since, grace_days=rule.grace_days)
            or today,
        )
        for account_id, rows in grouped.items()
    )


def obliged_list(db: Session, *, actor: Actor, today: date) -> tuple[Obliged, ...]:
    """Returns `obliged_without` for the secretariat."""
    policy.require_may_see_to(actor)
    return obliged_without(db, today=today)


def count_obliged(db: Session, *, today: date) -> int:
    return db.scalar(OBLIGED_COUNT, {"today": today}) or 0


def lost_factors_told(db: Session, *, actor: Actor) -> tuple[LostFactorsNote, ...]:
    """Returns what organizers told about lost factors and waits for a second one, the oldest first."""
    policy.require_may_see_to(actor)
    rows = list(db.scalars(select(LostFactors).order_by(LostFactors.told_at)))
    named = _names(db, {one.account_id for one in rows} | {one.told_by for one in rows})
    return tuple(
        LostFactorsNote(
            account_id=one.account_id,
            name=named[one.account_id],
            note=one.note,
            told_at=one.told_at,
            told_by=named[one.told_by],
            is_own=actor.account_id in (one.told_by, one.account_id),
            mark=mark_of(seen_of(one)),
        )
        for one in rows
    )


def seen_of(told: LostFactors) -> tuple[Any, ...]:
    """Returns what whoever agrees must have read."""
    return (told.note, told.told_by, told.told_at)


def count_to_agree(db: Session, *, actor: Actor) -> int:
    """Returns how many lost factors wait for the actor's word as the second organizer."""
    others = LOST_FACTORS.where(
        LostFactors.told_by != actor.account_id, LostFactors.account_id != actor.account_id
    )
    return db.scalar(others) or 0


def owner_name(db: Session, account_id: int) -> str:
    """Returns the name of an account's owner, else its address. Raises NotFound."""
    names = _names(db, {account_id})
    if account_id not in names:
        raise NotFound
    return names[account_id]


def second_people(db: Session, *, actor: Actor, account_id: int, today: date) -> tuple[str, ...]:
    """Returns the names of the organizers who may agree to what the actor tells of an account."""
    return tuple(
        one.name
        for one in in_office(db, Role.ORGANIZER, today=today)
        if one.account_id not in (actor.account_id, account_id)
    )


def _names(db: Session, accounts: set[int]) -> Mapping[int, str]:
    rows = db.execute(
        select(Account.id, Account.email, Person.full_name)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id.in_(accounts))
    )
    return {row.id: row.full_name or row.email for row in rows}


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what is kept of somebody's second factors, without secrets and keys."""
    account_id = account_of_person(db, person_id)
    if account_id is None:
        return {}
    state = factor_state(db, account_id)
    return {
        "code_app_since": state.app_since.isoformat() if state.app_since else None,
        "passkeys": [
            {"name": one.name, "set_up_at": one.set_up_at.isoformat()} for one in state.passkeys
        ],
        "recovery_codes_left": state.codes_left,
    }
