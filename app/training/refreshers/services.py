"""Refreshers: asking for them, stopping them, making the next one, and answering."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.fact import Fact
from app.kernel.refusal import NotFound
from app.kernel.text import Language
from app.training.refreshers import policy, queries, rules
from app.training.refreshers.facts import RefresherPaused, RefresherReady, RefresherWishChanged
from app.training.refreshers.models import RefresherItem, RefresherRow, RefresherWish, ReviewCard
from app.training.refreshers.values import PracticeCheck, RefresherAnswer, Rhythm, WishState

_REFRESHERS, _ITEMS = insert(RefresherRow), insert(RefresherItem)


def start_refreshers(
    db: Session, *, actor: Actor, rhythm: Rhythm, today: date, now: datetime
) -> date:
    """Starts the actor's refreshers; returns the day of the first. Again, it changes nothing."""
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
    """Stops the letters; what is remembered of answers stays, for whoever resumes."""
    person_id = policy.require_may_have(actor)
    wish = _wish(db, person_id, now)
    if wish.state == WishState.OFF.value:
        return
    wish.state, wish.since, wish.next_on = WishState.OFF.value, now, None
    db.flush()
    fact = RefresherWishChanged(person_id, WishState.OFF.value)
    journal.record(db, fact, actor=actor, now=now)


def _wish(db: Session, person_id: int, now: datetime) -> RefresherWish:
    if not queries.lock_readers(db, [person_id]):
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
    made = make_next_of(db, people=[person_id], rhythm=rhythm, today=today, now=now)
    return made.get(person_id)


def make_next_of(
    db: Session, *, people: Collection[int], rhythm: Rhythm, today: date, now: datetime
) -> dict[int, UUID]:
    """Makes what is due to many people at once, in a number of statements that does not grow with
    them; returns what was made, by person.
    """
    languages = queries.lock_readers(db, people)
    wishes = [
        wish
        for wish in queries.wishes_of(db, list(languages))
        if wish.state == WishState.ON.value and wish.next_on is not None and wish.next_on <= today
    ]
    if not wishes:
        return {}
    lately = queries.answers_lately(db, since={wish.person_id: wish.since for wish in wishes})
    due: list[int] = []
    facts: list[Fact] = []
    for wish in wishes:
        if rules.has_lapsed(lately[wish.person_id], rhythm.unanswered):
            wish.state, wish.since, wish.next_on = WishState.PAUSED.value, now, None
            facts.append(RefresherPaused(wish.person_id))
        else:
            wish.next_on = today + timedelta(days=rhythm.days)
            due.append(wish.person_id)
    checks, cards = queries.checks_of(db, due), queries.cards_of(db, due)
    chosen = {
        person_id: rules.chosen_checks(
            checks[person_id],
            cards[person_id],
            wanted=rhythm.questions,
            now=now,
            person_id=person_id,
        )
        for person_id in due
    }
    _end_links(db, due, now)
    made = {person_id: uuid4() for person_id in due if chosen[person_id]}
    db.flush()
    if made:
        _write(
            db, made, chosen, languages, sent_at=now, ends_at=rules.ends_at(now, rhythm.link_days)
        )
    facts += [RefresherReady(person_id, str(made[person_id])) for person_id in made]
    journal.record_all(db, facts, actor=SYSTEM, now=now)
    return made


def _write(
    db: Session,
    made: Mapping[int, UUID],
    chosen: Mapping[int, Sequence[PracticeCheck]],
    languages: Mapping[int, Language],
    *,
    sent_at: datetime,
    ends_at: datetime,
) -> None:
    refreshers = [
        {
            "id": refresher_id,
            "person_id": person_id,
            "language": languages[person_id],
            "sent_at": sent_at,
            "ends_at": ends_at,
        }
        for person_id, refresher_id in made.items()
    ]
    items = [
        {"refresher_id": refresher_id, "position": position, "check_id": check.id, "response": []}
        for person_id, refresher_id in made.items()
        for position, check in enumerate(chosen[person_id], start=1)
    ]
    db.execute(_REFRESHERS, refreshers)
    db.execute(_ITEMS, items)


