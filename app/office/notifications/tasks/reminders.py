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
            places = [place for place in batch if isinstance(place, RegistrationState)]
            queued += services.queue_messages(db, _letters(db, one, places, now), now=now)
            if len(batch) < BATCH:
                finish_round(
                    db, event_id=one.event_id, kind=one.kind, starts_at=one.starts_at, now=now
                )
                return queued
            after = (
                batch[-1].to.person_id if isinstance(batch[-1], RegistrationState) else batch[-1]
            )


def _letters(
    db: Session, one: Round, places: Sequence[RegistrationState], now: datetime
) -> list[LetterDraft]:
    event = queries.event_notice(db, one.event_id)
    if event is None or not places:
        return []
    keys = {
        (place.to.person_id, kind): _dedupe(one, kind, place)
        for place in places
        for kind in ReminderKind
    }
    there = sent_of(db, list(keys.values()))
    letters = []
    for place in places:
        sent = [kind for kind in ReminderKind if keys[place.to.person_id, kind] in there]
        kind = _due(one, place, sent)
        if kind is not None:
            letters.append(_draft(event, place, keys[place.to.person_id, kind], now))
    return letters


def _due(one: Round, place: RegistrationState, sent: Sequence[ReminderKind]) -> ReminderKind | None:
    """As of the round's own moment: what the person wished, and since when."""
    wishes = place.to.wishes
    since = max(at for at in (place.changed_at, one.told_at, wishes.changed_at) if at is not None)
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
    event, place = queries.event_notice(db, key.event_id), still_reminded(db, key, now=now)
    if event is None or place is None:
        return None
    return _draft(event, place, key.dedupe(), now)


def _draft(event: EventNotice, place: RegistrationState, dedupe: str, now: datetime) -> LetterDraft:
    letter = compose(
        "reminder",
        place.to,
        **about_reminder(place.to, event, now=now),
        url=event_page(place.to, event.event_id),
        own_url=place.own_url,
    )
    return draft(dedupe, place.to, letter, event_id=event.event_id)


def _dedupe(one: Round, kind: ReminderKind, place: RegistrationState) -> str:
    return Key(
        event_id=one.event_id,
        kind=kind,
        starts_at=int(one.starts_at.timestamp()),
        person_id=place.to.person_id,
    ).dedupe()
