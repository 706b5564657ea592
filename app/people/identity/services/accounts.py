"""Makes, changes, closes and erases accounts; leads them to another address."""

import secrets
from collections.abc import Collection
from datetime import datetime
from threading import BoundedSemaphore
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.email_address import is_email
from app.infra.orm import not_over
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.people.directory.queries.people import person_of
from app.people.directory.services.people import correct_email, record_person, require_email
from app.people.identity import policy, queries
from app.people.identity.facts import (
    AccountClosed,
    AccountCreated,
    AccountInvited,
    AccountReopened,
    AddressChangeAsked,
    AddressChanged,
    AddressChangeRevoked,
    IdentityConfirmed,
    IdentityDenialSettled,
    IdentityDenied,
    OwnerRecorded,
    PasswordChanged,
    PreferencesChanged,
)
from app.people.identity.models import (
    Account,
    AccountInvitation,
    AddressChange,
    ApiToken,
    FeedToken,
    KeptForm,
    LinkedSignIn,
    RoleGrant,
    SignIn,
    SignInAttempt,
    SignInLink,
)
from app.people.identity.queries import digest, reach_of
from app.people.identity.rules import (
    ADDRESS_CHANGE_LASTS,
    LONGEST_PASSWORD,
    AddressChangeNotValid,
    AddressTaken,
    normal_email,
    normal_password,
    password_fault,
    require_preferences,
)
from app.people.identity.services.roles import require_organizer_without_account
from app.people.identity.services.tokens import end_keys
from app.people.identity.values import AddressOutcome, Confirmation

# RFC 9106 and OWASP: argon2id with 19 MiB, two passes, one lane; 35 ms here.
HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
# A hash of nothing anybody knows: an unknown account costs the same time as a known one.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$D3QKvbm0j2qcjckFLTyd6A$qvuaxRBwIyonKxNtJKJtUYPkYbS/rEyndkUCSGcf6pM"
# Each hash takes 19 MiB and a core: at most two at the same time, outside of any transaction that
# writes.
_at_work = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Returns the hash to store, with its parameters in it."""
    with _at_work:
        return HASHER.hash(normal_password(password))


def is_password(typed: str, stored: str | None) -> bool:
    """Returns True when a typed password is the stored one.

    It takes as long for an account without a password, or for no account, so that the time tells
    nothing.
    """
    password = normal_password(typed[:LONGEST_PASSWORD]).replace("\0", "")
    with _at_work:
        fits = _fits(password, stored or NOBODYS_HASH)
    return fits and stored is not None and len(typed) <= LONGEST_PASSWORD and "\0" not in typed


def _fits(password: str, stored: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except VerifyMismatchError:
        return False


# Makes, changes and closes accounts.


def create_account(
    db: Session,
    *,
    actor: Actor,
    email: str,
    person_id: int | None,
    password: str | None = None,
    now: datetime,
) -> int:
    """Makes an account; without a password its owner signs in by link. Refuses an address or a
    person that already has an account.
    """
    policy.require_may_manage_accounts(actor)
    address = _require_email(email)
    if db.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise AddressTaken
    if (
        person_id is not None
        and db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None
    ):
        raise InvalidInput({"person_id": Sentence(N_("This person already has an account."))})
    if password is not None and (fault := password_fault(password, (address,))):
        raise InvalidInput({"password": fault})
    account = Account(
        email=address,
        person_id=person_id,
        password=hash_password(password) if password else None,
        password_set_at=now if password else None,
        active=True,
        fs_uniquifier=uuid4().hex,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(account)
            db.flush()
    except IntegrityError as error:  # somebody took the address since it was looked for
        raise AddressTaken from error
    journal.record(db, AccountCreated(account.id, person_id), actor=actor, now=now)
    return account.id


def confirm_identity(db: Session, *, actor: Actor, now: datetime) -> None:
    """Records that the owner of the address said that name and country are right."""
    account = db.get_one(Account, actor.account_id)
    if account.confirmation == Confirmation.ASKED:
        account.confirmation = Confirmation.NOT_NEEDED
        journal.record(db, IdentityConfirmed(account.id), actor=actor, now=now)


def deny_identity(db: Session, *, actor: Actor, now: datetime) -> None:
    """Records that the owner of the address is somebody else: closes the account and lists it for
    the secretariat.
    """
    account = db.get_one(Account, actor.account_id)
    if account.confirmation != Confirmation.ASKED:
        raise NotFound
    account.confirmation = Confirmation.DENIED
    journal.record(db, IdentityDenied(account.id, account.person_id), actor=actor, now=now)
    close_account(db, actor=SYSTEM, account_id=account.id, now=now)


def record_owner(
    db: Session,
    *,
    actor: Actor,
    full_name: str,
    country_code: str | None,
    language: str,
    timezone: str,
    now: datetime,
) -> int:
    """Records who owns an account that has no person yet; returns the person's id.

    A person whom the focal point wrote down under that name and address is reused. A second call
    changes nothing. Refuses at the fields "full_name" and "country".
    """
    account = db.scalar(select(Account).where(Account.id == actor.account_id).with_for_update())
    if account is None:
        raise NotFound
    if account.person_id is not None:
        return account.person_id
    person_id = record_person(
        db,
        full_name=full_name,
        email=account.email,
        country_code=country_code,
        language=language,
        timezone=timezone,
    )
    if db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None:
        raise InvalidInput({"full_name": Sentence(N_("This person already has an account."))})
    account.person_id = person_id
    db.flush()
    journal.record(db, OwnerRecorded(account.id, person_id), actor=actor, now=now)
    return person_id


def _require_email(email: str) -> str:
    address = normal_email(email)
    if not is_email(address):
        raise InvalidInput(
            {"email": Sentence(N_("Write an e-mail address, for example name@example.org."))}
        )
    return address


def settle_denial(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Takes a denied account off the secretariat's list, after somebody else was written down."""
    policy.require_may_manage_accounts(actor)
    account = db.get(Account, account_id)
    if account is None or account.confirmation != Confirmation.DENIED:
        raise NotFound
    account.confirmation = Confirmation.NOT_NEEDED
    journal.record(db, IdentityDenialSettled(account.id), actor=actor, now=now)


