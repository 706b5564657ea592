"""Invites somebody by letter: an account, a role and a link of their own that works for 14 days."""

import secrets
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.refusal import InvalidInput, NotFound
from app.people.directory.services.people import record_person
from app.people.identity import policy, queries
from app.people.identity.facts import AccountInvited, InvitationHandedOver
from app.people.identity.models import Account, AccountInvitation, FirstKey
from app.people.identity.queries import digest, reach_of
from app.people.identity.rules import (
    FIRST_KEY_LASTS,
    INVITATION_LASTS,
    AddressTaken,
    FirstKeyNotValid,
    InvitationNotValid,
    InvitationSettled,
    NoAddress,
    normal_email,
)
from app.people.identity.services.accounts import create_account
from app.people.identity.services.roles import grant_role
from app.people.identity.values import Confirmation


def lock_address(db: Session, email: str) -> None:
    """Locks an address, so that of two who invite or ask for it at the same time the second sees
    the first.
    """
    lock_by_name(db, f"address:{normal_email(email)}")


def invite(
    db: Session,
    *,
    actor: Actor,
    person_id: int | None = None,
    email: str = "",
    role: Role | None = None,
    scope: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    now: datetime,
) -> int:
    """Makes an account and has a letter written whose link works for 14 days; returns the
    invitation's id.

    Either a person of the directory, under the address on record, or an address alone, whose owner
    says at the first sign-in who they are. The role is granted from `valid_from` (today) on, but a
    focal point's follows the designation, see `follow_focal_points`. Raises NoAddress, AddressTaken
    and InvalidInput, and NotAllowed to whoever may not manage accounts.
    """
    policy.require_may_manage_accounts(actor)
    if person_id is not None:
        person = queries.invitable_person(db, person_id)
        if person is None:
            raise NotFound
        email = person.email or email
        if not email:
            raise NoAddress(name=person.full_name)
    account_id = create_account(db, actor=actor, email=email, person_id=person_id, now=now)
    if role not in (None, Role.FOCAL_POINT):
        grant_role(
            db,
            actor=actor,
            account_id=account_id,
            role=role,
            scope=scope,
            valid_from=valid_from or reference_day(now),
            valid_until=valid_until,
            now=now,
        )
    return _invitation(db, account_id, role, scope, actor=actor, now=now)


def invite_person(
    db: Session,
    *,
    actor: Actor,
    person_id: int,
    role: Role | None = None,
    scope: str = "",
    now: datetime,
) -> bool:
    """Invites a person as `invite` does, for callers who have checked that the actor may write the
    person down.

    Returns False when there is nobody to invite: the person has an account, has no address, or the
    address is another's (mailboxes are shared). At the first sign-in the owner of the address is
    asked whether name and country are right.
    """
    person = queries.invitable_person(db, person_id)
    if person is None or not person.email:
        return False
    if db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None:
        return False
    try:
        account_id = create_account(
            db, actor=SYSTEM, email=person.email, person_id=person_id, now=now
        )
    except (AddressTaken, InvalidInput):
        return False
    _invitation(db, account_id, role, scope, actor=actor, now=now)
    return True


def _invitation(
    db: Session, account_id: int, role: Role | None, scope: str, *, actor: Actor, now: datetime
) -> int:
    account = db.get_one(Account, account_id)
    if account.person_id is not None:
        account.confirmation = Confirmation.ASKED
    row = AccountInvitation(
        account_id=account_id, role=role.value if role else "", scope=scope, created_at=now
    )
    db.add(row)
    db.flush()
    journal.record(db, AccountInvited(account_id, row.id), actor=actor, now=now)
    return row.id


def resend_invitation(db: Session, *, actor: Actor, invitation_id: int, now: datetime) -> None:
    """Has the letter written again, with a new link for 14 days more; the old link stops working.

    Raises InvitationSettled when it was used or its account was closed.
    """
    row = _unsettled(db, invitation_id)
    today = reference_day(now)
    policy.require_may_manage(actor, reach_of(db, row.account_id, today))
    row.token_sha256 = row.sent_at = row.lapses_at = None
    db.flush()
    journal.record(db, AccountInvited(row.account_id, row.id), actor=actor, now=now)


