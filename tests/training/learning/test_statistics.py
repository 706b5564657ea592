"""How hard questions turned out, for those who write them."""

import re

import pytest
from flask.testing import FlaskClient

from app.infra.database import reading
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import NotAllowed
from app.training.learning.queries.seat import seat_of
from app.training.learning.queries.statistics import ModuleQuestions, question_statistics
from app.training.learning.rules.statistics import chance_of, difficulty, key_is_doubtful
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


def statistics(room: Classroom, actor: Actor) -> tuple[ModuleQuestions, ...]:
    with room.app.app_context(), reading() as db:
        edition_id = seat_of(db, actor=actor, slug="guidelines").outline.edition_id
        return question_statistics(db, actor=actor, edition_id=edition_id)


@pytest.mark.both_databases
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