def change_password(
    db: Session, *, actor: Actor, hashed: str, ends_keys: bool = True, now: datetime
) -> str:
    """Stores a hash made beforehand and ends every session of the account; returns the new session
    identity.

    `ends_keys`: keys for programs and calendar addresses end as well.
    """
    account = db.get_one(Account, actor.account_id)
    account.password, account.password_set_at = hashed, now
    end_sessions(db, account_id=account.id, now=now)
    if ends_keys:
        end_keys(db, actor=actor, account_id=account.id, now=now)
    journal.record(db, PasswordChanged(account.id), actor=actor, now=now)
    return account.fs_uniquifier


def change_preferences(
    db: Session, *, actor: Actor, language: str, timezone: str, now: datetime
) -> None:
    """Changes the language and time zone in which the actor reads."""
    require_preferences(language, timezone)
    person = person_of(db, actor.person_id)
    if person is None:
        raise NotFound
    person.language, person.timezone = language, timezone
    journal.record(db, PreferencesChanged(actor.account_id), actor=actor, now=now)


def close_account(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Closes the account: nobody signs in with it any more; its sessions, API tokens and calendar
    addresses stop working at once. Again, it changes nothing. Refuses with LastOrganizer when
    nobody else could run the platform.
    """
    account = _managed(db, actor, account_id, now)
    if not account.active:
        return
    today = reference_day(now)
    require_organizer_without_account(db, account_id=account_id, today=today)
    account.active = False
    end_sessions(db, account_id=account_id, now=now)
    end_keys(db, actor=actor, account_id=account_id, now=now)
    journal.record(db, AccountClosed(account_id), actor=actor, now=now)


def reopen_account(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Opens the account: its owner may sign in again, with the roles that hold; keys for programs
    and calendar addresses stay ended. Again, it changes nothing.
    """
    account = _managed(db, actor, account_id, now)
    if account.active:
        return
    account.active = True
    if account.confirmation == Confirmation.DENIED:
        account.confirmation = Confirmation.ASKED
    journal.record(db, AccountReopened(account_id), actor=actor, now=now)


def _managed(db: Session, actor: Actor, account_id: int, now: datetime) -> Account:
    account = db.get(Account, account_id, with_for_update=True)
    if account is None:
        policy.require_may_manage_accounts(actor)
        raise NotFound
    today = reference_day(now)
    policy.require_may_manage(actor, queries.reach_of(db, account_id, today))
    return account


def lock_account(db: Session, account_id: int) -> None:
    """Lets one transaction at a time change how an account signs in. Raises NotFound."""
    if db.get(Account, account_id, with_for_update=True) is None:
        raise NotFound


def drop_password(db: Session, *, account_id: int) -> None:
    """Leaves an account without a password: its owner signs in by a letter's link and chooses one."""
    account = db.get_one(Account, account_id)
    account.password = account.password_set_at = None


def end_sessions(db: Session, *, account_id: int, now: datetime) -> None:
    """Ends every session of an account, and what it takes to go on with a half-finished sign-in."""
    db.get_one(Account, account_id).fs_uniquifier = uuid4().hex
    db.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


# Another address for an account. One that was never used is led there at once; one in use changes
# when its owner opens the letter at the new address, and the old address is told.


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
    end_sessions(db, account_id=account.id, now=now)
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
    revoking = (
        update(AddressChange).where(*waiting).values(revoked_at=now).returning(AddressChange.id)
    )
    return list(db.scalars(revoking))


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
    today = reference_day(now)
    require_organizer_without_account(db, account_id=account.id, today=today)
    db.execute(delete(SignInAttempt).where(SignInAttempt.key.contains(digest(account.email)[:32])))
    account.email, account.password, account.active = f"{account.id}@{NOWHERE}", None, False
    account.password_set_at = None
    account.fs_uniquifier, account.person_id = uuid4().hex, None
    for table in (
        SignIn,
        SignInLink,
        KeptForm,
        LinkedSignIn,
        AccountInvitation,
        AddressChange,
    ):
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


def forget_kept_forms(db: Session, *, people: Collection[int]) -> None:
    """Deletes the forms that were kept for the accounts of these people, with what they had typed."""
    accounts = select(Account.id).where(Account.person_id.in_(people))
    db.execute(delete(KeptForm).where(KeptForm.account_id.in_(accounts)))


def expire_attempts(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Deletes tries at doors and sessions that ended before the instant; returns how many rows."""
    tried, over = SignInAttempt.at < before, SignIn.expires_at < before
    count = sum(
        db.scalar(select(func.count()).select_from(table).where(where)) or 0
        for table, where in ((SignInAttempt, tried), (SignIn, over))
    )
    if not dry_run:
        db.execute(delete(SignInAttempt).where(tried))
        db.execute(delete(SignIn).where(over))
        db.flush()
    return count


def forget_author(db: Session, person_id: int, authors: queries.Authors) -> None:
    """Forgets that somebody wrote or decided what other packages keep."""
    accounts = list(queries.accounts_of_person(db, person_id))
    for _key, author in authors.values():
        db.execute(update(author.class_).where(author.in_(accounts)).values({author: None}))
    db.flush()
