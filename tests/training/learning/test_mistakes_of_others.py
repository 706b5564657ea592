"""What other systems got wrong with questions that change, and what happens here instead."""

from decimal import Decimal

import yaml
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.kernel.actor import Actor, Grant, Role
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import AttemptItem, Completion, Enrolment
from app.training.learning.queries.quiz import attempt_head, marked_questions, question_statistics
from app.training.learning.values import CourseContent
from tests.training.learning.builders import (
    LESSON_1,
    LESSON_2,
    QUIZ_1,
    QUIZ_2,
    Classroom,
    both,
    some_files,
)

AUTHOR = Actor(account_id=7, grants=frozenset({Grant(Role.AUTHOR)}))


def corrected(edition: str) -> CourseContent:
    """The small course with other words and another key in every question of the first module."""
    files = some_files(edition)
    bank = yaml.safe_load(files["one/bank.yaml"])
    for item in bank["items"]:
        item["stem"] = both(f"Corrected {item['code']}")
        if item["kind"] != "multiple":
            item["options"].insert(0, item["options"].pop())
            for index, option in enumerate(item["options"]):
                option["correct"] = index == 0
    files["one/bank.yaml"] = yaml.safe_dump(bank)
    return parse_course(files)


def answered(app: Flask) -> int:
    """How many answers the questions of the first module have, over all editions asked."""
    with app.app_context(), reading() as db:
        return len(db.scalars(select(AttemptItem.id)).all())


def test_an_old_attempt_keeps_its_questions_and_its_score_when_the_key_changes(app: Flask) -> None:
    """Moodle 1.x: editing a question pointed old attempts to the new text and key."""
    room = Classroom(app)
    room.publish()
    learner = room.learner()
    room.enrol(learner)
    attempt_id = room.sit(learner, QUIZ_1)
    with app.app_context(), reading() as db:
        before = marked_questions(db, head=attempt_head(db, actor=learner, attempt_id=attempt_id))
    room.publish(corrected("2026.2"))
    with app.app_context(), reading() as db:
        head = attempt_head(db, actor=learner, attempt_id=attempt_id)
        after = marked_questions(db, head=head)
    assert after == before
    assert not any("Corrected" in question.stem["en"] for question in after)
    assert (head.is_passed, room.attempts()[0].score) == (True, Decimal(1))


def test_a_changed_question_asks_nobody_to_do_anything_again(app: Flask) -> None:
    """Open edX: after a released problem changed, authors were told to have everybody redo it.

    Whoever has finished has finished, whoever is in the middle goes on with what was begun, and
    the changed question starts its statistics anew.
    """
    room = Classroom(app)
    first = room.publish()
    done, midway = room.learner("Una"), room.learner("Otra")
    for learner in (done, midway):
        room.enrol(learner)
        room.read(learner, LESSON_1)
        room.sit(learner, QUIZ_1)
    room.read(done, LESSON_2)
    room.sit(done, QUIZ_2)
    second = room.publish(corrected("2026.2"), room.now)
    room.read(midway, LESSON_2)
    room.sit(midway, QUIZ_2)
    with app.app_context(), reading() as db:
        whole = select(Enrolment.edition_id).join(
            Completion, Completion.enrolment_id == Enrolment.id
        )
        assert db.scalars(whole.where(Completion.module_id.is_(None))).all() == [first, first]
        old = question_statistics(db, actor=AUTHOR, edition_id=first)
        new = question_statistics(db, actor=AUTHOR, edition_id=second)
    assert sum(line.answers for module in old for line in module.lines) == answered(app) == 12
    assert sum(line.answers for module in new for line in module.lines) == 0
