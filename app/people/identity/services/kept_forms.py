"""Stores what somebody had typed when their session ended, for an hour and for their account only."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from app.people.identity.models import KeptForm
from app.people.identity.rules import FORM_KEPT

MOST_KEPT = 5


def keep_form(
    db: Session,
    *,
    account_id: int,
    page: str,
    action: str,
    typed: Sequence[tuple[str, str]],
    had_files: bool,
    now: datetime,
) -> str:
    """Stores a form; returns its key. Each account has the latest five."""
    drop_lapsed_forms(db, now=now)
    older = (
        select(KeptForm.key)
        .where(KeptForm.account_id == account_id)
        .order_by(KeptForm.kept_at.desc())
    )
    surplus = db.scalars(older.offset(MOST_KEPT - 1)).all()
    db.execute(delete(KeptForm).where(KeptForm.key.in_(surplus)))
    key = secrets.token_urlsafe(16)
    db.add(
        KeptForm(
            key=key,
            account_id=account_id,
            page=page,
            action=action,
            typed=[list(pair) for pair in typed],
            had_files=had_files,
            kept_at=now,
            expires_at=now + FORM_KEPT,
        )
    )
    db.flush()
    return key


def drop_form(db: Session, *, key: str, account_id: int, action: str) -> None:
    """Deletes a form that was sent after all."""
    own = and_(KeptForm.key == key, KeptForm.account_id == account_id)
    db.execute(delete(KeptForm).where(own, KeptForm.action == action))


def drop_lapsed_forms(db: Session, *, now: datetime) -> None:
    db.execute(delete(KeptForm).where(KeptForm.expires_at <= now))
