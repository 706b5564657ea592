"""Makes, changes and closes accounts."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.email_address import is_email
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import REFERENCE
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.people.directory.queries.known import person_of
from app.people.directory.services.people import record_person
from app.people.identity import policy, queries
from app.people.identity.facts import (
    AccountClosed,
    AccountCreated,
    AccountReopened,
    IdentityConfirmed,
    IdentityDenialSettled,
    IdentityDenied,
    OwnerRecorded,
    PasswordChanged,
    PreferencesChanged,
)
from app.people.identity.models import Account, SignIn
from app.people.identity.rules import (
    AddressTaken,
    normal_email,
    password_fault,
    require_preferences,
)
from app.people.identity.services.organizers import require_organizer_without_account
from app.people.identity.services.passwords import hash_password
from app.people.identity.services.tokens import end_keys
from app.people.identity.values import Confirmation


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
    account.password = hashed
    account.fs_uniquifier = uuid4().hex
    _end_sign_ins(db, account.id, now)
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
    today = now.astimezone(REFERENCE).date()
    require_organizer_without_account(db, account_id=account_id, today=today)
    account.active = False
    account.fs_uniquifier = uuid4().hex
    _end_sign_ins(db, account_id, now)
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
    today = now.astimezone(REFERENCE).date()
    policy.require_may_manage(actor, queries.reach_of(db, account_id, today))
    return account


def _end_sign_ins(db: Session, account_id: int, now: datetime) -> None:
    db.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
