"""How hard questions turned out, for those who write them."""

import re
from decimal import Decimal
from random import Random
from statistics import correlation

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import NotAllowed
from app.training.learning.models import Attempt, AttemptItem, Enrolment, Item, Unit
from app.training.learning.queries.courses import seat_of
from app.training.learning.queries.quiz import ModuleQuestions, question_statistics
from app.training.learning.rules.quiz import (
    AnswerSums,
    chance_of,
    difficulty,
    discrimination,
    key_is_doubtful,
    languages_differ,
)
from app.training.learning.values import ItemKind
from tests.training.learning.builders import NOW, QUIZ_1, Classroom
from tests.training.learning.visitor import BASE, Visitor

AUTHOR = Actor(account_id=7, grants=frozenset({Grant(Role.AUTHOR)}))


def test_no_interval_below_ten_answers() -> None:
    assert difficulty(9, 9) is None
    assert difficulty(0, 0) is None
    found = difficulty(10, 5)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.2366, 0.7634)


@pytest.mark.parametrize(("answers", "right"), [(10, 0), (10, 10), (500, 250)])
def test_the_interval_holds_the_share_and_stays_between_0_and_1(answers: int, right: int) -> None:
    found = difficulty(answers, right)
    assert found is not None
    assert 0 <= found.low <= found.share <= found.high <= 1


@pytest.mark.parametrize(
    ("answers", "right", "doubted"),
    [(19, 0, False), (20, 0, True), (20, 6, False), (200, 40, True)],
)
def test_a_key_is_doubted_from_twenty_answers_when_guessing_does_better(
    answers: int, right: int, doubted: bool
) -> None:
    found = difficulty(answers, right)
    assert found is not None
    assert key_is_doubtful(found, ItemKind.SINGLE, 3) is doubted


def test_chance_of_each_kind() -> None:
    assert chance_of(ItemKind.TRUEFALSE, 2) == 0.5
    assert chance_of(ItemKind.MULTIPLE, 4) == pytest.approx(1 / 11)
    assert chance_of(ItemKind.ORDERING, 3) == pytest.approx(1 / 6)


QUESTIONS = 10


def sums(marks: list[tuple[bool, int]]) -> AnswerSums:
    """Of pairs: whether the question was right, and how many of the other nine were."""
    return sum(
        (
            AnswerSums(1, right, score, score * right, score**2, QUESTIONS)
            for right, rest in marks
            for score in [(rest + right) / QUESTIONS]
        ),
        AnswerSums(),
    )


def test_discrimination_is_the_correlation_with_the_rest_of_the_quiz() -> None:
    chance = Random(20261127)
    marks = [(chance.random() < 0.2 + rest / 15, rest) for rest in chance.choices(range(10), k=60)]
    found = discrimination(sums(marks))
    rights, rests = zip(*((float(right), float(rest)) for right, rest in marks), strict=True)
    assert found == pytest.approx(correlation(rights, rests))
    turned = discrimination(sums([(not right, rest) for right, rest in marks]))
    assert found is not None
    assert turned == pytest.approx(-found)


@pytest.mark.parametrize(
    "marks",
    [
        [(True, 9), (False, 1)] * 14,
        [(True, 3), (True, 5)] * 20,
        [(True, 4), (False, 4)] * 20,
    ],
    ids=["28 answers", "all right", "no spread in the rest"],
)
def test_no_discrimination_where_it_would_say_nothing(marks: list[tuple[bool, int]]) -> None:
    assert discrimination(sums(marks)) is None


def test_languages_differ_when_their_intervals_lie_apart() -> None:
    assert languages_differ([difficulty(40, 36), difficulty(40, 12)])
    assert not languages_differ([difficulty(40, 30), difficulty(40, 26)])
    assert not languages_differ([difficulty(40, 36), difficulty(9, 0)])


