"""What comes back by mail: answers of calendars and returned letters. The key in the address says
whom it concerns.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM
from app.office.notifications.facts import MessageBounced
from app.office.notifications.models import AnswerAddress, Message
from app.office.notifications.queries.answers import answer_tokens_of, invited_mailboxes
from app.office.notifications.rules.incoming import NotAnAnswer, NotForUs, invitee_answer
from app.office.notifications.services.outbox import new_token
from app.office.notifications.values import AttendeeAnswer
from app.participation.registrations.rules.answers import CalendarReply, Effect, PartStat
from app.participation.registrations.services.answers import answer_invitation


class Received(StrEnum):
    """What an incoming mail did."""

    NOTED = Effect.NOTED.value
    GIVEN_BACK = Effect.GIVEN_BACK.value
    ALREADY_KNOWN = Effect.ALREADY_KNOWN.value
    OUTDATED = Effect.OUTDATED.value
    BOUNCED = "bounced"


def answer_tokens(db: Session, *, event_id: UUID, person_ids: Sequence[int]) -> dict[int, str]:
    """Where these people's calendars answer for the event; made once, the same for good. The number
    of statements does not grow with them.
    """
    found = answer_tokens_of(db, event_id, person_ids)
    new = {
        person_id: new_token() for person_id in dict.fromkeys(person_ids) if person_id not in found
    }
    db.add_all(
        AnswerAddress(token=token, event_id=event_id, person_id=person_id)
        for person_id, token in new.items()
    )
    db.flush()
    return {**found, **new}


def take_answer(
    db: Session,
    *,
    token: str,
    event_id: UUID | None,
    method: str,
    answers: Collection[AttendeeAnswer],
    at: datetime | None,
    sequence: int,
    now: datetime,
) -> Received:
    """Refuses an address that we did not give out (NotForUs), and what is no answer to that very
    event (NotAnAnswer); and with the reasons of the place itself, such as an event that has
    started.
    """
    address = db.get(AnswerAddress, token)
    if address is None:
        raise NotForUs
    partstat = invitee_answer(answers, invited_mailboxes(db, address.event_id, address.person_id))
    is_known = partstat in set(PartStat)
    if method != "REPLY" or event_id != address.event_id or not is_known or at is None:
        raise NotAnAnswer
    answer = CalendarReply(PartStat(partstat), at, sequence)
    effect = answer_invitation(
        db, event_id=address.event_id, person_id=address.person_id, answer=answer, now=now
    )
    return Received(effect.value)


def take_return(
    db: Session, *, token: str, has_failed: bool, status: str, note: str, now: datetime
) -> Received:
    """Notes on the message that it came back, once. A report of a delay changes nothing."""
    message = (
        db.scalar(select(Message).where(Message.token == token).with_for_update())
        if token
        else None
    )
    if message is None:
        raise NotForUs
    if not has_failed or message.bounced_at is not None:
        return Received.ALREADY_KNOWN
    message.bounced_at = now
    message.bounce_note = f"{status} {note.removeprefix(status).strip()}".strip()[:400]
    db.flush()
    journal.record(db, MessageBounced(message.id, status), actor=SYSTEM, now=now)
    return Received.BOUNCED
