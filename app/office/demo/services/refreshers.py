"""Refreshers of the last four months: most were answered, a few people left three alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import ANONYMOUS, SYSTEM
from app.people.directory.models import Person
from app.training.learning.models import Completion, Enrolment
from app.training.refreshers.queries import refreshers_by_id
from app.training.refreshers.services import answer_all, make_next_of, start_refreshers
from app.training.refreshers.values import RefresherAnswer, RefresherQuestion, Rhythm

COUNTRIES = ("HN", "GT")
PEOPLE, ROUNDS, FIRST_DAYS_AGO = 9, 8, 118
SHARE_ANSWERED, SHARE_RIGHT = 0.85, 0.78
IDLE = 4
"""Every fourth person lets all lie."""
RHYTHM = Rhythm()


def load_refreshers(db: Session, *, chance: Random, today: date, now: datetime) -> None:
    begun = timedelta(days=FIRST_DAYS_AGO)
    diligence: dict[int, list[list[bool]]] = {}
    for code in COUNTRIES:
        done = (
            select(Enrolment.person_id)
            .join(Person, Person.id == Enrolment.person_id)
            .join(Completion, Completion.enrolment_id == Enrolment.id)
            .where(
                Person.country_code == code,
                Completion.module_id.is_(None),
                Completion.decided_at < now - timedelta(days=FIRST_DAYS_AGO + RHYTHM.days),
            )
            .distinct()
            .order_by(Enrolment.person_id)
            .limit(PEOPLE)
        )
        for number, person_id in enumerate(db.scalars(done).all()):
            actor = replace(ANONYMOUS, person_id=person_id)
            start_refreshers(db, actor=actor, rhythm=RHYTHM, today=today - begun, now=now - begun)
            is_idle = number % IDLE == IDLE - 1
            diligence[person_id] = [[] if is_idle else _knows(chance) for _turn in range(ROUNDS)]
    for turn in range(ROUNDS):
        ago = begun - timedelta(days=RHYTHM.days * (turn + 1))
        made = make_next_of(
            db, people=list(diligence), rhythm=RHYTHM, today=today - ago, now=now - ago
        )
        knows = {
            made[person_id]: turns[turn]
            for person_id, turns in diligence.items()
            if person_id in made
        }
        _answer(db, knows, now=now - ago + timedelta(hours=3))


def _knows(chance: Random) -> list[bool]:
    """Returns which questions of a refresher somebody knows; none where they let it lie."""
    if chance.random() > SHARE_ANSWERED:
        return []
    return [chance.random() < SHARE_RIGHT for _question in range(RHYTHM.questions)]


def _answer(db: Session, knows: Mapping[UUID, Sequence[bool]], *, now: datetime) -> None:
    answers = [
        RefresherAnswer(
            person_id=one.person_id,
            refresher_id=one.id,
            position=question.position,
            chosen=_chosen(question, is_right=is_right),
        )
        for one in refreshers_by_id(db, list(knows))
        for question, is_right in zip(one.questions, knows[one.id], strict=False)
    ]
    answer_all(db, actor=SYSTEM, answers=answers, now=now)


def _chosen(question: RefresherQuestion, *, is_right: bool) -> frozenset[int]:
    chosen = [one.number for one in question.options if one.is_correct is is_right]
    return frozenset(chosen if is_right else chosen[:1])