def _end_links(db: Session, people: Collection[int], now: datetime) -> None:
    for row in db.scalars(
        select(RefresherRow).where(RefresherRow.person_id.in_(people), RefresherRow.ends_at > now)
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
    one = RefresherAnswer(policy.require_may_have(actor), refresher_id, position, frozenset(chosen))
    (is_right,) = _keep(db, [one], now=now)
    return is_right


def answer_all(
    db: Session, *, actor: Actor, answers: Sequence[RefresherAnswer], now: datetime
) -> None:
    """Keeps many answers of many people at once, for records that come from elsewhere, such as the
    demonstration's; refuses all where one is refused.
    """
    policy.require_may_answer_for_others(actor)
    if answers:
        _keep(db, answers, now=now)


def _keep(db: Session, answers: Sequence[RefresherAnswer], *, now: datetime) -> list[bool]:
    """Keeps answers, in a number of statements that does not grow with them; returns which are
    right.
    """
    refreshers = queries.lock_refreshers(db, {one.refresher_id for one in answers})
    items = queries.items_of(db, refreshers)
    checks = queries.asked_checks(db, {item.check_id for item in items.values()})
    right: list[bool] = []
    moved: list[tuple[tuple[int, int, str], bool]] = []
    for one in answers:
        row, item = refreshers.get(one.refresher_id), items.get((one.refresher_id, one.position))
        if row is None or row.person_id != one.person_id or item is None:
            raise NotFound
        if item.answered_at is not None:
            raise rules.AlreadyAnswered
        if now >= row.ends_at:
            raise rules.LinkEnded
        check = checks[item.check_id]
        if not one.chosen or not one.chosen <= set(range(1, check.options + 1)):
            raise rules.NothingTicked
        item.is_correct = rules.is_right(check.correct, one.chosen)
        item.response, item.answered_at = sorted(one.chosen), now
        right.append(item.is_correct)
        moved.append(((row.person_id, check.course_id, check.code), item.is_correct))
    _move_cards(db, moved, now=now)
    db.flush()
    return right


def _move_cards(
    db: Session, moved: Sequence[tuple[tuple[int, int, str], bool]], *, now: datetime
) -> None:
    cards = queries.lock_cards(db, [key for key, _is_right in moved])
    for key, is_right in moved:
        card = cards.get(key)
        before = card.state if card is not None else None
        state, due_at = rules.after_answer(before, is_right=is_right, at=now)
        if card is None:
            person_id, course_id, code = key
            card = cards[key] = ReviewCard(
                person_id=person_id,
                course_id=course_id,
                check_code=code,
                state=state,
                due_at=due_at,
            )
            db.add(card)
        else:
            card.state, card.due_at = state, due_at


def let_go(db: Session, *, before: datetime) -> int:
    """Deletes refreshers sent before that instant, with their answers; returns how many. Cards
    stay: they hold no answer.
    """
    old = select(RefresherRow.id).where(RefresherRow.sent_at < before)
    count = db.scalar(select(func.count()).select_from(old.subquery())) or 0
    if count:
        db.execute(delete(RefresherItem).where(RefresherItem.refresher_id.in_(old)))
        db.execute(delete(RefresherRow).where(RefresherRow.sent_at < before))
        db.flush()
    return count


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes all that is kept of the person: refreshers, what is remembered, and the wish."""
    own = select(RefresherRow.id).where(RefresherRow.person_id == person_id)
    db.execute(delete(RefresherItem).where(RefresherItem.refresher_id.in_(own)))
    for table in (RefresherRow, ReviewCard, RefresherWish):
        db.execute(delete(table).where(table.person_id == person_id))
    db.flush()
