"""Keys for programs: bearer tokens of the API and addresses of calendar feeds. Each is shown once
and kept hashed.
"""

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.identity.facts import (
    ApiTokenIssued,
    ApiTokenRevoked,
    FeedTokenIssued,
    FeedTokenRevoked,
    FeedTokenRotated,
    FeedTokenUsed,
)
from app.people.identity.models import ApiToken, FeedToken
from app.people.identity.queries import digest, is_feed_use_told
from app.people.identity.rules import TOKEN_LASTS
from app.people.identity.values import FeedKey

PREFIX = "convoca_"
LONGEST_LABEL = 80


def issue_api_token(
    db: Session, *, account_id: int, label: str, now: datetime, expires_at: datetime | None = None
) -> str:
    """Returns a bearer token for `/api/`: `convoca_` and 43 characters, 256 random bits. It ends
    after a year unless told otherwise.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        account_id=account_id,
        token_sha256=digest(token),
        label=label[:LONGEST_LABEL],
        created_at=now,
        expires_at=expires_at or now + TOKEN_LASTS,
    )
    db.add(row)
    db.flush()
    journal.record(
        db, ApiTokenIssued(account_id, row.id), actor=Actor(account_id=account_id), now=now
    )
    return token


def revoke_api_token(db: Session, *, actor: Actor, token_id: int, now: datetime) -> None:
    """Revokes an own token. Another's is treated as one that does not exist."""
    row = db.get(ApiToken, token_id)
    if row is None or row.account_id != actor.account_id:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = now
        journal.record(db, ApiTokenRevoked(row.account_id, row.id), actor=actor, now=now)


def end_keys(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Ends every access key for programs and every calendar address of an account."""
    for keys, ended in ((ApiToken, ApiTokenRevoked), (FeedToken, FeedTokenRevoked)):
        standing = (keys.account_id == account_id, keys.revoked_at.is_(None))
        numbers = db.scalars(
            update(keys).where(*standing).values(revoked_at=now).returning(keys.id)
        ).all()
        journal.record_all(
            db, [ended(account_id, number) for number in numbers], actor=actor, now=now
        )


def issue_feed_token(db: Session, *, account_id: int, now: datetime) -> str:
    """Returns one more address of the personal calendar; earlier ones still work."""
    token, token_id = _new_feed_token(db, account_id, now)
    journal.record(
        db, FeedTokenIssued(account_id, token_id), actor=Actor(account_id=account_id), now=now
    )
    return token


def rotate_feed_token(db: Session, *, account_id: int, now: datetime) -> str:
    """Returns a new address; every earlier one is withdrawn and answers 410."""
    db.execute(
        update(FeedToken)
        .where(FeedToken.account_id == account_id, FeedToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    token, token_id = _new_feed_token(db, account_id, now)
    journal.record(
        db, FeedTokenRotated(account_id, token_id), actor=Actor(account_id=account_id), now=now
    )
    return token


def tell_feed_use(db: Session, *, key: FeedKey, client: str, now: datetime) -> None:
    """Records that a kind of program uses the address; a second time on the same day changes
    nothing.
    """
    if not is_feed_use_told(db, key=key, client=client, now=now):
        journal.record(
            db, FeedTokenUsed(key.token_id, client), actor=Actor(account_id=key.account_id), now=now
        )


def _new_feed_token(db: Session, account_id: int, now: datetime) -> tuple[str, int]:
    token = secrets.token_urlsafe(32)
    row = FeedToken(account_id=account_id, token_sha256=digest(token), created_at=now)
    db.add(row)
    db.flush()
    return token, row.id
