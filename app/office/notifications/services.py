"""Writes what people wish of their letters, and which reminders have gone round."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import NotFound
from app.office.notifications.queries import wishes_of
from app.office.notifications.rules import ReminderKind
from app.office.notifications.values import Wishes
from app.office.outbox.facts import MailWishesChanged
from app.office.outbox.models import MailWish, ReminderRound
from app.people.directory.queries.people import person_of

# Noting that one kind of reminder has gone round.


def finish_round(
    db: Session, *, event_id: UUID, kind: ReminderKind, starts_at: datetime, now: datetime
) -> None:
    db.add(ReminderRound(event_id=event_id, kind=kind.value, starts_at=starts_at, done_at=now))
    db.flush()


# Which letters somebody wants. By the person themselves, signed in or with the key from the foot
# of a letter.


def change_wishes(db: Session, *, actor: Actor, wishes: Wishes, now: datetime) -> None:
    """Changes the actor's own wishes. The same wishes again change nothing."""
    person_id = actor.person_id
    if person_id is None or person_of(db, person_id, locked=True) is None:
        raise NotFound
    row = db.get(MailWish, person_id)
    if replace(wishes_of(row), changed_at=None) == replace(wishes, changed_at=None):
        return
    if row is None:
        row = MailWish(person_id=person_id)
        db.add(row)
    row.week, row.day, row.hour = wishes.week, wishes.day, wishes.hour
    row.calendar, row.attachment, row.letters = wishes.calendar, wishes.attachment, wishes.letters
    row.changed_at = now
    db.flush()
    journal.record(db, MailWishesChanged(person_id), actor=actor, now=now)


def stop_letters(db: Session, *, actor: Actor, now: datetime) -> None:
    """Stops all reminders and all letters to many, as mail programs ask for with one press (RFC
    8058). Letters about what somebody is registered for still come.
    """
    row = db.get(MailWish, actor.person_id) if actor.person_id is not None else None
    none = replace(wishes_of(row), week=False, day=False, hour=False, letters=False)
    change_wishes(db, actor=actor, wishes=none, now=now)


def bearer_of_key(person_id: int) -> Actor:
    """Returns an actor for the holder of a key of wishes, who acts for that person in this and in
    nothing else.
    """
    return replace(ANONYMOUS, person_id=person_id)
