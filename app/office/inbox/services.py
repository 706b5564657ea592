"""What comes back by mail: answers of calendars and returned letters. The key in the address says
whom it concerns.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from app.office.inbox.rules import NotAnAnswer, NotForUs, invitee_answer
from app.office.inbox.values import AttendeeAnswer
from app.office.outbox.queries import answer_address, invited_mailboxes, message_of_token
from app.office.outbox.services import note_bounced
from app.participation.registrations.rules import CalendarReply, Effect, PartStat
from app.participation.registrations.services.answers import answer_invitation


class Received(StrEnum):
    """What an incoming mail did."""

    NOTED = Effect.NOTED.value
    CANCELLED = Effect.CANCELLED.value
    ALREADY_KNOWN = Effect.ALREADY_KNOWN.value
    OUTDATED = Effect.OUTDATED.value
    BOUNCED = "bounced"


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
    address = answer_address(db, token)
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
    message = message_of_token(db, token)
    if message is None:
        raise NotForUs
    if not has_failed or message.bounced_at is not None:
        return Received.ALREADY_KNOWN
    note_bounced(db, message_id=message.id, status=status, note=note, now=now)
    return Received.BOUNCED
