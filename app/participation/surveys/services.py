"""Answers to the survey of an event: one for each person, without their name when they wish so."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.text import Language
from app.participation.surveys import queries, rules
from app.participation.surveys.facts import SurveyAnswered
from app.participation.surveys.models import SurveyAnswer, SurveyBallot
from app.participation.surveys.values import Response, SurveyQuestion
from app.planning.events.queries.events import event_of


def answer_survey(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    response: Response,
    language: Language,
    today: date,
    now: datetime,
) -> None:
    """Records an answer. Refuses it before the end of the event, later than 30 days after it, from
    somebody who neither had a place nor was present, and when the person has answered before.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    obstacle = queries.obstacle(db, actor=actor, event=event, now=now)
    if obstacle is not None:
        raise obstacle
    rules.require_sound(response)
    try:
        with db.begin_nested():
            db.add(SurveyBallot(event_id=event_id, person_id=actor.person_id))
            db.flush()
    except IntegrityError as twice:
        raise rules.AnsweredAlready from twice
    scores = {question.value: response.scores.get(question) for question in SurveyQuestion}
    db.add(
        SurveyAnswer(
            event_id=event_id,
            person_id=None if response.is_anonymous else actor.person_id,
            language=language,
            comment=response.comment.strip(),
            answered_on=today,
            **scores,
        )
    )
    db.flush()
    if not response.is_anonymous:  # its second stands beside those of everybody's signing in
        journal.record(db, SurveyAnswered(event_id), actor=actor, now=now)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Takes the person and their comments out of their answers. The answers still count."""
    own_answers = update(SurveyAnswer).where(SurveyAnswer.person_id == person_id)
    db.execute(own_answers.values(person_id=None, comment=""))
    db.flush()
