"""What became of the letters about events: the ground on which a page says that somebody was
reached. Not scoped by actor: nobody is named, and nothing of their words is read.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from app.infra.journal import Delivery
from app.office.outbox.models import Message
from app.office.outbox.queries.outbox import SENDER
from app.office.outbox.rules.outbox import cause_of
from app.planning.events.values import LetterArrival

m = Message
IDS: Any = bindparam("ids", type_=Uuid(), expanding=True)
ARRIVAL = case(
    (m.bounced_at.is_not(None), LetterArrival.RETURNED.value),
    (or_(m.given_up_at.is_not(None), Delivery.state == "dead"), LetterArrival.NOT_SENT.value),
    (m.sent_at.is_not(None), LetterArrival.HANDED_OVER.value),
    else_=LetterArrival.WAITING.value,
)
ABOUT = (
    select(m.event_id, m.dedupe, m.person_id, ARRIVAL)
    .outerjoin(Delivery, and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER))
    .where(m.event_id.in_(IDS))
    .order_by(m.id)
)


@dataclass(frozen=True)
class LetterAbout:
    """`cause`: the journal's number of the fact it follows from, None for what the clock caused.
    `person_id` None: to a guest who is not in the directory yet.
    """

    cause: int | None
    person_id: int | None
    arrival: LetterArrival


def letters_about(db: Session, event_ids: Collection[UUID]) -> dict[UUID, list[LetterAbout]]:
    """Returns the letters of each event, the oldest first; one statement."""
    found: dict[UUID, list[LetterAbout]] = defaultdict(list)
    for event_id, dedupe, person_id, arrival in db.execute(ABOUT, {"ids": list(event_ids)}):
        found[event_id].append(LetterAbout(cause_of(dedupe), person_id, LetterArrival(arrival)))
    return found
