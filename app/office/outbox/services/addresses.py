"""Addresses to which calendars answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.office.outbox.models import AnswerAddress
from app.office.outbox.queries.answers import answer_tokens_of
from app.office.outbox.services.outbox import new_token


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
