"""What did not arrive is settled by an organizer: tried again, sent to another address, or given up with a reason."""

from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from app.directory.models import Person
from app.infra import journal
from app.infra.jobs import retry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.notifications.facts import ContactCorrected, MessageGivenUp, MessageQueued, MessageRetried
from app.notifications.models import Message
from app.notifications.policy import require_may_see_messages
from app.notifications.queries.outbox import delivery_of
from app.notifications.rules.outbox import require_reason, require_unsettled, state_of

NOT_AN_ADDRESS = N_("Write one e-mail address, for example name@example.org.")
SAME_ADDRESS = N_("This is the address that did not work. Write another one, or try again.")


def try_again(db: Session, *, actor: Actor, message_id: int, now: datetime) -> None:
    """From the beginning, at once. Refuses (NothingToSettle) what was sent or is still being tried."""
    message = _unsettled(db, actor, message_id)
    _send_anew(db, message, actor=actor, now=now)


def correct_address(db: Session, *, actor: Actor, message_id: int, address: str, now: datetime) -> None:
    """Writes the address down as the person's contact, for this and every later letter, and tries again. What they sign
    in with stays as it is: who may change a letter's address must not be able to become somebody else.

    Refuses at `address` what is not one address, and the one that did not work.
    """
    message = _unsettled(db, actor, message_id)
    normal = _normal(address)
    if normal.casefold() == message.recipient.casefold():
        raise InvalidInput({"address": Sentence(SAME_ADDRESS)})
    message.recipient = normal
    person = db.get(Person, message.person_id) if message.person_id is not None else None
    if person is not None:
        person.email = normal
        journal.record(db, ContactCorrected(person.id, message.id), actor=actor, now=now)
    _send_anew(db, message, actor=actor, now=now)


def give_up(db: Session, *, actor: Actor, message_id: int, reason: str, now: datetime) -> None:
    """Nothing more is to be done, and why."""
    message = _unsettled(db, actor, message_id)
    message.given_up_at, message.given_up_reason = now, require_reason(reason)
    db.flush()
    journal.record(db, MessageGivenUp(message.id), actor=actor, now=now)


def _unsettled(db: Session, actor: Actor, message_id: int) -> Message:
    """Locked, so that two who press at once send it once."""
    require_may_see_messages(actor)
    message = db.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound
    delivery = delivery_of(db, message)
    is_dead = delivery is not None and delivery.state == "dead"
    require_unsettled(state_of(is_sent=message.sent_at is not None, has_bounced=message.bounced_at is not None,
                               is_given_up=message.given_up_at is not None, is_dead=is_dead))  # fmt: skip
    return message


def _send_anew(db: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """What never left is taken up by its own delivery; what came back needs a new one."""
    has_bounced = message.bounced_at is not None
    message.sent_at, message.bounced_at, message.bounce_note = None, None, ""
    db.flush()
    journal.record(db, MessageRetried(message.id), actor=actor, now=now)
    delivery = delivery_of(db, message)
    if not has_bounced and delivery is not None and retry(db, delivery.id, now=now):
        return
    message.entry_id = journal.record(db, MessageQueued(message.id), actor=actor, now=now).id
    db.flush()


def _normal(address: str) -> str:
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise InvalidInput({"address": Sentence(NOT_AN_ADDRESS)}) from None
