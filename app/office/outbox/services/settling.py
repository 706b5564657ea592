"""What did not arrive is settled by an organizer: tried again, sent to another address, or given up
with a reason.
"""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.email_address import canonical_email
from app.infra.jobs import retry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.office.outbox.facts import ContactCorrected, MessageGivenUp, MessageQueued, MessageRetried
from app.office.outbox.models import Message
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.queries.outbox import delivery_of, undelivered, unsettled_to
from app.office.outbox.rules.keys import lacks_keys
from app.office.outbox.rules.outbox import (
    KeysForgotten,
    NothingToSettle,
    require_reason,
    require_unsettled,
    state_of,
)
from app.office.outbox.services.outbox import new_token
from app.people.directory.queries.people import person_of
from app.planning.programme.exports.imip import readdressed

NOT_AN_ADDRESS = N_("Write one e-mail address, for example name@example.org.")
AT_ONCE = 200
SAME_ADDRESS = N_("This is the address that did not work. Write another one, or try again.")


def try_again(db: Session, *, actor: Actor, message_id: int, now: datetime) -> None:
    """From the beginning, at once. Refuses (NothingToSettle) what was sent or is still being
    tried.
    """
    message = _unsettled(db, actor, message_id)
    _send_anew(db, message, actor=actor, now=now)


def try_all_again(db: Session, *, actor: Actor, now: datetime) -> int:
    """Whatever could not be delivered, as after an outage of the mail server, the oldest first and
    so many at once; returns how many. What came back is left: that is each mailbox's own matter.
    """
    require_may_see_messages(actor)
    tried = 0
    for message_id in undelivered(db, limit=AT_ONCE):
        with suppress(NothingToSettle, KeysForgotten):  # somebody else was quicker
            try_again(db, actor=actor, message_id=message_id, now=now)
            tried += 1
    return tried


def correct_address(
    db: Session, *, actor: Actor, message_id: int, address: str, now: datetime
) -> None:
    """Writes the address down as the person's contact, for this and every later letter, and tries
    again, also what else did not reach them at the old one. What they sign in with stays as it is:
    who may change a letter's address must not be able to become somebody else.

    Refuses at `address` what is not one address, and the one that did not work.
    """
    message = _unsettled(db, actor, message_id)
    normal = _normal(address)
    if normal.casefold() == message.recipient.casefold():
        raise InvalidInput({"address": Sentence(SAME_ADDRESS)})
    old = message.recipient
    person = person_of(db, message.person_id)
    if person is not None:
        person.email = normal
        journal.record(db, ContactCorrected(person.id, message.id), actor=actor, now=now)
    for one in (message, *(_others(db, message) if person is not None else ())):
        one.recipient, one.calendar = normal, readdressed(one.calendar, old, normal)
        _send_anew(db, one, actor=actor, now=now)


def _others(db: Session, message: Message) -> list[Message]:
    """Returns what else went to this person at the same address and waits for somebody to settle
    it.
    """
    ids = unsettled_to(db, message.person_id, message.recipient)
    found = (
        db.get(Message, number, with_for_update=True) for number in ids if number != message.id
    )
    return [one for one in found if one is not None]


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
    require_unsettled(
        state_of(
            is_sent=message.sent_at is not None,
            has_bounced=message.bounced_at is not None,
            is_given_up=message.given_up_at is not None,
            is_dead=is_dead,
            is_held=message.held_at is not None,
            is_filed=message.is_filed,
        )
    )
    return message


def _send_anew(db: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """What never left is taken up by its own delivery; what came back needs a new one. With a token
    of its own, so that the first copy's report, if it comes late, is not taken for this one's.
    """
    has_bounced = message.bounced_at is not None
    if lacks_keys(message.body) and not message.sealed_keys:
        raise KeysForgotten
    message.token = new_token()
    message.sent_at, message.bounced_at, message.bounce_note = None, None, ""
    message.is_filed = False
    db.flush()
    journal.record(db, MessageRetried(message.id), actor=actor, now=now)
    delivery = delivery_of(db, message)
    if not has_bounced and delivery is not None and retry(db, delivery.id, now=now):
        return
    message.entry_id = journal.record(db, MessageQueued(message.id), actor=actor, now=now).id
    db.flush()


def _normal(address: str) -> str:
    canonical = canonical_email(address.strip())
    if canonical is None:
        raise InvalidInput({"address": Sentence(NOT_AN_ADDRESS)})
    return canonical
