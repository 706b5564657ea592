"""Who may still answer, and what was answered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.participation.registrations.models import Registration
from app.participation.surveys import policy, rules
from app.participation.surveys.models import SurveyAnswer, SurveyBallot
from app.participation.surveys.values import Comment, Results, SurveyQuestion
from app.people.directory.models import Person
from app.planning.events.models import Attendance
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus


@dataclass(frozen=True)
class SurveyPage:
    """The survey as one reader meets it. `obstacle`: why the reader cannot answer, or None."""

    event: EventDetail
    obstacle: Refusal | None
    may_read_results: bool


def sheet_of(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> SurveyPage:
    """Refuses with NotFound an event that the actor may not see."""
    event = event_of(db, actor=actor, event_id=event_id)
    return SurveyPage(
        event,
        obstacle(db, actor=actor, event=event, now=now),
        policy.may_read_results(actor, event.group_slugs),
    )


def obstacle(db: Session, *, actor: Actor, event: EventDetail, now: datetime) -> Refusal | None:
    """Returns the refusal that answering would meet, or None."""
    try:
        rules.require_open(event.ends_at, is_held=event.status is EventStatus.PUBLISHED, now=now)
    except Refusal as refusal:
        return refusal
    if not is_asked(db, person_id=actor.person_id, event_id=event.id):
        return rules.NotAsked()
    ballot = select(SurveyBallot).where(
        SurveyBallot.event_id == event.id, SurveyBallot.person_id == actor.person_id
    )
    return rules.AnsweredAlready() if db.scalar(ballot) is not None else None


def is_asked(db: Session, *, person_id: int | None, event_id: UUID) -> bool:
    """Returns True for who was registered, or was there."""
    if person_id is None:
        return False
    return db.scalar(_asked(event_id).where(Person.id == person_id)) == 1


def results_of(db: Session, *, actor: Actor, event_id: UUID, today: date) -> Results:
    """Returns the results for whoever runs the event; nothing below the smallest cell. Comments
    stand in the order of their random keys.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_read_results(actor, event.group_slugs)
    return results(db, event=event, today=today)


def results(db: Session, *, event: EventDetail, today: date) -> Results:
    """Returns the results. Not scoped by actor: for reports, whose readers are asked for there."""
    rows = db.execute(
        select(SurveyAnswer, Person.full_name)
        .outerjoin(Person, Person.id == SurveyAnswer.person_id)
        .where(SurveyAnswer.event_id == event.id)
        .order_by(SurveyAnswer.id)
    ).all()
    number_asked = max(db.scalar(_asked(event.id)) or 0, len(rows))
    last = rules.told_until(
        (answer.answered_on for answer, _ in rows), today=today, ends_at=event.ends_at
    )
    if last is None:
        return Results(number_asked, len(rows), is_hidden=True, waiting=len(rows))
    told = [(answer, name) for answer, name in rows if answer.answered_on <= last]
    scores = [
        {question: getattr(answer, question.value) for question in SurveyQuestion}
        for answer, _name in told
    ]
    tallies = tuple(rules.told(tally) for tally in rules.tallies(scores))
    comments = [
        Comment(answer.comment, answer.language, name or "")
        for answer, name in told
        if answer.comment
    ]
    return Results(
        asked=number_asked,
        answered=len(rows),
        tallies=tallies,
        comments=tuple(comments),
        waiting=len(rows) - len(told),
    )


def _asked(event_id: UUID) -> Select[int]:
    """Returns how many people had a place or were there."""
    came = select(Attendance.person_id).where(
        Attendance.event_id == event_id, Attendance.minutes > 0
    )
    placed = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.status == "registered"
    )
    return select(func.count(Person.id)).where(or_(Person.id.in_(came), Person.id.in_(placed)))


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns whether somebody answered, and the answers that bear the name; an anonymous one leads
    to nobody, even here.
    """
    voted = select(SurveyBallot.event_id).where(SurveyBallot.person_id == person_id)
    named = (
        select(SurveyAnswer)
        .where(SurveyAnswer.person_id == person_id)
        .order_by(SurveyAnswer.answered_on)
    )
    return {
        "answered_for": sorted(str(event_id) for event_id in db.scalars(voted)),
        "answers": [
            {
                "event": str(row.event_id),
                "useful": row.useful,
                "clear": row.clear,
                "timely": row.timely,
                "applied": row.applied,
                "comment": row.comment,
            }
            for row in db.scalars(named)
        ],
    }