def statistics(room: Classroom, actor: Actor) -> tuple[ModuleQuestions, ...]:
    with room.app.app_context(), reading() as db:
        edition_id = seat_of(db, actor=actor, slug="guidelines").outline.edition_id
        return question_statistics(db, actor=actor, edition_id=edition_id)


def test_first_attempts_are_counted_over_everybody(room: Classroom) -> None:
    for number in range(20):
        learner = room.learner(f"Learner {number}")
        room.enrol(learner)
        room.sit(learner, QUIZ_1, right=3, seed=number)
    room.sit(learner, QUIZ_1, right=0, seed=99)
    first, second = statistics(room, AUTHOR)
    assert sum(line.answers for line in first.lines) == 60
    assert sum(line.answers for line in second.lines) == 0
    said = [line.difficulty for line in first.lines if line.difficulty]
    assert said
    assert {found.share for found in said} == {1.0}
    assert [line.difficulty is None for line in first.lines] == sorted(
        line.difficulty is None for line in first.lines
    )
    spoken = [line.by_language for line in first.lines if line.difficulty]
    assert {language for languages in spoken for language in languages} == {"es"}


@pytest.mark.both_databases
def test_questions_are_compared_with_their_quiz_and_between_languages(room: Classroom) -> None:
    chance = Random(20261127)
    marks = [
        [chance.random() < able for _ in range(3)] for able in chance.choices((0.2, 0.9), k=40)
    ]
    learners = [room.learner(f"Learner {number}") for number in range(len(marks))]
    for learner in learners:
        room.enrol(learner)
    with room.app.app_context(), transaction() as db:
        unit_id = db.scalars(select(Unit.id).where(Unit.code == "A-Q")).one()
        of_code = {item.code: item for item in db.scalars(select(Item))}
        asked = [of_code[code] for code in ("A-001", "A-003", "A-002")]
        enrolments = db.scalars(select(Enrolment.id).order_by(Enrolment.started_at, Enrolment.id))
        for number, (enrolment_id, given) in enumerate(zip(enrolments, marks, strict=True)):
            attempt = Attempt(
                enrolment_id=enrolment_id,
                unit_id=unit_id,
                number=1,
                language=("es", "en")[number % 2],
                pass_mark=Decimal("0.5"),
                started_at=NOW,
                submitted_at=NOW,
                score=Decimal(sum(given)) / 3,
                is_passed=sum(given) > 1,
            )
            db.add(attempt)
            db.flush()
            db.add_all(
                AttemptItem(
                    attempt_id=attempt.id,
                    item_id=item.id,
                    position=position,
                    option_order=[],
                    response=[],
                    answered_at=NOW,
                    is_correct=right,
                )
                for position, (item, right) in enumerate(zip(asked, given, strict=True), start=1)
            )
    lines = {line.code: line for line in statistics(room, AUTHOR)[0].lines}
    rest = [float(sum(given) - given[0]) for given in marks]
    expected = correlation([float(given[0]) for given in marks], rest)
    assert lines["A-001"].discrimination == pytest.approx(expected, abs=0.01)
    assert {
        language: (found.answers, found.right)
        for language, found in lines["A-003"].by_language.items()
    } == {
        "es": (20, sum(given[1] for given in marks[::2])),
        "en": (20, sum(given[1] for given in marks[1::2])),
    }
    assert lines["A-005"].discrimination is None
    assert lines["A-005"].by_language == {}


def test_the_page_is_for_authors_and_names_nobody(
    client: FlaskClient, room: Classroom, learner: Actor
) -> None:
    room.sit(learner, QUIZ_1)
    page = Visitor(client, AUTHOR).get(f"{BASE}/questions")
    assert len(re.findall(r"<th scope=.row.>", page)) == 10
    assert learner.name not in page
    Visitor(client, learner).get(f"{BASE}/questions", 403)
    with pytest.raises(NotAllowed):
        statistics(room, learner)
    assert room.now > NOW
