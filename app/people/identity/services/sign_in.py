"""Signs people in and out: counts tries in the database, makes links for e-mail, opens sessions
that can be ended.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, delete, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.fact import Fact
from app.kernel.refusal import NotFound
from app.people.identity import queries
from app.people.identity.facts import (
    NewDeviceUsed,
    SessionsEnded,
    SignedIn,
    SignedOut,
    SignInLinkRequested,
)
from app.people.identity.models import (
    Account,
    AccountInvitation,
    KeptForm,
    SignIn,
    SignInAttempt,
    SignInLink,
)
from app.people.identity.queries import digest
from app.people.identity.rules import (
    EARLIER_KEY_LASTS,
    FORM_KEPT,
    LINK_LASTS,
    ORDINARY_SPAN,
    SEEN_EVERY,
    LinkNotValid,
    TooManyTries,
    is_session_over,
    may_send_link,
    normal_email,
    session_span,
    wait_for,
)
from app.people.identity.values import Door, SignInOrigin, SignInWay

NOWHERE = SignInOrigin()
TRIES_KEPT = timedelta(hours=2)
KNOWN = "known-address:"
BY_DAY = "day:"
"""Begins the keys of doors whose tries are counted for a day."""
LETTER = "link-letter:"
ENDED_KEPT = timedelta(days=30)


def count_try(db: Session, *, doors: Sequence[Door], now: datetime) -> list[int]:
    """Counts one try at each door, or refuses with `TooManyTries`. The ids are for `forget_try`
    after a success.

    Counted before the password is looked at, so that hashing is throttled too.
    """
    old = SignInAttempt.at < now - TRIES_KEPT
    lasting = (SignInAttempt.key.not_like(f"{kept}%") for kept in (KNOWN, BY_DAY))
    db.execute(delete(SignInAttempt).where(old, *lasting))
    waits = []
    for door in doors:
        recent = select(SignInAttempt.at).where(
            SignInAttempt.key == door.key, SignInAttempt.at > now - door.limit.span
        )
        waits.append(wait_for(db.scalars(recent).all(), door.limit, now))
    if stops := [wait for wait in waits if wait is not None]:
        raise TooManyTries(max(stops))
    tries = [SignInAttempt(key=door.key, at=now) for door in doors]
    db.add_all(tries)
    db.flush()
    return [one.id for one in tries]


def forget_try(db: Session, *, ids: Sequence[int]) -> None:
    """Deletes the try of a success. Earlier failures stay: signing in to an own account must not
    allow more guesses at others.
    """
    db.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(ids)))


def know_address(db: Session, *, source: str, now: datetime) -> None:
    """Records a network address from which somebody signed in: more people behind it may try."""
    key = KNOWN + source
    db.execute(delete(SignInAttempt).where(SignInAttempt.key == key))
    db.add(SignInAttempt(key=key, at=now))
    db.flush()


def open_sign_in(
    db: Session,
    *,
    account_id: int,
    way: SignInWay,
    now: datetime,
    origin: SignInOrigin = NOWHERE,
    is_known_device: bool = True,
    replaces: str = "",
) -> str:
    """Begins a session; returns the key for the cookie. Only its hash is kept. `replaces`: the key of
    the session that this browser had, which ends.

    Whoever comes in has no more need of an invitation. A device that is not known is told, except
    at the first sign-in ever.
    """
    key = secrets.token_urlsafe(32)
    if replaces:
        own = and_(SignIn.key_sha256 == digest(replaces), SignIn.ended_at.is_(None))
        db.execute(update(SignIn).where(own).values(ended_at=now))
    is_to_tell = not is_known_device and queries.has_signed_in(db, account_id)
    db.execute(
        delete(SignIn).where(SignIn.account_id == account_id, SignIn.expires_at < now - ENDED_KEPT)
    )
    row = SignIn(
        account_id=account_id,
        key_sha256=digest(key),
        way=way.value,
        created_at=now,
        expires_at=now + ORDINARY_SPAN.whole,
        device=origin.kind.value,
        system=origin.system,
        network=origin.network,
        seen_at=now,
    )
    db.add(row)
    i = AccountInvitation
    db.execute(update(i).where(i.account_id == account_id, i.used_at.is_(None)).values(used_at=now))
    db.flush()
    facts: list[Fact] = [SignedIn(account_id, way)]
    if is_to_tell:
        facts.append(NewDeviceUsed(account_id, row.id))
    journal.record_all(db, facts, actor=Actor(account_id=account_id), now=now)
    return key


def renew_sign_in(db: Session, *, sign_in_id: int, now: datetime) -> str:
    """Goes on with a session under a new key, which it returns. The earlier one still opens it for
    some seconds, so that nobody is signed out whose browser was asking for something else.
    """
    key = secrets.token_urlsafe(32)
    row = db.get_one(SignIn, sign_in_id)
    db.add(
        SignIn(
            account_id=row.account_id,
            key_sha256=digest(key),
            way=row.way,
            created_at=row.created_at,
            expires_at=row.expires_at,
            device=row.device,
            system=row.system,
            network=row.network,
            seen_at=now,
        )
    )
    row.ended_at = row.ended_at or now + EARLIER_KEY_LASTS
    db.flush()
    return key


def close_sign_in(db: Session, *, actor: Actor, key: str, now: datetime) -> None:
    """Ends the session for good: a copied cookie stops working too."""
    ended = db.execute(
        update(SignIn)
        .where(
            SignIn.account_id == actor.account_id,
            SignIn.key_sha256 == digest(key),
            SignIn.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    if isinstance(ended, CursorResult) and ended.rowcount:
        journal.record(db, SignedOut(actor.account_id), actor=actor, now=now)


def mark_seen(db: Session, *, sign_in_id: int, network: str, now: datetime) -> None:
    """Records that a session is in use, unless another request has just done so."""
    db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.seen_at <= now - SEEN_EVERY)
        .values(seen_at=now, network=network)
    )


def end_session(db: Session, *, actor: Actor, sign_in_id: int, now: datetime) -> None:
    """Ends one of the actor's sessions. Another's is treated as one that does not exist; again, it
    changes nothing.
    """
    row = db.get(SignIn, sign_in_id)
    if row is None or row.account_id != actor.account_id:
        raise NotFound
    _end_sessions(db, actor, SignIn.id == sign_in_id, now)


def end_other_sessions(db: Session, *, actor: Actor, here: int, now: datetime) -> int:
    """Ends every session of the actor but the one that asks; returns how many."""
    return _end_sessions(db, actor, SignIn.id != here, now)


def _end_sessions(db: Session, actor: Actor, which: ColumnElement[bool], now: datetime) -> int:
    """Ends open sessions of the actor. Those that are over anyway are ended too, and not counted."""
    ended = db.execute(
        update(SignIn)
        .where(SignIn.account_id == actor.account_id, SignIn.ended_at.is_(None), which)
        .values(ended_at=now)
        .returning(SignIn.created_at, SignIn.seen_at)
    ).all()
    span = session_span(actor)
    count = sum(
        not is_session_over(span, since=row.created_at, seen_at=row.seen_at, now=now)
        for row in ended
    )
    if count:
        fact = SessionsEnded(actor.account_id, count)
        journal.record(db, fact, actor=actor, now=now)
    return count


def request_sign_in_link(db: Session, *, email: str, now: datetime) -> None:
    """Records the wish when the address has an account. Says nothing either way, and makes no token
    yet.

    After some letters in an hour a wish changes nothing while the last letter's link still works.
    """
    key = f"{LETTER}{digest(normal_email(email))[:32]}"
    earlier = select(SignInAttempt.at).where(SignInAttempt.key == key)
    if not may_send_link(db.scalars(earlier).all(), now):
        return
    db.add(SignInAttempt(key=key, at=now))
    account = queries.account_by_email(db, email)
    if account is not None:
        fact = SignInLinkRequested(account.id)
        journal.record(db, fact, actor=Actor(account_id=account.id), now=now)


def issue_sign_in_link(db: Session, *, account_id: int, now: datetime) -> str:
    """Issues the token for the link in a letter; it works once within 15 minutes of `now`.

    Whoever writes the letter calls it, so that the token is nowhere but in the letter.
    """
    account = db.get(Account, account_id)
    if account is None or not account.active:
        raise NotFound
    token = secrets.token_urlsafe(32)
    db.execute(
        delete(SignInLink).where(
            SignInLink.account_id == account_id, SignInLink.expires_at < now - ENDED_KEPT
        )
    )
    db.add(
        SignInLink(account_id=account_id, token_sha256=digest(token), expires_at=now + LINK_LASTS)
    )
    db.flush()
    return token


def use_sign_in_link(db: Session, *, token: str, now: datetime) -> int:
    """Uses a link up and returns its account. One statement decides, so that two clicks at once
    give one session.
    """
    account_id: int | None = db.scalar(
        update(SignInLink)
        .where(
            SignInLink.token_sha256 == digest(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.account_id)
    )
    if account_id is None or not db.get_one(Account, account_id).active:
        raise LinkNotValid
    return account_id


# Stores what somebody had typed when their session ended, for an hour and for their account only.

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
