"""Letters that waited because none could leave: the office sends or drops them all."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.installation import installation
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.office.outbox.facts import MessageGivenUp, MessageQueued, MessageRetried
from app.office.outbox.models import Message
from app.office.outbox.policy import require_may_see_messages
from app.office.outbox.queries.waiting import HELD
from app.office.outbox.rules.outbox import DROPPED


class CannotSendYet(Refusal):
    rule = "letters-cannot-leave"
    msgid = N_("Letters cannot leave yet: the public address or the mail server is missing.")


def send_waiting(db: Session, *, actor: Actor, now: datetime) -> int:
    """Lets them leave, each as it is true then; returns how many. Pressed twice, the second press
    finds none. Raises CannotSendYet.
    """
    require_may_see_messages(actor)
    if not installation(db).can_send:
        raise CannotSendYet
    held = _locked(db)
    journal.record_all(db, [MessageRetried(number) for number in held], actor=actor, now=now)
    entries = journal.record_all(
        db, [MessageQueued(number) for number in held], actor=SYSTEM, now=now
    )
    if entries:
        rows = [{"id": int(one.subject_id), "entry_id": one.id, "held_at": None} for one in entries]
        db.execute(update(Message), rows)
    return len(held)


def drop_waiting(db: Session, *, actor: Actor, now: datetime) -> int:
    """Gives them up, with that reason; returns how many."""
    require_may_see_messages(actor)
    held = _locked(db)
    if held:
        ended = {"given_up_at": now, "given_up_reason": DROPPED, "held_at": None}
        db.execute(update(Message).where(Message.id.in_(held)).values(**ended))
        journal.record_all(db, [MessageGivenUp(number) for number in held], actor=actor, now=now)
    return len(held)


def _locked(db: Session) -> list[int]:
    wanted = select(Message.id).where(*HELD).order_by(Message.id)
    return list(db.scalars(wanted.with_for_update()))
