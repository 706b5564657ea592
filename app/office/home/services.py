"""What the home page writes."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.office.home.facts import FirstWeekPutAside
from app.office.home.queries import first_week


def put_first_week_aside(db: Session, *, actor: Actor, now: datetime) -> None:
    """Has home offer the guide to the actor's first week no longer. Where none is offered, nothing
    is written.
    """
    task = first_week(db, actor=actor, now=now)
    if task:
        fact = FirstWeekPutAside(actor.account_id, task)
        journal.record(db, fact, actor=actor, now=now)
