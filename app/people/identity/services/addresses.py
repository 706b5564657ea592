"""Another address for an account. One that was never used is led there at once; one in use changes
when its owner opens the letter at the new address, and the old address is told.
"""

import secrets
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.locks import lock_by_name
from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.people.directory.services.correcting import correct_email, require_email
from app.people.identity import policy, queries
from app.people.identity.facts import (
    AccountInvited,
    AddressChangeAsked,
    AddressChanged,
    AddressChangeRevoked,
)
from app.people.identity.models import Account, AccountInvitation, AddressChange, SignIn, SignInLink
from app.people.identity.queries import digest, reach_of
from app.people.identity.rules import AddressTaken, normal_email
from app.people.identity.rules.signing_in import ADDRESS_CHANGE_LASTS, AddressChangeNotValid
from app.people.identity.values import AddressOutcome


def change_address(
    db: Session, *, actor: Actor, account_id: int, email: str, now: datetime
) -> AddressOutcome:
    """Leads an account to another address: at once with a new invitation where nobody ever signed
    in, otherwise once its owner has confirmed it.

    Raises AddressTaken when another account has the address, NotAllowed and NotFound as
    `policy.require_may_manage`.
    """
    account = db.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound
    policy.require_may_manage(actor, reach_of(db, account_id, reference_day(now)))
    address = normal_email(email)
    require_email(address)
    if address == account.email:
        return AddressOutcome.SAME
    _require_free(db, address)
    if not queries.has_signed_in(db, account_id):
        _write(db, account, address)
        _invite_anew(db, account, actor=actor, now=now)
        return AddressOutcome.INVITED
    _revoke_waiting(db, account_id, now)
    row = AddressChange(
        account_id=account_id,
        email=address,
        asked_at=now,
        asked_by=actor.account_id or None,
        lapses_at=now + ADDRESS_CHANGE_LASTS,
    )
    db.add(row)
    db.flush()
    journal.record(db, AddressChangeAsked(account_id, row.id), actor=actor, now=now)
    return AddressOutcome.ASKED


def issue_address_token(db: Session, *, change_id: int, now: datetime) -> str | None:
    """Returns the token for the letter's link, made by whoever writes the letter; None when nothing
    waits any more.
    """
    row = db.get(AddressChange, change_id, with_for_update=True)
    if row is None or row.used_at is not None or row.revoked_at is not None:
        return None
    token = secrets.token_urlsafe(32)
    row.token_sha256, row.lapses_at = digest(token), now + ADDRESS_CHANGE_LASTS
    db.flush()
    return token


def use_address_change(db: Session, *, token: str, now: datetime) -> int:
    """Changes the address of the account whose owner opened the letter; returns the account.

    Its sessions end, and links to sign in that were sent to the old address no longer work. Raises
    AddressChangeNotValid, and AddressTaken when another account got the address meanwhile.
    """
    c = AddressChange
    row_id = db.scalar(
        update(c)
        .where(
            c.token_sha256 == digest(token),
            c.used_at.is_(None),
            c.revoked_at.is_(None),
            c.lapses_at > now,
        )
        .values(used_at=now)
        .returning(c.id)
    )
    if row_id is None:
        raise AddressChangeNotValid
    row = db.get_one(AddressChange, row_id)
    account = db.get_one(Account, row.account_id, with_for_update=True)
    if not account.active:
        raise AddressChangeNotValid
    _require_free(db, row.email)
    _write(db, account, row.email)
    db.execute(
        update(SignIn)
        .where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    db.execute(
        update(SignInLink)
        .where(SignInLink.account_id == account.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    owner = Actor(account_id=row.asked_by or account.id)
    if account.person_id is not None:
        correct_email(
            db, actor=owner, person_id=account.person_id, email=row.email, now=now, is_proven=True
        )
    actor = Actor(account_id=account.id, person_id=account.person_id)
    journal.record(db, AddressChanged(account.id), actor=actor, now=now)
    return account.id


def revoke_address_change(db: Session, *, actor: Actor, now: datetime) -> bool:
    """Withdraws the change of address that waits for confirmation; returns whether there was one."""
    numbers = _revoke_waiting(db, actor.account_id, now)
    for number in numbers:
        fact = AddressChangeRevoked(actor.account_id, number)
        journal.record(db, fact, actor=actor, now=now)
    return bool(numbers)


def _require_free(db: Session, address: str) -> None:
    """Locks the address, so that of two who want it the second sees the first."""
    lock_by_name(db, f"address:{address}")
    if db.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise AddressTaken


def _write(db: Session, account: Account, address: str) -> None:
    """Writes the address, or raises AddressTaken.

    The constraint of the database finds an account that took the address despite the lock.
    """
    try:
        with db.begin_nested():
            account.email, account.fs_uniquifier = address, uuid4().hex
            db.flush()
    except IntegrityError as error:
        db.refresh(account)
        raise AddressTaken from error


def _invite_anew(db: Session, account: Account, *, actor: Actor, now: datetime) -> None:
    """Invites the owner of the account again, so that the link in the letter to the wrong address
    stops working.
    """
    row = db.scalar(
        select(AccountInvitation)
        .where(
            AccountInvitation.account_id == account.id,
            AccountInvitation.used_at.is_(None),
            AccountInvitation.revoked_at.is_(None),
        )
        .order_by(AccountInvitation.id.desc())
        .with_for_update()
        .limit(1)
    )
    if row is None:
        row = AccountInvitation(account_id=account.id, created_at=now)
        db.add(row)
    row.token_sha256 = row.sent_at = row.lapses_at = None
    db.flush()
    journal.record(db, AccountInvited(account.id, row.id), actor=actor, now=now)


def _revoke_waiting(db: Session, account_id: int, now: datetime) -> list[int]:
    waiting = (
        AddressChange.account_id == account_id,
        AddressChange.used_at.is_(None),
        AddressChange.revoked_at.is_(None),
    )
    found = update(AddressChange).where(*waiting).values(revoked_at=now).returning(AddressChange.id)
    return list(db.scalars(found))
