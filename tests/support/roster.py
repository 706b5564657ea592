"""Answers about one official's appointment, as the focal point's page gives them about many."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.people.directory.services.roster import record_answers
from app.people.directory.values import EndReason, RosterAnswer


def confirm_appointment(
    db: Session, *, actor: Actor, country_code: str, appointment_id: int, today: date, now: datetime
) -> bool:
    """Says that the official is still here. Returns whether anything changed."""
    answer = RosterAnswer(appointment_id, None, today, saw_doubt=True)
    outcome = record_answers(
        db, actor=actor, country_code=country_code, answers=(answer,), today=today, now=now
    )
    return outcome.confirmed > 0


def end_appointment(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    appointment_id: int,
    reason: EndReason,
    on: date,
    today: date,
    now: datetime,
) -> bool:
    """Says that `on` was the first day without the official. Returns whether anything changed."""
    answer = RosterAnswer(appointment_id, reason, on)
    outcome = record_answers(
        db, actor=actor, country_code=country_code, answers=(answer,), today=today, now=now
    )
    return outcome.ended > 0
