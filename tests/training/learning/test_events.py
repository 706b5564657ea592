"""What a learner did is kept once, in order and for good, and everything decided follows from it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import CheckAnswer, Completion, LearningEvent
from app.training.learning.queries.courses import seat_of
from app.training.learning.queries.records import AuditFinding, audit, events_of
from app.training.learning.rules.evidence import (
    NO_HASH,
    chained,
    completions_from,
    first_broken,
)
from app.training.learning.rules.progress import RULE_VERSION
from app.training.learning.services.study import answer_check
from app.training.learning.values import EventLine, LearningVerb, Press
from tests.security.world import opened
from tests.support import databases
from tests.training.learning.builders import (
    LESSON_1,
    LESSON_2,
    NOW,
    QUIZ_1,
    QUIZ_2,
    Classroom,
    practised_files,
)
from tests.training.learning.test_rules import an_outline
from tests.training.learning.test_services import THREADS, at_once

BEFORE = "0016_letter_texts"
"""The migration before the one that brought events."""

# The rule


def a_line(
    number: int, verb: LearningVerb, unit_id: int, position: int, *, passed: bool
) -> EventLine:
    payload = {"passed": passed} if verb is LearningVerb.SUBMITTED else {}
    module_id = unit_id // 10 if verb is LearningVerb.CREDITED else None
    return EventLine(
        number, uuid4(), verb, 1, "es", NOW, unit_id, module_id, position, payload=payload
    )


ACTS = st.lists(
    st.tuples(
        st.sampled_from(list(LearningVerb)),
        st.sampled_from([11, 12, 13, 21, 22, 23, 99]),
        st.integers(0, 4),
        st.booleans(),
    ),
    max_size=25,
)


@given(ACTS, st.integers(0, 25))
def test_no_later_event_takes_a_completion_away(
    acts: list[tuple[LearningVerb, int, int, bool]], cut: int
) -> None:
    lines = [
        a_line(number, verb, unit_id, position, passed=passed)
        for number, (verb, unit_id, position, passed) in enumerate(acts, start=1)
    ]
    assert completions_from(an_outline(), lines[:cut]) <= completions_from(an_outline(), lines)


def test_a_module_needs_every_last_screen_and_a_passed_quiz() -> None:
    outline = an_outline()
    first = outline.modules[0]
    lesson, case, quiz = first.units
    acts = [
        a_line(1, LearningVerb.SEEN, lesson.id, 3, passed=False),
        a_line(2, LearningVerb.SEEN, case.id, 2, passed=False),
        a_line(3, LearningVerb.SUBMITTED, quiz.id, 0, passed=True),
    ]
    assert completions_from(outline, acts) == {first.id}
    for missing in range(3):
        assert completions_from(outline, acts[:missing] + acts[missing + 1 :]) == frozenset()
    failed = [*acts[:2], a_line(3, LearningVerb.SUBMITTED, quiz.id, 0, passed=False)]
    assert completions_from(outline, failed) == frozenset()


def test_a_changed_a_missing_and_an_added_event_break_the_chain() -> None:
    lines, before = [], NO_HASH
    for number in (1, 2, 3):
        line = a_line(number, LearningVerb.SEEN, 11, number, passed=False)
        before = chained(before, line)
        lines.append((line, before))
    assert first_broken(lines) is None
    changed = [lines[0], (replace(lines[1][0], position=3), lines[1][1]), lines[2]]
    assert first_broken(changed) == 2
    assert first_broken([lines[0], lines[2]]) == 2
    assert first_broken([*lines, (lines[2][0], lines[2][1])]) == 4


# One press, one event


def verbs(app: Flask) -> Counter[str]:
    with app.app_context(), reading() as db:
        return Counter(db.scalars(select(LearningEvent.verb)))


def audited(app: Flask) -> list[AuditFinding]:
    with app.app_context(), reading() as db:
        return list(audit(db))


@pytest.mark.both_databases
def test_a_press_sent_by_many_at_once_is_kept_once_with_one_answer(
    room: Classroom, learner: Actor
) -> None:
    """Every act of a module, each sent by eight at the same time and once more long after."""

    def pressed(work: Callable[[Press], object]) -> object:
        press = Press(at=NOW - timedelta(days=400))
        first, *others = at_once(room.app, lambda: work(press))
        assert others == [first] * (THREADS - 1)
        assert work(press) == first
        return first

    for screen in (1, 2):
        pressed(lambda press: room.leave(learner, LESSON_1, screen, press))  # noqa: B023
    attempt_id = pressed(lambda press: room.start(learner, QUIZ_1, 1, press))
    for position, (good, _bad) in enumerate(room.key(attempt_id), start=1):  # type: ignore[arg-type]  # start() returns a UUID
        pressed(lambda press: room.save(learner, attempt_id, position, good, press))  # type: ignore[arg-type]  # noqa: B023
    assert pressed(lambda press: room.submit(learner, attempt_id, press)) is True  # type: ignore[arg-type]
    assert verbs(room.app) == {"seen": 2, "started": 1, "answered": 3, "submitted": 1}
    assert audited(room.app) == []
    with room.app.app_context(), reading() as db:
        seat = seat_of(db, actor=learner, slug="guidelines")
        assert seat.enrolment_id is not None
        lines = events_of(db, seat.enrolment_id)
    assert {line.client_at for line in lines} == {NOW - timedelta(days=400)}
    assert {line.at for line in lines} == {NOW}


def test_an_old_press_that_comes_late_neither_undoes_nor_begins_anything(
    room: Classroom, learner: Actor
) -> None:
    first, second, began = Press(), Press(), Press()
    attempt_id = room.start(learner, QUIZ_1, 1, began)
    good, bad = room.key(attempt_id)[0]
    room.save(learner, attempt_id, 1, bad[:1], first)
    room.save(learner, attempt_id, 1, good, second)
    room.save(learner, attempt_id, 1, bad[:1], first)
    assert room.items(attempt_id)[0][0].response == good
    room.submit(learner, attempt_id)
    room.save(learner, attempt_id, 1, good, second)  # kept in time, so nothing is refused
    room.now += timedelta(days=1)
    assert room.start(learner, QUIZ_1, 9, began) == attempt_id
    assert len(room.attempts()) == 1


def test_the_same_form_sent_again_with_another_choice_is_another_press(
    room: Classroom, learner: Actor
) -> None:
    """As a browser without scripts sends it that went back: the hidden id is the same."""
    attempt_id, press = room.start(learner, QUIZ_1), Press()
    good, bad = room.key(attempt_id)[0]
    for options in (bad[:1], good):
        room.save(learner, attempt_id, 1, options, press)
    assert room.items(attempt_id)[0][0].response == good
    assert verbs(room.app)["answered"] == 2


def test_a_check_sent_again_leaves_the_later_answer(app: Flask) -> None:
    room = Classroom(app)
    room.publish(parse_course(practised_files()))
    learner, press = room.learner(), Press()
    room.enrol(learner)
    for number, sent in ((1, press), (2, Press()), (1, press)):
        with app.app_context(), transaction() as db:
            card = answer_check(
                db,
                actor=learner,
                course_slug="guidelines",
                place=replace(LESSON_1, screen=1),
                code="A-L1-K1",
                chosen=frozenset({number}),
                language="es",
                press=sent,
                now=NOW,
            )
    assert card.chosen == {2}
    with app.app_context(), reading() as db:
        assert list(db.scalars(select(CheckAnswer.response))) == [[2]]
    assert verbs(app) == {"checked": 2}


# Everything again


@pytest.mark.both_databases
def test_what_was_done_before_events_is_carried_over(room: Classroom, learner: Actor) -> None:
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    room.leave(learner, LESSON_2, 1)
    other = room.learner("Somebody else")
    room.enrol(other)
    room.sit(other, QUIZ_1, right=0)
    with room.app.app_context():
        downgrade(revision=BEFORE)
        upgrade()
    assert audited(room.app) == []
    assert verbs(room.app) == {"seen": 2, "started": 2, "submitted": 2, "credited": 1}
    room.leave(learner, LESSON_2, 2)
    room.sit(learner, QUIZ_2)
    assert audited(room.app) == []
    assert len(room.facts("CourseCompleted")) == 1


def test_the_command_finds_what_does_not_follow(room: Classroom, learner: Actor) -> None:
    runner = room.app.test_cli_runner()
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    assert runner.invoke(args=["courses", "audit"]).exit_code == 0
    with room.app.app_context(), transaction() as db:
        enrolment_id = seat_of(db, actor=learner, slug="guidelines").enrolment_id
        assert enrolment_id is not None
        row = Completion(enrolment_id=enrolment_id, rule_version=RULE_VERSION, decided_at=NOW)
        db.add(row)
    found = runner.invoke(args=["courses", "audit"])
    assert found.exit_code == 1
    assert found.output == f"{enrolment_id}: no event supports the completion of the edition\n"


def test_every_completion_of_the_demonstration_follows_from_events(tmp_path: Path) -> None:
    with opened(databases.demo_sqlite(), tmp_path) as app:
        assert audited(app) == []
        assert verbs(app)["credited"] > 100
