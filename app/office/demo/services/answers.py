"""What the demo's learners answered in the quizzes of the course, so that its authors see figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Completion,
    Enrolment,
    Item,
    Module,
    Pretest,
    Unit,
)
from app.training.learning.queries.quiz import pools_of
from app.training.learning.rules import quiz
from app.training.learning.values import ItemKind

DAYS_OF_A_COURSE = 9
ABLE, MOST_ABLE, ALL_KNOWN = 0.72, 0.98, 2.0
HARDEST, EASIEST = -0.32, 0.12
PRETESTED, PRETESTED_MODULES, LEARNED = 5, 3, 0.3
"""Every fifth learner took the pre-tests of the first modules, before learning so much."""

_COMPLETED = select(Completion.enrolment_id, Completion.module_id)


@dataclass(frozen=True)
class DemoQuestion:
    """`ease` is added to what a learner can do."""

    bank: quiz.BankItem
    correct: tuple[int, ...]
    is_critical: bool
    ease: float


def load_answers(db: Session, *, chance: Random, edition_id: int) -> int:
    """One attempt at the quiz of each module that somebody completed, and a second where the first
    was not a pass. Returns how many attempts there are.
    """
    quizzes = [
        (unit, _bank(db, chance, unit.module_id))
        for unit in db.scalars(
            select(Unit)
            .where(Unit.pass_mark.is_not(None), Unit.module_id.in_(_modules(db, edition_id)))
            .order_by(Unit.module_id)
        )
    ]
    attempts: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    enrolments = select(Enrolment).where(Enrolment.edition_id == edition_id)
    pools = {
        module_id: frozenset(item.id for item in pool)
        for module_id, pool in pools_of(db, [unit.module_id for unit, _bank in quizzes]).items()
    }
    done = {tuple(row) for row in db.execute(_COMPLETED)}
    everybody = db.scalars(enrolments.order_by(Enrolment.started_at, Enrolment.person_id)).all()
    for turn, enrolment in enumerate(everybody):
        able = chance.uniform(ABLE, MOST_ABLE)
        step = timedelta(days=DAYS_OF_A_COURSE) / (len(quizzes) + 1)
        for number, (unit, bank_of_all) in enumerate(quizzes, start=1):
            if (enrolment.id, unit.module_id) not in done:
                continue
            at = enrolment.started_at + step * number
            bank, pool = bank_of_all, pools.get(unit.module_id, frozenset())
            if pool and turn % PRETESTED == 0 and number <= PRETESTED_MODULES:
                bank = {id_: one for id_, one in bank_of_all.items() if id_ not in pool}
                asked = [one for id_, one in bank_of_all.items() if id_ in pool]
                db.add(_pretest(chance, enrolment, unit, asked, able - LEARNED))
            first = _attempt(chance, enrolment, unit, at, 1)
            items += _answers(chance, unit.draw, bank, able, first)
            attempts.append(first)
            if not first["is_passed"]:
                again = at + timedelta(minutes=unit.pause_minutes + 20)
                second = _attempt(chance, enrolment, unit, again, 2)
                items += _answers(chance, unit.draw, bank, ALL_KNOWN, second)
                attempts.append(second)
    if attempts:
        db.execute(insert(Attempt), attempts)
        db.execute(insert(AttemptItem), items)
    return len(attempts)


def _modules(db: Session, edition_id: int) -> Sequence[int]:
    return db.scalars(
        select(Module.id).where(Module.edition_id == edition_id, Module.is_available)
    ).all()


def _bank(db: Session, chance: Random, module_id: int) -> Mapping[int, DemoQuestion]:
    rows = db.scalars(
        select(Item)
        .where(Item.module_id == module_id)
        .options(selectinload(Item.options))
        .order_by(Item.id)
    )
    return {
        item.id: DemoQuestion(
            bank=quiz.BankItem(
                id=item.id,
                objective=item.objective_code,
                kind=ItemKind(item.kind),
                option_ids=tuple(option.id for option in item.options),
            ),
            correct=tuple(option.id for option in item.options if option.is_correct),
            is_critical=item.is_critical,
            ease=chance.uniform(HARDEST, EASIEST),
        )
        for item in rows
    }


def _attempt(
    chance: Random, enrolment: Enrolment, unit: Unit, at: datetime, number: int
) -> dict[str, Any]:
    return {
        "id": UUID(int=chance.getrandbits(128), version=4),
        "enrolment_id": enrolment.id,
        "unit_id": unit.id,
        "number": number,
        "language": enrolment.language,
        "pass_mark": unit.pass_mark,
        "started_at": at,
        "submitted_at": at + timedelta(minutes=chance.randint(6, 19)),
    }


def _answers(
    chance: Random,
    plan: Mapping[str, int],
    bank: Mapping[int, DemoQuestion],
    able: float,
    attempt: dict[str, Any],
) -> list[dict[str, Any]]:
    """Draws, answers and marks as the course does; the attempt gets its score."""
    drawn = quiz.draw([question.bank for question in bank.values()], plan, chance)
    items = []
    right, critical_wrong = 0, 0
    for position, one in enumerate(drawn, start=1):
        question = bank[one.item_id]
        knows = chance.random() < able + question.ease
        right += knows
        critical_wrong += question.is_critical and not knows
        items.append(
            {
                "attempt_id": attempt["id"],
                "item_id": one.item_id,
                "position": position,
                "option_order": list(one.option_order),
                "response": _response(chance, question, one, knows=knows),
                "answered_at": attempt["started_at"] + timedelta(seconds=30 * position),
                "is_correct": knows,
            }
        )
    attempt["score"] = quiz.score(right, len(drawn))
    attempt["is_passed"] = quiz.is_pass(right, len(drawn), attempt["pass_mark"], critical_wrong)
    return items


def _pretest(
    chance: Random,
    enrolment: Enrolment,
    unit: Unit,
    asked: Sequence[DemoQuestion],
    able: float,
) -> Pretest:
    """One that exempted nobody: the last question at least was not known."""
    rows, answers, right = [], [], 0
    for number, question in enumerate(asked, start=1):
        knows = number < len(asked) and chance.random() < able + question.ease
        drawn = quiz.DrawnItem(question.bank.id, question.bank.option_ids)
        rows.append([drawn.item_id, list(drawn.option_order)])
        answers.append(_response(chance, question, drawn, knows=knows))
        right += knows
    return Pretest(
        enrolment_id=enrolment.id,
        module_id=unit.module_id,
        language=enrolment.language,
        asked=rows,
        answers=answers,
        started_at=enrolment.started_at,
        submitted_at=enrolment.started_at + timedelta(minutes=8),
        right=right,
        is_passed=False,
    )


def _response(
    chance: Random, question: DemoQuestion, drawn: quiz.DrawnItem, *, knows: bool
) -> list[int]:
    """Option ids that are right as the course marks them, or wrong."""
    options = question.bank.option_ids
    if question.bank.kind is ItemKind.ORDERING:
        return list(options) if knows else [options[1], options[0], *options[2:]]
    if knows:
        return [option for option in drawn.option_order if option in question.correct]
    return [chance.choice([option for option in options if option not in question.correct])]
