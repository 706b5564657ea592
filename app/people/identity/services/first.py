"""Makes the first account of an installation, for the person who has the address that the start
printed.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.infra.locks import lock_by_name
from app.kernel.actor import SYSTEM, Role
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.people.directory.services.people import record_person
from app.people.identity import queries
from app.people.identity.models import Account, FirstKey
from app.people.identity.queries import digest
from app.people.identity.rules import FIRST_KEY_LASTS, FirstKeyNotValid, normal_email
from app.people.identity.services.accounts import create_account
from app.people.identity.services.roles import grant_role

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
    db.execute(update(Account).where(Account.id == account_id).values(password=hashed))
    grant_role(
        db,
        actor=SYSTEM,
        account_id=account_id,
        role=Role.ORGANIZER,
        valid_from=now.astimezone(REFERENCE).date(),
        now=now,
    )
    return account_id
