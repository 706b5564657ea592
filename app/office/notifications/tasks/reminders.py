"""Reminders go round: every minute, for each event whose moment has come, in batches, each letter
once.

A batch is a transaction of its own; who is killed between two of them goes round again, and whoever
has got the letter gets no second one. After an outage only the latest kind goes round, and none
once the event has started.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.office.notifications import queries
from app.office.notifications.queries import (
    Round,
    due_rounds,
    is_still_due,
    next_places,
    sent_of,
    still_reminded,
)
from app.office.notifications.rules import LEAD, Key, ReminderKind, due, wanted_kinds
from app.office.notifications.services import finish_round
from app.office.notifications.tasks.letters import draft, event_page
from app.office.notifications.values import EventNotice, RegistrationState
from app.office.notifications.wording.letters import about_reminder, compose
from app.office.outbox import services
from app.office.outbox.values import LetterDraft

BATCH = 100


def remind() -> int:
    """Queues what is due; returns how many letters."""
    with reading() as db:
        rounds = due_rounds(db, now=clock.now())
    return sum(_go_round(one) for one in rounds)


def _go_round(one: Round) -> int:
    queued, after = 0, 0
    while True:
        with transaction() as db:
            now = clock.now()  # after any waiting for other writers
            if not is_still_due(db, one, now=now):
                return queued
            batch = next_places(db, one, after=after, limit=BATCH)
            states = [state for state in batch if isinstance(state, RegistrationState)]
            queued += services.queue_messages(db, _letters(db, one, states, now), now=now)
            if len(batch) < BATCH:
                finish_round(
                    db, event_id=one.event_id, kind=one.kind, starts_at=one.starts_at, now=now
                )
                return queued
            after = (
                batch[-1].to.person_id if isinstance(batch[-1], RegistrationState) else batch[-1]
            )


def _letters(
    db: Session, one: Round, states: Sequence[RegistrationState], now: datetime
) -> list[LetterDraft]:
    event = queries.event_notice(db, one.event_id)
    if event is None or not states:
        return []
    keys = {
        (state.to.person_id, kind): _dedupe(one, kind, state)
        for state in states
        for kind in ReminderKind
    }
    there = sent_of(db, list(keys.values()))
    letters = []
    for state in states:
        sent = [kind for kind in ReminderKind if keys[state.to.person_id, kind] in there]
        kind = _due(one, state, sent)
        if kind is not None:
            letters.append(_draft(event, state, keys[state.to.person_id, kind], now))
    return letters


def _due(one: Round, state: RegistrationState, sent: Sequence[ReminderKind]) -> ReminderKind | None:
    """As of the round's own moment: what the person wished, and since when."""
    wishes = state.to.wishes
    since = max(at for at in (state.changed_at, one.told_at, wishes.changed_at) if at is not None)
    at_least = one.starts_at - LEAD[one.kind]
    return due(
        one.starts_at,
        since=since,
        now=at_least,
        sent=sent,
        wanted=wanted_kinds(wishes),
        is_all_day=one.is_all_day,
    )


def reminder_now(db: Session, key: Key, *, now: datetime) -> LetterDraft | None:
    """Returns a reminder that is about to leave, in the words of today; None when there is nothing
    to remind of any more.
    """
    event, state = queries.event_notice(db, key.event_id), still_reminded(db, key, now=now)
    if event is None or state is None:
        return None
    return _draft(event, state, key.dedupe(), now)


def _draft(event: EventNotice, state: RegistrationState, dedupe: str, now: datetime) -> LetterDraft:
    letter = compose(
        "reminder",
        state.to,
        **about_reminder(state.to, event, now=now),
        url=event_page(state.to, event.event_id),
        own_url=state.own_url,
    )
    return draft(dedupe, state.to, letter, event_id=event.event_id)


def _dedupe(one: Round, kind: ReminderKind, state: RegistrationState) -> str:
    return Key(
        event_id=one.event_id,
        kind=kind,
        starts_at=int(one.starts_at.timestamp()),
        person_id=state.to.person_id,
    ).dedupe()
