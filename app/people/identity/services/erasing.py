"""Erases an account for good: nothing in it leads back to its owner."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.orm import not_over
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE
from app.people.identity.facts import AccountClosed
from app.people.identity.models import (
    Account,
    AccountInvitation,
    AddressChange,
    ApiToken,
    FeedToken,
    KeptForm,
    RoleGrant,
    SignIn,
    SignInAttempt,
    SignInLink,
)
from app.people.identity.queries import digest
from app.people.identity.services.organizers import require_organizer_without_account

NOWHERE = "erased.invalid"  # RFC 6761: never a mailbox


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Removes a person's address, password, sessions and links; stops their keys and ends their
    roles today.

    The account stays under its number, because the journal names it, and belongs to nobody. Refuses
    with LastOrganizer when nobody else could run the platform.
    """
    account = db.scalar(select(Account).where(Account.person_id == person_id).with_for_update())
    if account is None:
        return
    today = now.astimezone(REFERENCE).date()
    require_organizer_without_account(db, account_id=account.id, today=today)
    db.execute(delete(SignInAttempt).where(SignInAttempt.key.contains(digest(account.email)[:32])))
    account.email, account.password, account.active = f"{account.id}@{NOWHERE}", None, False
    account.fs_uniquifier, account.person_id = uuid4().hex, None
    for table in (SignIn, SignInLink, KeptForm, AccountInvitation, AddressChange):
        db.execute(delete(table).where(table.account_id == account.id))
    for keys in (ApiToken, FeedToken):
        db.execute(
            update(keys)
            .where(keys.account_id == account.id, keys.revoked_at.is_(None))
            .values(revoked_at=now)
        )
    db.execute(update(ApiToken).where(ApiToken.account_id == account.id).values(label=""))
    grants = select(RoleGrant).where(RoleGrant.account_id == account.id)
    for grant in db.scalars(grants.where(not_over(RoleGrant, today))):
        grant.valid_until = max(today, grant.valid_from)
    db.flush()
    journal.record(db, AccountClosed(account.id), actor=SYSTEM, now=now)


def expire_attempts(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Deletes tries at doors and sessions that ended before the instant; returns how many rows."""
    tried, over = SignInAttempt.at < before, SignIn.expires_at < before
    found = sum(
        db.scalar(select(func.count()).select_from(table).where(where)) or 0
        for table, where in ((SignInAttempt, tried), (SignIn, over))
    )
    if not dry_run:
        db.execute(delete(SignInAttempt).where(tried))
        db.execute(delete(SignIn).where(over))
        db.flush()
    return found
