"""Refreshers of the last four months: most were answered, a few people left three alone."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import ANONYMOUS
from app.people.directory.models import Person
from app.training.learning.models import Completion, Enrolment
from app.training.refreshers.queries import checks_of, refresher_by_id
from app.training.refreshers.services import answer, make_next, start_refreshers
from app.training.refreshers.values import Rhythm

COUNTRIES = ("HN", "GT")
PEOPLE, ROUNDS, FIRST_DAYS_AGO = 9, 8, 118
SHARE_ANSWERED, SHARE_RIGHT = 0.85, 0.78
IDLE = 4
"""Every fourth person lets all lie."""
RHYTHM = Rhythm()


def load_refreshers(db: Session, *, chance: Random, today: date, now: datetime) -> None:
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
            _take_part(db, person_id, chance, today, now, is_idle=number % IDLE == IDLE - 1)


def _take_part(
    db: Session, person_id: int, chance: Random, today: date, now: datetime, *, is_idle: bool
) -> None:
    actor = replace(ANONYMOUS, person_id=person_id)
    begun = timedelta(days=FIRST_DAYS_AGO)
    start_refreshers(db, actor=actor, rhythm=RHYTHM, today=today - begun, now=now - begun)
    if not checks_of(db, person_id):
        return
    for turn in range(1, ROUNDS + 1):
        ago = begun - timedelta(days=RHYTHM.days * turn)
        refresher_id = make_next(
            db, person_id=person_id, rhythm=RHYTHM, today=today - ago, now=now - ago
        )
        if refresher_id is None or is_idle or chance.random() > SHARE_ANSWERED:
            continue
        at = now - ago + timedelta(hours=3)
        for question in refresher_by_id(db, str(refresher_id)).questions:
            right = [one.number for one in question.options if one.is_correct]
            wrong = [one.number for one in question.options if not one.is_correct][:1]
            answer(
                db,
                actor=actor,
                refresher_id=refresher_id,
                position=question.position,
                chosen=right if chance.random() < SHARE_RIGHT else wrong,
                now=at,
            )
