"""The secret address of a personal feed: made once, shown to its owner as often as asked, replaced at will.

The token is HMAC-SHA256 of the row with the site's secret key, so that the database holds only its hash and the owner
can still read the address again. With another secret key old addresses go on working and can no longer be shown.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.identity.models import FeedToken
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def ensure_feed_token(db: Session, *, actor: Actor, secret: str, now: datetime) -> str:
    """The token that opens the actor's feed; a new one when there is none that can be shown."""
    return shown_feed_token(db, actor=actor, secret=secret) or rotate_feed_token(
        db, actor=actor, secret=secret, now=now
    )


def rotate_feed_token(db: Session, *, actor: Actor, secret: str, now: datetime) -> str:
    """Revokes what stood and returns a new token; whoever had the old address reads 410 from now on."""
    if actor.person_id is None:
        raise NotAllowed
    tokens = select(FeedToken).where(FeedToken.account_id == actor.account_id, FeedToken.revoked_at.is_(None))
    for old in db.scalars(tokens):
        old.revoked_at = now
    token = _token(secret, actor.account_id, _ever_made(db, actor) + 1, now)
    db.add(FeedToken(account_id=actor.account_id, token_sha256=token_hash(token), created_at=now))
    db.flush()
    return token


def shown_feed_token(db: Session, *, actor: Actor, secret: str) -> str | None:
    """The address in force, worked out anew; None when there is none, or it was made with another secret key."""
    row = db.scalar(
        select(FeedToken)
        .where(FeedToken.account_id == actor.account_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    token = _token(secret, actor.account_id, _ever_made(db, actor), row.created_at)
    return token if hmac.compare_digest(token_hash(token), row.token_sha256) else None


def _ever_made(db: Session, actor: Actor) -> int:
    return db.scalar(select(func.count()).where(FeedToken.account_id == actor.account_id)) or 0


def _token(secret: str, account_id: int, number: int, made_at: datetime) -> str:
    """256 bits; `number` counts the account's tokens, so that two made in the same instant differ."""
    message = f"calendar feed|{account_id}|{number}|{made_at.isoformat()}"
    return urlsafe_b64encode(hmac.digest(secret.encode(), message.encode(), "sha256")).rstrip(b"=").decode()
