"""Keys for programs: bearer tokens of the API and addresses of calendar feeds. Each is shown once
and kept hashed.
"""

import base64
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.installation import secret_keys
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


def issue_feed_token(db: Session, *, account_id: int, now: datetime, press: str = "") -> str:
    """Returns one more address of the personal calendar; earlier ones still work. The same `press`
    again gives the same address, see `_token_of`.
    """
    token = _token_of(db, press)
    if _stands(db, token):
        return token
    token_id = _new_feed_token(db, token, account_id=account_id, now=now)
    journal.record(
        db, FeedTokenIssued(account_id, token_id), actor=Actor(account_id=account_id), now=now
    )
    return token


def rotate_feed_token(db: Session, *, account_id: int, now: datetime, press: str = "") -> str:
    """Returns a new address; every earlier one is withdrawn and answers 410. The same `press` again
    withdraws nothing.
    """
    token = _token_of(db, press)
    if _stands(db, token):
        return token
    db.execute(
        update(FeedToken)
        .where(FeedToken.account_id == account_id, FeedToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    token_id = _new_feed_token(db, token, account_id=account_id, now=now)
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


def _token_of(db: Session, press: str) -> str:
    """Returns 256 bits, random without a press. Those of one press are always the same: the address
    is shown once and kept hashed, so that a second press could show no other that works. One that
    was withdrawn since never comes back.
    """
    if not press:
        return secrets.token_urlsafe(32)
    lock_by_name(db, press)
    made = secret_keys(db).tags(f"feed-token:{press}".encode())
    tokens = [base64.urlsafe_b64encode(one).decode("ascii").rstrip("=") for one in made]
    known = select(FeedToken.token_sha256, FeedToken.revoked_at).where(
        FeedToken.token_sha256.in_([digest(token) for token in tokens])
    )
    withdrawn_at = dict(db.execute(known).all())
    # The first press may have been under an earlier key.
    token = next((one for one in tokens if digest(one) in withdrawn_at), tokens[0])
    return secrets.token_urlsafe(32) if withdrawn_at.get(digest(token)) else token


def _stands(db: Session, token: str) -> bool:
    standing = (FeedToken.token_sha256 == digest(token), FeedToken.revoked_at.is_(None))
    return db.scalar(select(FeedToken.id).where(*standing)) is not None


def _new_feed_token(db: Session, token: str, *, account_id: int, now: datetime) -> int:
    row = FeedToken(account_id=account_id, token_sha256=digest(token), created_at=now)
    db.add(row)
    db.flush()
    return row.id
