"""Posts that count for coverage or are no longer there, and who only acts in one."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.orm import not_over
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_
from app.people.directory import policy
from app.people.directory.facts import ActingNoted, PostClosed, PostReopened
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.rules.people import post_kind

BEFORE_ARRIVAL = N_("Write a day on which the person serves in the post.")


class PostHeldBySomebody(Refusal):
    """A post is not closed while somebody serves in it, or will."""

    rule = "post-held"
    msgid = N_("Somebody serves in this post. Mark in the roster first that they left it.")


def close_post(db: Session, *, actor: Actor, post_id: int, today: date, now: datetime) -> None:
    """Closes a post that nobody holds: it is not vacant any more, and nobody is put there. Again
    changes nothing.
    """
    post, country_code = _locked(db, actor, post_id)
    if post.closed_on is not None:
        return
    held = select(Appointment.id).where(
        Appointment.post_id == post.id, not_over(Appointment, today)
    )
    if db.scalar(held.limit(1)) is not None:
        raise PostHeldBySomebody
    post.closed_on = today
    fact = PostClosed(post.id, post.institution_id, country_code, today)
    journal.record(db, fact, actor=actor, now=now)


def reopen_post(db: Session, *, actor: Actor, post_id: int, now: datetime) -> None:
    """Takes back that the post was closed. Again changes nothing."""
    post, country_code = _locked(db, actor, post_id)
    if post.closed_on is not None:
        post.closed_on = None
        fact = PostReopened(post.id, post.institution_id, country_code)
        journal.record(db, fact, actor=actor, now=now)


def note_acting(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    appointment_id: int,
    is_acting: bool,
    until: date | None,
    today: date,
    now: datetime,
) -> bool:
    """Notes that somebody acts in their post, or holds it after all; returns whether that is new.

    Refuses (at `acting_until`) a day before they came. An appointment of another country, or one
    that has ended, is not found.
    """
    policy.require_may_keep_roster(actor, country_code)
    row = db.scalar(
        select(Appointment)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(
            Appointment.id == appointment_id,
            Institution.country_code == country_code,
            not_over(Appointment, today),
        )
        .with_for_update(of=Appointment)
    )
    if row is None:
        raise NotFound
    until = until if is_acting else None
    if until is not None and until < row.valid_from:
        raise InvalidInput({"acting_until": Sentence(BEFORE_ARRIVAL)})
    if (row.is_acting, row.acting_until) == (is_acting, until):
        return False
    row.is_acting, row.acting_until = is_acting, until
    fact = ActingNoted(row.id, row.person_id, country_code, is_acting, until)
    journal.record(db, fact, actor=actor, now=now)
    return True


def posts_of_kind(db: Session, *, institution_id: int, kind: str) -> list[Post]:
    """Returns the posts of one kind in an institution, locked in one order."""
    rows = db.scalars(
        select(Post)
        .where(Post.institution_id == institution_id)
        .order_by(Post.id)
        .with_for_update()
    )
    return [post for post in rows if post_kind(post.title) == kind]


def set_scope(posts: Collection[Post], *, counts: bool) -> bool:
    """Makes posts of one kind count for coverage, or not; returns whether any did otherwise."""
    differ = [post for post in posts if post.is_target != counts]
    for post in differ:
        post.is_target = counts
    return bool(differ)


def _locked(db: Session, actor: Actor, post_id: int) -> tuple[Post, str]:
    """Returns the post with its country. Locks the institution too, as whoever puts somebody into
    one of its posts does.
    """
    row = db.execute(
        select(Post, Institution.country_code)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Post.id == post_id)
        .with_for_update(of=(Institution, Post))
    ).one_or_none()
    if row is None:
        raise NotFound
    policy.require_may_keep_institutions(actor, row.country_code)
    return row.Post, row.country_code