def hand_over_invitation(db: Session, *, actor: Actor, invitation_id: int, now: datetime) -> str:
    """Returns a new token of an invitation, to be handed over by its organizer where letters do not
    leave. The link in an earlier letter stops working.
    """
    policy.require_may_manage_accounts(actor)
    row = _unsettled(db, invitation_id)
    token = issue_invitation_token(db, invitation_id=row.id, now=now)
    journal.record(db, InvitationHandedOver(row.account_id, row.id), actor=actor, now=now)
    return token


def issue_invitation_token(db: Session, *, invitation_id: int, now: datetime) -> str:
    """Returns the token for the letter's link, made by whoever writes the letter; it works once
    within 14 days of `now`.
    """
    row = _unsettled(db, invitation_id)
    token = secrets.token_urlsafe(32)
    row.token_sha256, row.sent_at = digest(token), now
    row.lapses_at = now + INVITATION_LASTS
    db.flush()
    return token


def use_invitation(db: Session, *, token: str, now: datetime) -> int:
    """Uses an invitation up and returns its account. One statement decides, so that two clicks at
    once give one session.
    """
    i = AccountInvitation
    account_id: int | None = db.scalar(
        update(i)
        .where(
            i.token_sha256 == digest(token),
            i.used_at.is_(None),
            i.lapses_at > now,
        )
        .values(used_at=now)
        .returning(i.account_id)
    )
    if account_id is None or not db.get_one(Account, account_id).active:
        raise InvitationNotValid
    return account_id


def _unsettled(db: Session, invitation_id: int) -> AccountInvitation:
    row = db.scalar(
        select(AccountInvitation).where(AccountInvitation.id == invitation_id).with_for_update()
    )
    if row is None:
        raise NotFound
    if row.used_at is not None or not db.get_one(Account, row.account_id).active:
        raise InvitationSettled
    return row


FIRST = "first-account"
"""Of two who begin at once the second sees the account of the first."""


def issue_first_key(db: Session, *, now: datetime) -> str | None:
    """Returns the token of a new address for the first organizer, which works for 24 hours; None
    where an account exists. Earlier addresses stop working.
    """
    lock_by_name(db, FIRST)
    if queries.has_accounts(db):
        return None
    token = secrets.token_urlsafe(24)
    db.execute(delete(FirstKey))
    db.add(FirstKey(token_sha256=digest(token), created_at=now, lapses_at=now + FIRST_KEY_LASTS))
    db.flush()
    return token


def make_first_account(
    db: Session,
    *,
    token: str,
    full_name: str,
    email: str,
    language: str,
    hashed: str | None,
    now: datetime,
) -> int:
    """Uses the address up and returns the account of the first organizer, who serves in none of the
    Member Countries. `hashed`: of a password that was checked; None signs in by link.

    Raises FirstKeyNotValid, and InvalidInput at "full_name" and "email".
    """
    lock_by_name(db, FIRST)
    used = db.scalar(
        update(FirstKey)
        .where(
            FirstKey.token_sha256 == digest(token),
            FirstKey.used_at.is_(None),
            FirstKey.lapses_at > now,
        )
        .values(used_at=now)
        .returning(FirstKey.id)
    )
    if used is None or queries.has_accounts(db):
        raise FirstKeyNotValid
    person_id = record_person(
        db,
        full_name=full_name,
        email=normal_email(email),
        country_code=None,
        language=language,
        timezone=REFERENCE_ZONE,
    )
    account_id = create_account(db, actor=SYSTEM, email=email, person_id=person_id, now=now)
    chosen_at = now if hashed else None
    db.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(password=hashed, password_set_at=chosen_at)
    )
    grant_role(
        db,
        actor=SYSTEM,
        account_id=account_id,
        role=Role.ORGANIZER,
        valid_from=reference_day(now),
        now=now,
    )
    return account_id
