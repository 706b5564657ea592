"""Where calendars answer and letters come back to, and in which calendars an invitation stands."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.office.outbox.models import AnswerAddress, Message
from app.office.outbox.rules.invitations import CalendarMessage, stands


def answer_address(db: Session, token: str) -> AnswerAddress | None:
    """Returns None for a token that we did not give out."""
    return db.get(AnswerAddress, token)


def message_of_token(db: Session, token: str) -> Message | None:
    """Returns the letter whose envelope sender has the token, locked; None without any."""
    if not token:
        return None
    return db.scalar(select(Message).where(Message.token == token).with_for_update())


def answer_tokens_of(db: Session, event_id: UUID, person_ids: Collection[int]) -> dict[int, str]:
    """By person; only of those who have been asked."""
    a = AnswerAddress
    rows = db.execute(
        select(a.person_id, a.token).where(a.event_id == event_id, a.person_id.in_(person_ids))
    )
    return {row[0]: row[1] for row in rows}


def invited_mailboxes(db: Session, event_id: UUID, person_id: int) -> set[str]:
    """Returns the addresses, in lower case, to which invitations of this person to the event were
    sent.
    """
    m = Message
    rows = db.scalars(
        select(m.recipient)
        .where(m.event_id == event_id, m.person_id == person_id, m.calendar_method != "")
        .distinct()
    )
    return {address.lower() for address in rows}


def invited_of(db: Session, event_id: UUID, person_ids: Collection[int]) -> dict[int, str]:
    """Returns the tokens of those in whose calendars an invitation to the event stands, by person."""
    a, m = AnswerAddress, Message
    sent = and_(m.event_id == a.event_id, m.person_id == a.person_id, m.calendar_method != "")
    rows = db.execute(
        select(a.person_id, a.token, m.calendar_method, m.sent_at, m.bounced_at, m.given_up_at)
        .outerjoin(m, sent)
        .where(a.event_id == event_id, a.person_id.in_(person_ids))
        .order_by(m.id)
    )
    tokens, told = dict[int, str](), dict[int, list[CalendarMessage]]()
    for row in rows:
        tokens[row.person_id] = row.token
        messages = told.setdefault(row.person_id, [])
        if row.calendar_method is not None:
            has_arrived, is_withdrawn = (
                row.sent_at is not None and row.bounced_at is None,
                row.given_up_at is not None,
            )
            messages.append(
                CalendarMessage(
                    row.calendar_method, has_arrived=has_arrived, is_withdrawn=is_withdrawn
                )
            )
    return {person_id: token for person_id, token in tokens.items() if stands(told[person_id])}
