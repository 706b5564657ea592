"""A few letters of the demo with a history: refused, returned, given up and delivered."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.journal import Delivery
from app.kernel.actor import SYSTEM
from app.office.demo.data import demo_data
from app.office.outbox.facts import MessageQueued
from app.office.outbox.models import Message
from app.people.directory.models import Person

SENDER = "notifications.send_message"
TAKEN = 6
DATA = demo_data("letters")
SUBJECTS, DEAD, RETURNED = (DATA[name] for name in ("subjects", "dead", "returned"))


def load_letters(db: Session, *, now: datetime) -> None:
    """Writes letters that are settled already, so that none of them is ever sent."""
    asked = select(Person).where(Person.email != "", Person.is_guest.is_(False)).order_by(Person.id)
    people = list(db.scalars(asked.offset(20).limit(len(DEAD) + len(RETURNED) + 1 + TAKEN)))
    for number, person in enumerate(people):
        at = now - timedelta(hours=7 + 19 * number)
        message = Message(
            dedupe=f"demo.{number}",
            person_id=person.id,
            recipient=person.email,
            language="es",
            subject=SUBJECTS[number % len(SUBJECTS)],
            body="",
            created_at=at,
        )
        db.add(message)
        db.flush()
        entry = journal.record(db, MessageQueued(message.id), actor=SYSTEM, now=at)
        message.entry_id = entry.id
        _settle(db, message, number, at)
    db.flush()


def _settle(db: Session, message: Message, number: int, at: datetime) -> None:
    if number < len(DEAD):
        attempts = 1 if DEAD[number].startswith("CannotSucceed") else 12
        db.add(
            Delivery(
                entry_id=message.entry_id,
                handler=SENDER,
                state="dead",
                attempts=attempts,
                next_at=at,
                error=DEAD[number],
            )
        )
        return
    db.add(
        Delivery(entry_id=message.entry_id, handler=SENDER, state="done", next_at=at, done_at=at)
    )
    message.sent_at, message.is_filed = at + timedelta(seconds=2), True
    returned = number - len(DEAD)
    if returned < len(RETURNED):
        message.bounced_at, message.bounce_note = at + timedelta(minutes=3), RETURNED[returned]
    elif returned == len(RETURNED):
        message.bounced_at, message.bounce_note = at + timedelta(minutes=3), RETURNED[1]
        message.given_up_at, message.given_up_reason = at + timedelta(hours=5), DATA["given_up"]
