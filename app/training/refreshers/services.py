"""Refreshers: asking for them, stopping them, making the next one, and answering."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.training.refreshers import policy, queries, rules
from app.training.refreshers.facts import RefresherPaused, RefresherReady, RefresherWishChanged
from app.training.refreshers.models import RefresherItem, RefresherRow, RefresherWish, ReviewCard
from app.training.refreshers.values import Rhythm, WishState


def start_refreshers(
    db: Session, *, actor: Actor, rhythm: Rhythm, today: date, now: datetime
) -> date:
    """Of one's own free will; returns the day of the first. The same again changes nothing."""
    person_id = policy.require_may_have(actor)
    if not queries.own_refreshers(db, actor=actor).may_begin:
        raise rules.NothingLearned
    wish = _wish(db, person_id, now)
    if wish.state == WishState.ON.value and wish.next_on is not None:
        return wish.next_on
    wish.state, wish.since = WishState.ON.value, now
    next_on = wish.next_on = today + timedelta(days=rhythm.days)
    db.flush()
    fact = RefresherWishChanged(person_id, WishState.ON.value)
    journal.record(db, fact, actor=actor, now=now)
    return next_on


def stop_refreshers(db: Session, *, actor: Actor, now: datetime) -> None:
    """No letter leaves any more. What is remembered of answers stays, for whoever resumes."""
    person_id = policy.require_may_have(actor)
    wish = _wish(db, person_id, now)
    if wish.state == WishState.OFF.value:
        return
    wish.state, wish.since, wish.next_on = WishState.OFF.value, now, None
    db.flush()
    fact = RefresherWishChanged(person_id, WishState.OFF.value)
    journal.record(db, fact, actor=actor, now=now)


def _wish(db: Session, person_id: int, now: datetime) -> RefresherWish:
    if queries.lock_reader(db, person_id) is None:
        raise NotFound
    wish = db.get(RefresherWish, person_id)
    if wish is None:
        wish = RefresherWish(person_id=person_id, state="", since=now, next_on=None)
        db.add(wish)
    return wish


def make_next(
    db: Session, *, person_id: int, rhythm: Rhythm, today: date, now: datetime
) -> UUID | None:
    """Makes what is due to a person, once: whoever asks again the same day makes nothing. After
    three that were left alone it pauses and says so. None where nothing was made.
    """
    language = queries.lock_reader(db, person_id)
    wish = db.get(RefresherWish, person_id)
    if language is None or wish is None or wish.state != WishState.ON.value:
        return None
    if wish.next_on is None or wish.next_on > today:
        return None
    lately = queries.answers_lately(db, person_id=person_id, since=wish.since)
    if rules.has_lapsed(lately, rhythm.unanswered):
        wish.state, wish.since, wish.next_on = WishState.PAUSED.value, now, None
        db.flush()
        journal.record(db, RefresherPaused(person_id), actor=SYSTEM, now=now)
        return None
    wish.next_on = today + timedelta(days=rhythm.days)
    checks = rules.chosen_checks(
        queries.checks_of(db, person_id),
        queries.cards_of(db, person_id),
        wanted=rhythm.questions,
        now=now,
        person_id=person_id,
    )
    _end_links(db, person_id, now)
    if not checks:
        db.flush()
        return None
    refresher_id = uuid4()
    db.add(
        RefresherRow(
            id=refresher_id,
            person_id=person_id,
            language=language,
            sent_at=now,
            ends_at=rules.ends_at(now, rhythm.link_days),
        )
    )
    db.flush()
    db.add_all(
        RefresherItem(
            refresher_id=refresher_id,
            position=position,
            check_id=check.id,
            response=[],
            is_correct=None,
            answered_at=None,
        )
        for position, check in enumerate(checks, start=1)
    )
    db.flush()
    fact = RefresherReady(person_id, str(refresher_id))
    journal.record(db, fact, actor=SYSTEM, now=now)
    return refresher_id


def _end_links(db: Session, person_id: int, now: datetime) -> None:
    for row in db.scalars(
        select(RefresherRow).where(RefresherRow.person_id == person_id, RefresherRow.ends_at > now)
    ):
        row.ends_at = now


def answer(
    db: Session,
    *,
    actor: Actor,
    refresher_id: UUID,
    position: int,
    chosen: Collection[int],
    now: datetime,
) -> bool:
    """Keeps the one answer to a question and moves its card; returns whether it was right. Refuses
    a second answer, an ended link, and what was not offered.
    """
    row = db.get(RefresherRow, refresher_id, with_for_update=True)
    if row is None or row.person_id != policy.require_may_have(actor):
        raise NotFound
    item = db.get(RefresherItem, (refresher_id, position))
    if item is None:
        raise NotFound
    if item.answered_at is not None:
        raise rules.AlreadyAnswered
    if now >= row.ends_at:
        raise rules.LinkEnded
    asked = queries.asked_check(db, item.check_id)
    if not chosen or not set(chosen) <= set(range(1, asked.options + 1)):
        raise rules.NothingTicked
    item.is_correct = rules.is_right(asked.correct, chosen)
    item.response, item.answered_at = sorted(chosen), now
    _move_card(db, row.person_id, asked.course_id, asked.code, is_right=item.is_correct, now=now)
    db.flush()
    return item.is_correct


def _move_card(
    db: Session, person_id: int, course_id: int, code: str, *, is_right: bool, now: datetime
) -> None:
    card = db.get(ReviewCard, (person_id, course_id, code), with_for_update=True)
    before = card.state if card is not None else None
    state, due_at = rules.after_answer(before, is_right=is_right, at=now)
    if card is None:
        db.add(
            ReviewCard(
                person_id=person_id,
                course_id=course_id,
                check_code=code,
                state=state,
                due_at=due_at,
            )
        )
    else:
        card.state, card.due_at = state, due_at


def let_go(db: Session, *, before: datetime) -> int:
    """Deletes refreshers sent before that instant, with their answers; returns how many. Cards
    stay: they hold no answer.
    """
    old = select(RefresherRow.id).where(RefresherRow.sent_at < before)
    found = db.scalar(select(func.count()).select_from(old.subquery())) or 0
    if found:
        db.execute(delete(RefresherItem).where(RefresherItem.refresher_id.in_(old)))
        db.execute(delete(RefresherRow).where(RefresherRow.sent_at < before))
        db.flush()
    return found


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Nothing stays."""
    mine = select(RefresherRow.id).where(RefresherRow.person_id == person_id)
    db.execute(delete(RefresherItem).where(RefresherItem.refresher_id.in_(mine)))
    for table in (RefresherRow, ReviewCard, RefresherWish):
        db.execute(delete(table).where(table.person_id == person_id))
    db.flush()
